import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, secondsOf, textOf } from "./fields.ts";
import { kindOf, openAiCapabilities } from "./openai_capabilities.ts";

/** Where servers put the context length: vLLM and SGLang, OpenRouter and its kin, Groq, Mistral, LiteLLM. */
const CONTEXT_FIELDS = ["max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens"];
/** Where they put the longest answer: Groq, LiteLLM, providers behind OpenRouter. */
const OUTPUT_FIELDS = ["max_completion_tokens", "max_output_tokens", "max_output_length"];

/** One entry of an OpenAI-style `/v1/models`: what all servers of that kind have, and what some add. */
export function openAiModel(entry: JsonObject): DiscoveredModel | undefined {
  const capabilities = openAiCapabilities(entry);
  return readEntry(entry, capabilities === undefined ? {} : { more: { capabilities } });
}

/**
 * The same for a server whose kind is known: without an owner that is only its name for itself, and without capabilities,
 * which each kind has its own words for.
 *
 * @param own Lower-case names of the server for itself.
 */
export function openAiModelOf(
  entry: JsonObject,
  own: readonly string[],
  more: Partial<DiscoveredModel> = {},
): DiscoveredModel | undefined {
  return readEntry(entry, { own, more });
}

/** As {@link openAiModelOf} for servers that give the time of their answer as `created`, which says nothing of the model. */
export function openAiModelOfNow(
  entry: JsonObject,
  own: readonly string[],
  more: Partial<DiscoveredModel> = {},
): DiscoveredModel | undefined {
  return readEntry(entry, { own, more, createdIsNow: true });
}

interface Reading {
  readonly own?: readonly string[];
  readonly createdIsNow?: boolean;
  /** Fields to add, or to put in the place of those that were read. */
  readonly more?: Partial<DiscoveredModel>;
}

function readEntry(entry: JsonObject, { own, createdIsNow, more }: Reading): DiscoveredModel | undefined {
  const id = nameOf(entry.id, entry.name, entry.model);
  if (id === undefined) return undefined;
  const provider = objectOf(entry.top_provider);
  const pricing = objectOf(entry.pricing);
  const owner = textOf(entry.owned_by);
  return compact<DiscoveredModel>({
    id,
    aliases: otherNames(entry.aliases, id),
    created: createdIsNow === true ? undefined : secondsOf(entry.created) ?? secondsOf(entry.created_at),
    ownedBy: owner !== undefined && own?.includes(owner.toLowerCase()) === true ? undefined : owner,
    contextLength: firstCount(entry, CONTEXT_FIELDS) ?? countOf(provider.context_length),
    maxOutputTokens: firstCount(entry, OUTPUT_FIELDS) ?? countOf(provider.max_completion_tokens),
    type: textOf(entry.mode) ?? kindOf(entry),
    quantization: textOf(entry.quantization),
    parent: otherName(entry.parent, id),
    checkpoint: otherName(entry.root, id) ?? textOf(entry.hugging_face_id),
    description: textOf(entry.description),
    // OpenRouter's prices are decimals in text, for one token. Other providers' are for a million, or do not say.
    inputCostPerToken: costOf(entry.input_cost_per_token) ?? costOf(textOf(pricing.prompt)),
    outputCostPerToken: costOf(entry.output_cost_per_token) ?? costOf(textOf(pricing.completion)),
    ...more,
  });
}

/** The names of a list that are not the model's own; undefined for none. */
function otherNames(names: unknown, id: string): readonly string[] | undefined {
  const others = Array.isArray(names) ? names.flatMap((name) => otherName(name, id) ?? []) : [];
  return others.length > 0 ? [...new Set(others)] : undefined;
}

/** Many servers fill `root` and `parent` with the model's own name, which says nothing. */
function otherName(value: unknown, id: string): string | undefined {
  const name = nameOf(value);
  return name === id ? undefined : name;
}

function firstCount(entry: JsonObject, fields: readonly string[]): number | undefined {
  for (const field of fields) {
    const count = countOf(entry[field]);
    if (count !== undefined) return count;
  }
  return undefined;
}

/** Dollars. Less than nothing is how OpenRouter says that the price varies. */
function costOf(value: unknown): number | undefined {
  const cost = typeof value === "string" ? Number(value) : value;
  return typeof cost === "number" && Number.isFinite(cost) && cost >= 0 ? cost : undefined;
}

import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, secondsOf, textOf } from "./fields.ts";

/** Where servers put the context length: vLLM and SGLang, OpenRouter's kin, Groq, LiteLLM. */
const CONTEXT_FIELDS = ["max_model_len", "context_length", "context_window", "max_input_tokens"];

/** One entry of an OpenAI-style `/v1/models`: what all servers of that kind have, and what some add. */
export function openAiModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.id, entry.name, entry.model);
  if (id === undefined) return undefined;
  return compact<DiscoveredModel>({
    id,
    created: secondsOf(entry.created),
    ownedBy: textOf(entry.owned_by),
    contextLength: CONTEXT_FIELDS.map((field) => countOf(entry[field])).find((count) => count !== undefined),
    // LiteLLM's word for what the model is for: chat, embedding, …
    type: textOf(entry.mode),
  });
}

/** The same without an owner that is only the server's name for itself. */
export function openAiModelOf(
  entry: JsonObject,
  own: readonly string[],
  more: Partial<DiscoveredModel> = {},
): DiscoveredModel | undefined {
  const model = openAiModel(entry);
  if (model === undefined) return undefined;
  const { ownedBy, ...rest } = model;
  const isSelf = ownedBy !== undefined && own.includes(ownedBy.toLowerCase());
  return { ...rest, ...(ownedBy === undefined || isSelf ? {} : { ownedBy }), ...more };
}

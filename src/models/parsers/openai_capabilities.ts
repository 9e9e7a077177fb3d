import type { Capability, StatedCapabilities } from "../capability.ts";
import { allStated, flaggedBy, grantedBy } from "./capability_words.ts";
import { type JsonObject, objectOf, statedOf, textOf, textsOf } from "./fields.ts";
import { singleUse } from "./single_use.ts";

/** What a model is for, in the words of LiteLLM's `mode`, Together's `type` and their kin. */
const KINDS: Readonly<Record<string, StatedCapabilities>> = {
  chat: { chat: true },
  llm: { chat: true },
  vlm: { chat: true, vision: true },
  completion: { completion: true },
  language: { completion: true },
  code: { code: true },
  embedding: singleUse("embeddings"),
  embeddings: singleUse("embeddings"),
  rerank: singleUse("rerank"),
  reranker: singleUse("rerank"),
  image: singleUse("image"),
  image_generation: singleUse("image"),
  audio: singleUse("audio"),
  transcribe: singleUse("audio"),
  audio_transcription: singleUse("audio"),
  audio_speech: singleUse("audio"),
};

/** Flags of Fireworks and LiteLLM beside the other fields. */
const FLAGS = Object.entries<Capability>({
  supports_chat: "chat",
  supports_image_input: "vision",
  supports_vision: "vision",
  supports_tools: "tools",
  supports_function_calling: "tools",
  supports_reasoning: "reasoning",
});

/** Where an entry has modalities, if it has any. */
const MODALITY_FIELDS = ["architecture", "input_modalities", "output_modalities"];

/** What an entry says the model is for, where that is a word of those; undefined otherwise. */
export function kindOf(entry: JsonObject): string | undefined {
  for (const word of [entry.mode, entry.type]) if (typeof word === "string" && Object.hasOwn(KINDS, word)) return word;
  return undefined;
}

/**
 * What an entry of an OpenAI-style list says of the model's abilities, in any of the ways that are in use:
 * `mode` or `type` (LiteLLM, Together); `capabilities` as flags (Mistral) or as words; `supported_features` (words);
 * `supports_…` flags (Fireworks, LiteLLM); modalities and `supported_parameters` (OpenRouter).
 */
export function openAiCapabilities(entry: JsonObject): StatedCapabilities | undefined {
  const { capabilities, supported_features, supported_parameters } = entry;
  const said: StatedCapabilities[] = [];
  const kind = kindOf(entry);
  if (kind !== undefined) said.push(KINDS[kind] ?? {});
  if (capabilities !== undefined) {
    said.push(Array.isArray(capabilities) ? grantedBy(capabilities) : flaggedBy(capabilities));
  }
  if (supported_features !== undefined) said.push(grantedBy(supported_features));
  for (const [field, capability] of FLAGS) {
    const value = entry[field];
    if (typeof value === "boolean") said.push({ [capability]: value });
  }
  said.push(modalities(entry));
  if (supported_parameters !== undefined) said.push(parameters(supported_parameters));
  return statedOf(allStated(...said));
}

/**
 * What goes in and what comes out. The list of inputs is whole, so that one without images is a model that cannot see.
 * Of the outputs only text is taken to be left out on purpose: some servers name it alone for embedding models too.
 */
function modalities(entry: JsonObject): StatedCapabilities {
  if (!MODALITY_FIELDS.some((field) => field in entry)) return {};
  const architecture = objectOf(entry.architecture);
  const [from, to] = textOf(architecture.modality)?.split("->") ?? [];
  const inputs = textsOf(architecture.input_modalities) ?? textsOf(entry.input_modalities) ?? from?.split("+");
  const outputs = textsOf(architecture.output_modalities) ?? textsOf(entry.output_modalities) ?? to?.split("+");
  const has = (word: string) => outputs?.includes(word) === true;
  return {
    ...(inputs === undefined ? {} : { vision: inputs.includes("image") }),
    ...(outputs === undefined || has("text") ? {} : { chat: false, tools: false }),
    ...(has("image") ? { image: true } : {}),
    ...(has("embeddings") || has("embedding") ? { embeddings: true } : {}),
    ...(has("rerank") ? { rerank: true } : {}),
    ...(has("audio") || inputs?.includes("audio") === true ? { audio: true } : {}),
  };
}

/** OpenRouter names every parameter that the model takes. */
function parameters(supported: unknown): StatedCapabilities {
  const names = textsOf(supported);
  if (names === undefined) return {};
  return { tools: names.includes("tools"), ...(names.includes("reasoning") ? { reasoning: true } : {}) };
}

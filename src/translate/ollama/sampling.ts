import type { JsonObject } from "../chat/chat_request.ts";
import { badField, numberAt, objectAt } from "./request_field.ts";

const AT = "options.";

/** Options that have the same name and meaning elsewhere. */
const SAME = ["temperature", "top_p", "min_p", "frequency_penalty", "presence_penalty"] as const;

/**
 * `options` as fields of an OpenAI-style request. What only concerns how Ollama loads a model (`num_ctx`, `num_gpu`, …),
 * and samplers that no two other servers call alike, are left out.
 */
export function samplingOf(body: JsonObject): JsonObject {
  const options = objectAt(body, "options") ?? {};
  const fields: Record<string, unknown> = {};
  for (const name of SAME) {
    const value = numberAt(options, name, AT);
    if (value !== undefined) fields[name] = value;
  }
  const topK = wholeNumber(options, "top_k");
  // Ollama switches it off by 0; -1 does so in llama.cpp, vLLM and SGLang alike.
  if (topK !== undefined) fields.top_k = topK > 0 ? topK : -1;
  const seed = wholeNumber(options, "seed");
  // A negative one means a random one.
  if (seed !== undefined && seed >= 0) fields.seed = seed;
  const limit = wholeNumber(options, "num_predict");
  // -1 and -2: as much as fits.
  if (limit !== undefined && limit > 0) fields.max_tokens = limit;
  const penalty = numberAt(options, "repeat_penalty", AT);
  if (penalty !== undefined) {
    fields.repeat_penalty = penalty; // llama.cpp, LM Studio
    fields.repetition_penalty = penalty; // vLLM, SGLang
  }
  const stop = stopTexts(options.stop);
  if (stop.length > 0) fields.stop = stop;
  return fields;
}

/** Ollama cuts fractions off. */
function wholeNumber(options: JsonObject, name: string): number | undefined {
  const value = numberAt(options, name, AT);
  return value === undefined ? undefined : Math.trunc(value);
}

function stopTexts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const texts = Array.isArray(value) ? value : [value];
  const wrong = texts.find((text) => typeof text !== "string");
  if (wrong !== undefined) throw badField(`${AT}stop`, "a list of texts", wrong);
  // An empty one never stops Ollama, and is refused by others.
  return texts.filter((text) => text !== "");
}

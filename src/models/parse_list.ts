import type { ModelListFormat } from "../config/profile.ts";
import type { DiscoveredModel } from "./model.ts";
import { dockerModel } from "./parsers/docker_model_runner.ts";
import { type JsonObject, objectOf } from "./parsers/fields.ts";
import { lemonadeModel } from "./parsers/lemonade.ts";
import { liteLlmModel } from "./parsers/litellm.ts";
import { llamaSwapModel } from "./parsers/llama_swap.ts";
import { llamaCppModel } from "./parsers/llamacpp.ts";
import { lmdeployModel } from "./parsers/lmdeploy.ts";
import { lmStudioModel } from "./parsers/lmstudio.ts";
import { ollamaModel } from "./parsers/ollama.ts";
import { omlxModel } from "./parsers/omlx.ts";
import { openAiModel } from "./parsers/openai.ts";
import { sglangModel } from "./parsers/sglang.ts";
import { vllmModel } from "./parsers/vllm.ts";
import { vllmMlxModel } from "./parsers/vllm_mlx.ts";

interface ListParser {
  /** Where the list is; the others are tried too, for a `model_url` that leads to another format than the type's own. */
  readonly key: "data" | "models";
  /** Undefined for an entry that names no model. Never throws. `answer` is the whole of it, empty for a bare list. */
  readonly read: (entry: JsonObject, answer: JsonObject) => DiscoveredModel | undefined;
}

const OPENAI: ListParser = { key: "data", read: openAiModel };

const PARSERS: Readonly<Record<ModelListFormat, ListParser>> = {
  "ollama": { key: "models", read: ollamaModel },
  "lmstudio": { key: "data", read: lmStudioModel },
  "openai": OPENAI,
  "litellm": { key: "data", read: liteLlmModel },
  "vllm": { key: "data", read: vllmModel },
  "sglang": { key: "data", read: sglangModel },
  "lmdeploy": { key: "data", read: lmdeployModel },
  "vllm-mlx": { key: "data", read: vllmMlxModel },
  "llamacpp": { key: "data", read: llamaCppModel },
  "llama-swap": { key: "data", read: llamaSwapModel },
  "docker-model-runner": { key: "data", read: dockerModel },
  "lemonade": { key: "data", read: lemonadeModel },
  "omlx": { key: "data", read: omlxModel },
};

/**
 * Reads a backend's model list. Entries without a usable name are left out, odd fields are ignored, and of several entries
 * of one name the first counts.
 *
 * @param format A profile's `response_format`; an unknown one is read as OpenAI's.
 * @throws {Error} When there is no list in it at all.
 */
export function parseModelList(format: string, json: unknown): DiscoveredModel[] {
  const { key, read } = Object.hasOwn(PARSERS, format) ? PARSERS[format as ModelListFormat] : OPENAI;
  const models = new Map<string, DiscoveredModel>();
  const answer = objectOf(json);
  for (const entry of listIn(json, key)) {
    const model = read(typeof entry === "string" ? { id: entry } : objectOf(entry), answer);
    if (model !== undefined && !models.has(model.id)) models.set(model.id, model);
  }
  return [...models.values()];
}

function listIn(json: unknown, key: "data" | "models"): readonly unknown[] {
  if (Array.isArray(json)) return json;
  const object = objectOf(json);
  const found = [object[key], object.data, object.models];
  const list = found.find((value) => Array.isArray(value));
  if (list !== undefined) return list;
  // Go programs write an empty list as null.
  if (found.includes(null)) return [];
  throw new Error('it holds no model list: neither "data" nor "models" is a list');
}

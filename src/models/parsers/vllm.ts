import type { DiscoveredModel } from "../model.ts";
import { type JsonObject, nameOf } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

/** One entry of vLLM's `/v1/models`; a LoRA adapter names its parent. */
export function vllmModel(entry: JsonObject): DiscoveredModel | undefined {
  const parent = nameOf(entry.parent);
  return openAiModelOf(entry, ["vllm"], parent === undefined ? {} : { parent });
}

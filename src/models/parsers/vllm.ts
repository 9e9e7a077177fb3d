import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";

/**
 * One entry of vLLM's `/v1/models`: a model that it holds in memory, or a LoRA adapter, which names its parent and no
 * context length. `root` is where the weights come from.
 */
export function vllmModel(entry: JsonObject): DiscoveredModel | undefined {
  return openAiModelOfNow(entry, ["vllm"], { loaded: true });
}

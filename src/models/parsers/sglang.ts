import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";

/** One entry of SGLang's `/v1/models`: the model that it holds in memory, or a LoRA adapter, which names its parent. */
export function sglangModel(entry: JsonObject): DiscoveredModel | undefined {
  return openAiModelOfNow(entry, ["sglang"], { loaded: true });
}

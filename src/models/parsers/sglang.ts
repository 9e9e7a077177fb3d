import type { DiscoveredModel } from "../model.ts";
import { type JsonObject, nameOf } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

/** One entry of SGLang's `/v1/models`; a LoRA adapter names its parent. */
export function sglangModel(entry: JsonObject): DiscoveredModel | undefined {
  const parent = nameOf(entry.parent);
  return openAiModelOf(entry, ["sglang"], parent === undefined ? {} : { parent });
}

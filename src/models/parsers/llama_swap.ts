import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";

/**
 * One entry of llama-swap's `/v1/models`: a model of its configuration, whatever server runs it. It knows nothing of what
 * a model can do; `/running` tells which one is in memory.
 */
export function llamaSwapModel(entry: JsonObject): DiscoveredModel | undefined {
  return openAiModelOfNow(entry, ["llama-swap"]);
}

import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

/** One entry of Docker Model Runner's `/engines/v1/models`. */
export function dockerModel(entry: JsonObject): DiscoveredModel | undefined {
  return openAiModelOf(entry, ["docker"], { format: "gguf" });
}

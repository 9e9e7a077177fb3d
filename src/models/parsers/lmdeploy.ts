import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";

/**
 * One entry of LMDeploy's `/v1/models`: the model that it holds in memory, or an adapter of it. The entry says no more;
 * `/v1/embeddings` is there, but refuses whatever it is asked.
 */
export function lmdeployModel(entry: JsonObject): DiscoveredModel | undefined {
  return openAiModelOfNow(entry, ["lmdeploy"], { loaded: true, capabilities: { embeddings: false } });
}

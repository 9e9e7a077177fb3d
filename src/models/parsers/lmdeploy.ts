import type { DiscoveredModel } from "../model.ts";
import { type JsonObject, nameOf } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

/** One entry of LMDeploy's `/v1/models`. */
export function lmdeployModel(entry: JsonObject): DiscoveredModel | undefined {
  const parent = nameOf(entry.parent);
  return openAiModelOf(entry, ["lmdeploy"], parent === undefined ? {} : { parent });
}

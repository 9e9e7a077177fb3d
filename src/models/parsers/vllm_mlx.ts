import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";
import { singleUse } from "./single_use.ts";

/** The owners that tell what a model is for. Such a model is listed once its engine runs. */
const SPECIAL: Readonly<Record<string, Partial<DiscoveredModel>>> = {
  "vllm-mlx-embedding": { type: "embeddings", loaded: true, capabilities: singleUse("embeddings") },
  "vllm-mlx-reranker": { type: "reranker", loaded: true, capabilities: singleUse("rerank") },
};
const OWN_NAMES = ["vllm", "vllm-mlx", ...Object.keys(SPECIAL)];

/**
 * One entry of vLLM-MLX's `/v1/models`. Of a chat model it does not say whether it is in memory: with a registry of models
 * or an idle time it lists those that it would have to load, too.
 */
export function vllmMlxModel(entry: JsonObject): DiscoveredModel | undefined {
  const owner = typeof entry.owned_by === "string" ? entry.owned_by : "";
  return openAiModelOfNow(entry, OWN_NAMES, {
    format: "mlx",
    ...(Object.hasOwn(SPECIAL, owner) ? SPECIAL[owner] : {}),
  });
}

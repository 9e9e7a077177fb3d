import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

const OWN_NAMES = ["vllm", "vllm-mlx", "vllm-mlx-embedding", "vllm-mlx-reranker"];

/** One entry of vLLM-MLX's `/v1/models`, which tells embedding models and rerankers apart by their owner. */
export function vllmMlxModel(entry: JsonObject): DiscoveredModel | undefined {
  const type = entry.owned_by === "vllm-mlx-embedding"
    ? "embeddings"
    : entry.owned_by === "vllm-mlx-reranker"
    ? "reranker"
    : undefined;
  return openAiModelOf(entry, OWN_NAMES, { format: "mlx", ...(type === undefined ? {} : { type }) });
}

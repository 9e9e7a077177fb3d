import assert from "node:assert/strict";
import { test } from "node:test";
import { parseModelList } from "../parse_list.ts";

test("vLLM-MLX tells what a model is for by its owner, and of a chat model not whether it is in memory", () => {
  const entry = (id: string, owned_by: string) => ({ id, object: "model", created: 1790000000, owned_by });
  const data = [
    entry("chat", "vllm-mlx"),
    entry("vectors", "vllm-mlx-embedding"),
    entry("ranker", "vllm-mlx-reranker"),
    entry("odd", "constructor"),
  ];
  assert.deepEqual(parseModelList("vllm-mlx", { object: "list", data }), [
    { id: "chat", format: "mlx" },
    {
      id: "vectors",
      format: "mlx",
      type: "embeddings",
      loaded: true,
      capabilities: { chat: false, completion: false, tools: false, vision: false, embeddings: true },
    },
    {
      id: "ranker",
      format: "mlx",
      type: "reranker",
      loaded: true,
      capabilities: { chat: false, completion: false, tools: false, vision: false, embeddings: false, rerank: true },
    },
    { id: "odd", ownedBy: "constructor", format: "mlx" },
  ]);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

describe("the parser of oMLX's lists", () => {
  test("reads /v1/models, which says little more than names", () => {
    const entry = { object: "model", created: 1790000000, owned_by: "omlx" };
    const data = [{ ...entry, id: "plain" }, { ...entry, id: "typed", model_type: "vlm" }];
    assert.deepEqual(parseModelList("omlx", { object: "list", data }), [
      { id: "plain", format: "mlx" },
      {
        id: "typed",
        format: "mlx",
        type: "vlm",
        capabilities: { chat: true, completion: true, vision: true, embeddings: false },
      },
    ]);
  });

  test("reads /v1/models/status, with memory, size and limits", () => {
    const models = [{
      id: "Qwen3-8B-4bit",
      model_path: "/models/Qwen3-8B-4bit",
      loaded: true,
      is_loading: false,
      estimated_size: 4_600_000_000,
      engine_type: "batched",
      model_type: "llm",
      max_context_window: 40960,
      max_tokens: 32768,
    }, { id: "asleep", loaded: false, model_type: "video", max_context_window: null }];
    assert.deepEqual(parseModelList("omlx", { model_count: 2, models }), [
      {
        id: "Qwen3-8B-4bit",
        format: "mlx",
        type: "llm",
        loaded: true,
        sizeBytes: 4_600_000_000,
        contextLength: 40960,
        maxOutputTokens: 32768,
        capabilities: { chat: true, completion: true, vision: false, embeddings: false },
      },
      { id: "asleep", format: "mlx", type: "video", loaded: false },
    ]);
  });

  for (
    const [type, ability] of [["embedding", "embeddings"], ["reranker", "rerank"], ["audio_stt", "audio"], [
      "image",
      "image",
    ]] as const
  ) {
    test(`knows that a model of type ${type} does not chat`, () => {
      const [model] = parseModelList("omlx", { data: [{ id: "m", model_type: type }] });
      assert.deepEqual([model?.capabilities?.chat, model?.capabilities?.[ability]], [false, true]);
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function read(...data: object[]) {
  return parseModelList("lemonade", { object: "list", data });
}

describe("the parser of Lemonade's list", () => {
  test("reads what a model is and what runs it", () => {
    const entry = {
      id: "Qwen2.5-VL-7B-Instruct-GGUF",
      created: 1744173590,
      object: "model",
      owned_by: "lemonade",
      checkpoint: "ggml-org/Qwen2.5-VL-7B-Instruct-GGUF:Q4_K_M",
      recipe: "llamacpp",
      size: 4.68,
      downloaded: true,
      suggested: true,
      labels: ["vision", "hot"],
      max_context_window: 32768,
    };
    assert.deepEqual(read(entry), [{
      id: "Qwen2.5-VL-7B-Instruct-GGUF",
      created: 1744173590,
      ownedBy: "ggml-org",
      format: "gguf",
      checkpoint: "ggml-org/Qwen2.5-VL-7B-Instruct-GGUF:Q4_K_M",
      recipe: "llamacpp",
      sizeBytes: 4_680_000_000,
      contextLength: 32768,
      capabilities: { chat: true, vision: true },
    }]);
  });

  test("leaves out what is not downloaded: a request for it would start a download", () => {
    const ids = read({ id: "here", downloaded: true }, { id: "away", downloaded: false }, { id: "old" })
      .map((model) => model.id);
    assert.deepEqual(ids, ["here", "old"]);
  });

  const formats = [["oga-hybrid", "onnx"], ["ryzenai-llm", "onnx"], ["llamacpp", "gguf"], ["flm", "gguf"], [
    "x",
    undefined,
  ]];
  for (const [recipe, format] of formats) {
    test(`knows the format of the recipe "${recipe}": ${format}`, () => {
      const [model] = read({ id: "m", recipe, checkpoint: "amd/m" });
      assert.deepEqual([model?.format, model?.recipe, model?.ownedBy], [format, recipe, "amd"]);
    });
  }

  const TEXT_ONLY = { chat: false, completion: false, tools: false, vision: false };
  const NOT_FOR_OTHERS = { chat: false, completion: false, tools: false, embeddings: false };
  const labels: [string, object, object | undefined][] = [
    ["no labels say nothing", { recipe: "llamacpp" }, undefined],
    ["labels without a meaning say nothing", { labels: ["hot", "custom", 7, null] }, undefined],
    ["labels grant, and those that are missing deny nothing", { labels: ["Reasoning", "coding", "tool-calling"] }, {
      chat: true,
      reasoning: true,
      code: true,
      tools: true,
    }],
    ["another word for tools", { labels: ["tools"] }, { chat: true, tools: true }],
    ["an embedding model cannot chat", { labels: ["embeddings", "hot"] }, { ...TEXT_ONLY, embeddings: true }],
    ["a reranker can neither chat nor embed", { labels: ["reranking"] }, {
      ...TEXT_ONLY,
      embeddings: false,
      rerank: true,
    }],
    ["a model for both embeds and ranks", { labels: ["embeddings", "reranking"] }, {
      ...TEXT_ONLY,
      embeddings: true,
      rerank: true,
    }],
    ["a chat model that hears", { labels: ["vision", "audio"] }, { chat: true, vision: true, audio: true }],
    ["a label for speech alone denies nothing", { labels: ["transcription"] }, { audio: true }],
    ["whisper.cpp only hears", { recipe: "whispercpp", labels: ["realtime-transcription"] }, {
      ...NOT_FOR_OTHERS,
      audio: true,
    }],
    ["Kokoro only speaks", { recipe: "kokoro", labels: ["tts"] }, { ...NOT_FOR_OTHERS, audio: true }],
    ["Stable Diffusion only draws", { recipe: "sd-cpp" }, { ...NOT_FOR_OTHERS, image: true }],
  ];
  for (const [what, entry, capabilities] of labels) {
    test(what, () => {
      assert.deepEqual(read({ id: "m", ...entry })[0]?.capabilities, capabilities);
    });
  }

  test("takes no size that cannot be one in gigabytes", () => {
    for (const size of [0, -1, 4_680_000_000, "4.68", Number.NaN]) {
      assert.equal(read({ id: "m", size })[0]?.sizeBytes, undefined, `${size}`);
    }
  });
});

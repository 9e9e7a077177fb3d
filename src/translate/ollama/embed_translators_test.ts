import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EmbeddingsResponse, EmbedResponse } from "ollama";
import { OllaError } from "../../errors.ts";
import type { TranslatedAnswer, Translator } from "../translator.ts";
import { ollamaEmbeddingsTranslator, ollamaEmbedTranslator } from "./embed_translators.ts";
import { answerContext, chatResult, refusal } from "./test_support.ts";

const answer = (...vectors: number[][]): TranslatedAnswer => ({
  kind: "embeddings",
  vectors,
  model: "native",
  inputTokens: 5,
});

describe("ollamaEmbedTranslator", () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["keeps one text", { input: "a" }, { input: "a" }],
    ["keeps a list", { input: ["a", "b"] }, { input: ["a", "b"] }],
    ["keeps dimensions", { input: "a", dimensions: 256 }, { input: "a", dimensions: 256 }],
    ["takes 0 dimensions for all", { input: "a", dimensions: 0 }, { input: "a" }],
    ["asks to cut long inputs", { input: "a", truncate: true }, { input: "a", truncate_prompt_tokens: -1 }],
    ["asks for nothing where nothing shall be cut", { input: "a", truncate: false }, { input: "a" }],
    ["ignores what belongs to Ollama", { input: "a", keep_alive: "5m", options: { num_ctx: 1 } }, { input: "a" }],
  ];
  for (const [title, request, body] of cases) {
    test(title, () => {
      const translated = ollamaEmbedTranslator.request({ model: "m", ...request });
      assert.deepEqual(translated, { target: "embeddings", body, stream: false });
    });
  }

  test("writes the vectors, counts and durations under the name that the client used", () => {
    const writer = ollamaEmbedTranslator.writer(answerContext({ input: ["a", "b"] }));
    const expected: EmbedResponse = {
      model: "asked:8b",
      embeddings: [[1, 2], [3, 4]],
      total_duration: 1_000_000,
      load_duration: 0,
      prompt_eval_count: 5,
    };
    assert.deepEqual(writer.whole(answer([1, 2], [3, 4])), expected);
  });

  for (const input of [["a", "b"], "a"]) {
    test(`refuses another count of vectors than of ${JSON.stringify(input)}, since clients match by position`, () => {
      const writer = ollamaEmbedTranslator.writer(answerContext({ input }));
      assert.throws(() => writer.whole(answer([1], [2], [3])), { code: "upstream_error" });
      assert.throws(() => writer.whole(answer()), { code: "upstream_error" });
    });
  }

  for (const input of [undefined, "", [], 7, ["a", 7], [[1, 2]], {}]) {
    test(`refuses the input ${JSON.stringify(input)}`, () => {
      assert.equal(refusal(ollamaEmbedTranslator, { input }).field, "input");
    });
  }
});

describe("ollamaEmbeddingsTranslator", () => {
  test("makes an input of the prompt", () => {
    const translated = ollamaEmbeddingsTranslator.request({ model: "m", prompt: "a", keep_alive: 1, options: {} });
    assert.deepEqual(translated, { target: "embeddings", body: { input: "a" }, stream: false });
  });

  test("writes the vector alone", () => {
    const expected: EmbeddingsResponse = { embedding: [1, 2] };
    assert.deepEqual(ollamaEmbeddingsTranslator.writer(answerContext()).whole(answer([1, 2])), expected);
  });

  test("refuses no vector, and several", () => {
    const writer = ollamaEmbeddingsTranslator.writer(answerContext());
    assert.throws(() => writer.whole(answer()), { code: "upstream_error" });
    assert.throws(() => writer.whole(answer([1], [2])), { code: "upstream_error" });
  });

  for (const prompt of [undefined, "", 7, ["a"]]) {
    test(`refuses the prompt ${JSON.stringify(prompt)}`, () => {
      assert.equal(refusal(ollamaEmbeddingsTranslator, { prompt }).field, "prompt");
    });
  }
});

describe("writers of embeddings", () => {
  const translators: [string, Translator][] = [
    ["/api/embed", ollamaEmbedTranslator],
    ["/api/embeddings", ollamaEmbeddingsTranslator],
  ];
  for (const [path, translator] of translators) {
    test(`say that a chat is no answer to ${path}`, () => {
      const writer = translator.writer(answerContext({ input: "a" }));
      assert.throws(() => writer.whole({ kind: "chat", result: chatResult({}) }), OllaError);
    });

    test(`write errors of ${path} as Ollama does`, () => {
      const error = new OllaError("upstream_error", "It broke");
      assert.equal(translator.writer(answerContext()).fail(error, "req_1"), `{"error":"It broke"}\n`);
    });
  }
});

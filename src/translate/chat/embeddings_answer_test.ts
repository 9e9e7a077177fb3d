import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { embeddingsOf } from "./embeddings_answer.ts";

/** As OpenAI encodes them: 32-bit floats, the lowest byte first. */
function base64Of(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [i, number] of numbers.entries()) view.setFloat32(i * 4, number, true);
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

test("vectors come in the order of the inputs, with model and tokens", () => {
  const json = {
    object: "list",
    model: "nomic",
    data: [{ index: 1, embedding: [3, 4] }, { index: 0, embedding: [1, -2.5e-7] }],
    usage: { prompt_tokens: 7, total_tokens: 7 },
  };
  assert.deepEqual(embeddingsOf(json), { vectors: [[1, -2.5e-7], [3, 4]], model: "nomic", inputTokens: 7 });
});

test("what the backend leaves out is empty or zero", () => {
  assert.deepEqual(embeddingsOf({ data: [{ embedding: [1] }, { embedding: [2] }] }), {
    vectors: [[1], [2]],
    model: "",
    inputTokens: 0,
  });
  assert.deepEqual(embeddingsOf({ data: [] }).vectors, []);
});

test("base64 vectors are decoded", () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(fc.array(float, { minLength: 1, maxLength: 50 }), (numbers) => {
    assert.deepEqual(embeddingsOf({ data: [{ index: 0, embedding: base64Of(numbers) }] }).vectors, [numbers]);
  }));
});

describe("what is no embeddings answer is an error of its own type", () => {
  const unreadable = "The backend's answer has an embedding that is no list of numbers";
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["no data", { object: "list" }, "The backend's answer has no embeddings"],
    ["a text", "x", "The backend's answer is not a JSON object"],
    ["an error", { error: { message: "no such model" } }, "no such model"],
    ["a vector with null, which is NaN in JSON", { data: [{ embedding: [1, null] }] }, unreadable],
    ["no vector", { data: [{ index: 0 }] }, unreadable],
    ["a text that is no base64", { data: [{ embedding: "§" }] }, unreadable],
    ["half a number", { data: [{ embedding: btoa("abcde") }] }, unreadable],
    ["base64 of NaN", { data: [{ embedding: base64Of([Number.NaN]) }] }, unreadable],
  ];
  for (const [name, json, message] of cases) {
    test(name, () => assert.throws(() => embeddingsOf(json), { name: "AnswerError", message }));
  }
});

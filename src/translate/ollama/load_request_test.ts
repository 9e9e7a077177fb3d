import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLoadRequest, loadAnswer, type OllamaApi } from "./load_request.ts";
import { ARRIVED_AT } from "./test_support.ts";

describe("isLoadRequest", () => {
  const cases: [OllamaApi, Record<string, unknown>, boolean][] = [
    ["chat", {}, true],
    ["chat", { messages: [] }, true],
    ["chat", { messages: null, keep_alive: 0 }, true],
    ["chat", { messages: [{ role: "user", content: "Hi" }], keep_alive: 0 }, false],
    ["chat", { prompt: "Hi" }, true],
    ["chat", { messages: {} }, false],
    ["generate", {}, true],
    ["generate", { prompt: "" }, true],
    ["generate", { prompt: "Hi", keep_alive: 0 }, false],
    ["generate", { messages: [{}] }, true],
    ["generate", { prompt: [] }, false],
    ["embed", { input: "" }, true],
    ["embed", { input: [] }, true],
    ["embed", { input: ["a"] }, false],
    ["embed", { input: "a" }, false],
    ["embeddings", {}, true],
    ["embeddings", { prompt: "a" }, false],
  ];
  for (const [api, body, expected] of cases) {
    test(`/api/${api} with ${JSON.stringify(body)} ${expected ? "only loads" : "asks something"}`, () => {
      assert.equal(isLoadRequest(api, body), expected);
    });
  }
});

describe("loadAnswer", () => {
  const answer = (api: OllamaApi, body: Record<string, unknown>) =>
    loadAnswer(api, { body, model: "asked:8b", now: ARRIVED_AT });
  const created_at = "2025-06-01T10:00:00.000000000Z";

  test("is a message without words for a chat", () => {
    assert.deepEqual(answer("chat", {}), {
      model: "asked:8b",
      created_at,
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: "load",
    });
  });

  test("is a response without words for a prompt", () => {
    assert.deepEqual(answer("generate", { keep_alive: 0 }), {
      model: "asked:8b",
      created_at,
      response: "",
      done: true,
      done_reason: "unload",
    });
  });

  test("has no embeddings", () => {
    assert.deepEqual(answer("embed", {}), { model: "asked:8b", embeddings: [] });
    assert.deepEqual(answer("embeddings", {}), { embedding: [] });
  });

  const reasons: [unknown, string][] = [
    [0, "unload"],
    ["0", "unload"],
    ["0s", "unload"],
    ["0m0s", "unload"],
    [-1, "load"],
    ["5m", "load"],
    [null, "load"],
    [undefined, "load"],
    ["soon", "load"],
  ];
  for (const [keep_alive, reason] of reasons) {
    test(`says ${reason} for keep_alive ${JSON.stringify(keep_alive)}`, () => {
      assert.equal(answer("chat", { keep_alive }).done_reason, reason);
    });
  }
});

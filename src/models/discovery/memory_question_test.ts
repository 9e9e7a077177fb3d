import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testProfile } from "../../endpoints/test_support.ts";
import { memoryQuestion } from "./memory_question.ts";
import type { DiscoveredModel } from "../model.ts";

const PLAIN: readonly DiscoveredModel[] = [{ id: "m" }];
const TELLING: readonly DiscoveredModel[] = [{ id: "m" }, { id: "n", loaded: false }];

describe("memoryQuestion()", () => {
  const cases: readonly [string, readonly DiscoveredModel[], boolean, string | undefined][] = [
    ["ollama", PLAIN, false, "/api/ps"],
    ["llama-swap", PLAIN, false, "/running"],
    ["lemonade", PLAIN, false, "/api/v1/health"],
    ["openai-compatible", PLAIN, true, "/running"],
    ["llamacpp", TELLING, true, "/running"],
    ["lm-studio", TELLING, false, "list"],
    ["llamacpp", TELLING, false, "list"],
    ["llamacpp", PLAIN, false, undefined],
    ["vllm", PLAIN, false, undefined],
    ["litellm", [], false, undefined],
    ["constructor", PLAIN, false, undefined],
  ];
  for (const [type, models, isLlamaSwap, expected] of cases) {
    test(`asks ${type}${isLlamaSwap ? " with llama-swap's list" : ""} for ${expected ?? "nothing"}`, () => {
      const question = memoryQuestion(testProfile(type), models, { url: "http://x/v1/models", isLlamaSwap });
      assert.equal(question?.kind === "path" ? question.path : question?.kind, expected);
    });
  }
});

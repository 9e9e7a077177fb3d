import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PriorityView, priorityWarnings } from "./priority_hints.ts";

function at(name: string, priority: number, type?: string, url?: string): PriorityView {
  return { name, priority, type, url };
}

describe("priorityWarnings", () => {
  const cases: [string, PriorityView[], string[]][] = [
    ["no endpoints", [], []],
    ["one endpoint", [at("a", 1)], []],
    ["the home lab of the comparison page, types unknown", [at("local-3090", 1), at("litellm-cloud", 10)], [
      "litellm-cloud (priority 10) outranks local-3090 (1): swap them to use the cloud only when local is down",
    ]],
    ["the same with types known", [at("local-3090", 1, "ollama"), at("litellm-cloud", 10, "litellm")], [
      "litellm-cloud (priority 10) outranks local-3090 (1): swap them to use the cloud only when local is down",
    ]],
    ["a known type counts, not the name", [at("local", 1, "ollama"), at("private-cloud", 10, "vllm")], []],
    ["the URL counts while the type is unknown", [at("a", 5), at("b", 6, undefined, "http://litellm:4000")], [
      "b (priority 6) outranks a (5): swap them to use the cloud only when local is down",
    ]],
    ["local first, as it should be", [at("local", 100, "ollama"), at("cloud", 75, "litellm")], []],
    ["equal priorities", [at("local", 100, "ollama"), at("cloud", 100, "litellm")], []],
    ["several local endpoints below", [
      at("a", 1, "ollama"),
      at("b", 3, "vllm"),
      at("c", 9, "litellm"),
      at("d", 2, "x"),
    ], [
      "c (priority 9) outranks b (3) and 2 other local endpoints: swap them to use the cloud only when local is down",
    ]],
    ["ranks down the list", [at("sydney-litellm", 1), at("melbourne-litellm", 2)], [
      "melbourne-litellm (priority 2) outranks sydney-litellm (1): the higher number is used first, so swap them if sydney-litellm is to come first",
    ]],
    ["ranks up the list, as they should be", [at("a", 2), at("b", 1)], []],
    ["numbers that are no ranks", [at("a", 10), at("b", 20)], []],
  ];
  for (const [what, endpoints, expected] of cases) {
    test(`for ${what}: ${expected.length === 0 ? "nothing" : "a warning"}`, () => {
      assert.deepEqual(priorityWarnings(endpoints), expected);
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileNameFilter } from "./name_filter.ts";

describe("compileNameFilter()", () => {
  const names = ["llama3:8b", "Llama3-embed", "qwen2.5-coder", "nomic-embed-text"];
  const cases: readonly [string, readonly string[], readonly string[], readonly string[]][] = [
    ["include", ["llama*"], [], ["llama3:8b", "Llama3-embed"]],
    ["exclude", [], ["*embed*"], ["llama3:8b", "qwen2.5-coder"]],
    ["exclude wins over include", ["llama*", "nomic*"], ["*EMBED*"], ["llama3:8b"]],
    ["exclude wins over a star", ["*"], ["qwen*"], ["llama3:8b", "Llama3-embed", "nomic-embed-text"]],
    ["a star among includes is all", ["qwen*", "*"], ["*text"], ["llama3:8b", "Llama3-embed", "qwen2.5-coder"]],
    ["a name without a star is that name", ["qwen2.5-coder", "llama3"], [], ["qwen2.5-coder"]],
    ["all out", [], ["*"], []],
  ];
  for (const [what, include, exclude, expected] of cases) {
    test(what, () => {
      const passes = compileNameFilter({ include, exclude });
      assert.ok(passes);
      assert.deepEqual(names.filter(passes), expected);
    });
  }

  test("is none at all when everything passes", () => {
    assert.equal(compileNameFilter({ include: [], exclude: [] }), undefined);
    assert.equal(compileNameFilter({ include: ["*"], exclude: [] }), undefined);
  });

  test("refuses a pattern that is not well formed, instead of letting everything pass", () => {
    assert.throws(() => compileNameFilter({ include: ["a*b"], exclude: [] }), TypeError);
  });
});

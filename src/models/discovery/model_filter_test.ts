import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileModelFilter } from "./model_filter.ts";

const MODELS = [
  { id: "mine:latest", aliases: ["mine"] },
  { id: "llama.gguf", aliases: ["Fast", "small"] },
  { id: "openai/gpt-4o" },
  { id: "openai/*" },
];

describe("compileModelFilter()", () => {
  const all = MODELS.map(({ id }) => id);
  const cases: readonly [
    what: string,
    include: readonly string[],
    exclude: readonly string[],
    left: readonly string[],
  ][] = [
    ["an excluded alias takes the model out", [], ["mine"], ["llama.gguf", "openai/gpt-4o", "openai/*"]],
    ["in any case, and by a pattern", [], ["fa*", "MINE"], ["openai/gpt-4o", "openai/*"]],
    ["an included alias lets the model in", ["fast"], [], ["llama.gguf", "openai/*"]],
    ["exclude wins, also by another name", ["fast"], ["small"], ["openai/*"]],
    ["an include narrower than a wildcard keeps it", ["openai/gpt-4*"], [], ["openai/gpt-4o", "openai/*"]],
    ["an exclude narrower than a wildcard keeps it", [], ["openai/gpt-4*"], ["mine:latest", "llama.gguf", "openai/*"]],
    ["an exclude of the wildcard itself takes it out", ["openai/gpt-4*"], ["openai/*"], []],
    ["exclude without include", [], ["none"], all],
  ];
  for (const [what, include, exclude, left] of cases) {
    test(what, () => {
      const passes = compileModelFilter({ include, exclude });
      assert.ok(passes);
      assert.deepEqual(MODELS.filter(passes).map(({ id }) => id), left);
    });
  }

  test("is undefined when everything passes", () => {
    assert.equal(compileModelFilter({ include: [], exclude: [] }), undefined);
    assert.equal(compileModelFilter({ include: ["a", "*"], exclude: [] }), undefined);
  });
});

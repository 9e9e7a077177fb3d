import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compileGlob, globProblem } from "./glob.ts";

describe("compileGlob", () => {
  const cases: [string, string, boolean][] = [
    ["*", "anything", true],
    ["*", "", true],
    ["llama*", "llama3:8b", true],
    ["llama*", "codellama", false],
    ["*:8b", "llama3:8b", true],
    ["*:8b", "llama3:8b-q4", false],
    ["*coder*", "qwen2.5-CODER:7b", true],
    ["*coder*", "qwen", false],
    ["gpt-4", "GPT-4", true],
    ["gpt-4", "gpt-4o", false],
    ["a.c", "abc", false],
  ];
  for (const [pattern, name, matches] of cases) {
    test(`${pattern} ${matches ? "matches" : "does not match"} ${JSON.stringify(name)}`, () => {
      assert.equal(compileGlob(pattern)(name), matches);
    });
  }

  test("refuses what globProblem names", () => {
    assert.throws(() => compileGlob("a*b"), /only at its start and its end/);
  });

  test("finds a fragment at the place where the star leaves room", () => {
    const fragment = fc.string({ minLength: 1 }).filter((text) => !text.includes("*") && text === text.toLowerCase());
    fc.assert(fc.property(fragment, fc.string(), fc.string(), (core, before, after) => {
      assert.ok(compileGlob(core)(core));
      assert.ok(compileGlob(`${core}*`)(core + after));
      assert.ok(compileGlob(`*${core}`)(before + core));
      assert.ok(compileGlob(`*${core}*`)(before + core + after));
    }));
  });

  test("compiles exactly the patterns that globProblem finds no fault with", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "b", "*") }), (pattern) => {
      const stars = [...pattern].flatMap((letter, index) => letter === "*" ? index : []);
      const sound = pattern !== "" && pattern !== "**" && stars.every((at) => at === 0 || at === pattern.length - 1) &&
        !pattern.includes("**");
      assert.equal(globProblem(pattern) === undefined, sound, pattern);
    }));
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compileGoRegExp } from "./go_regexp.ts";

describe("compileGoRegExp() reads what Go reads", () => {
  const cases: [pattern: string, matches: string[], others: string[]][] = [
    ["^llama", ["LLaMA-3"], ["codellama"]],
    ["(?i)^Llama", ["llama"], ["x llama"]],
    ["(?is)a.b", ["A\nB"], ["ab"]],
    ["a.b", ["axb"], ["a\nb"]],
    ["(?m)^b", ["a\nb"], ["ab"]],
    ["(?m)\\Ab", ["b"], ["a\nb"]],
    ["a\\z", ["a"], ["a\nb", "ab"]],
    ["(?m)a\\z", ["a"], ["a\nb"]],
    ["(?P<family>phi)-?3", ["phi3"], ["phi-4"]],
    ["(?<family>phi)", ["phi"], ["chi"]],
    ["^(?i:qwen)$", ["QWEN"], ["qwen2"]],
    ["^[[:alpha:]]+$", ["abc"], ["ab1", "[:alph"]],
    ["^[^[:digit:]_]+$", ["abc"], ["a1", "a_"]],
    ["^[[:alnum:].-]+$", ["a-1.2"], ["a b"]],
    ["^[]a]$", ["]", "a"], ["b"]],
    ["^[^]a]$", ["b"], ["]", "a"]],
    ["^\\Qa.b(c\\E+$", ["a.b(cc", "a.b(c"], ["axb(c"]],
    ["^\\x{41}$", ["a", "A"], ["x{41}"]],
    ["^[\\x{30}-\\x{39}]$", ["5"], ["x", "{"]],
    ["^a\\.b$", ["a.b"], ["axb"]],
    ["^[\\]\\\\]$", ["]", "\\"], ["["]],
    ["(\\d+(?:\\.\\d+)?)[bB]", ["7b", "1.5B"], ["b"]],
  ];
  for (const [pattern, matches, others] of cases) {
    test(pattern, () => {
      for (const text of matches) assert.ok(compileGoRegExp(pattern).test(text), text);
      for (const text of others) assert.ok(!compileGoRegExp(pattern).test(text), text);
    });
  }

  test("keeps the groups", () => {
    assert.deepEqual(compileGoRegExp("^(?:.*/)?(?P<f>mi[sx]tral)(?:-(\\d+b))?").exec("x/mistral-7b")?.slice(1), [
      "mistral",
      "7b",
    ]);
  });
});

describe("compileGoRegExp() refuses", () => {
  const cases: [pattern: string, message: RegExp][] = [
    ["(", /^[a-z]/],
    ["a**", /^[a-z]/],
    ["[z-a]", /^[a-z]/],
    ["\\pL+", /^"\\p" is not known here$/],
    ["\\x{1F600}", /^"\\x\{1F600\}" is not known here$/],
    ["[[:klingon:]]", /^"\[:klingon:\]" is not known here$/],
    ["[[:^alpha:]]", /^"\[:\^alpha:\]" is not known here$/],
    ["(?U)a+", /^the flag "U" is not known here$/],
    ["a(?s).b", /^"\(\?s\)" may stand only at the start$/],
    ["(?s:a.b)c", /^"\(\?s:" may stand only at the start$/],
  ];
  for (const [pattern, message] of cases) {
    test(pattern, () => assert.throws(() => compileGoRegExp(pattern), { name: "SyntaxError", message }));
  }

  test("only with a SyntaxError, whatever it is given", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."()[]{}?*+\\^$|.:-aPQEpxAzid<>0,") }), (pattern) => {
      try {
        assert.ok(compileGoRegExp(pattern) instanceof RegExp);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
      }
    }));
  });
});

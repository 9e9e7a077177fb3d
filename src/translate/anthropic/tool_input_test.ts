import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { jsonObject } from "./anthropic_test_support.ts";
import { toolInput } from "./tool_input.ts";

describe("Arguments become an object", () => {
  const cases: [text: string, input: unknown][] = [
    ['{"a":1}', { a: 1 }],
    [' {"a":1}\n', { a: 1 }],
    ["{}", {}],
    ["", {}],
    ["  ", {}],
    ["null", {}],
    ['"{\\"a\\":1}"', { a: 1 }],
    ['{"a":1}}', { a: 1 }],
    ['{"a":1}{"a":1}', { a: 1 }],
    ['{"a":1', { INVALID_JSON: '{"a":1' }],
    ["{'a':1}", { INVALID_JSON: "{'a':1}" }],
    ["[1]", { INVALID_JSON: "[1]" }],
    ["7", { INVALID_JSON: "7" }],
    ['"ls"', { INVALID_JSON: '"ls"' }],
    ["ls -l", { INVALID_JSON: "ls -l" }],
  ];
  for (const [text, input] of cases) test(JSON.stringify(text), () => assert.deepEqual(toolInput(text), input));

  test("any object survives, and any other text is kept", () => {
    fc.assert(fc.property(jsonObject, (object) => assert.deepEqual(toolInput(JSON.stringify(object)), object)));
    fc.assert(fc.property(fc.string().filter((text) => !/^\s*($|\{|"|null\s*$)/.test(text)), (text) => {
      assert.deepEqual(toolInput(text), { INVALID_JSON: text });
    }));
  });
});

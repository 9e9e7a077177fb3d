import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { argumentsObject, argumentsText } from "./tool_arguments.ts";

describe("argumentsObject", () => {
  const cases: [string, unknown][] = [
    [`{"city":"Paris"}`, { city: "Paris" }],
    [` {"a":{"b":[1,null,"}"]}}\n `, { a: { b: [1, null, "}"] } }],
    ["{}", {}],
    ["", {}],
    [" \n", {}],
    [`{"city":"Par`, { unparsed_arguments: `{"city":"Par` }],
    ["not json", { unparsed_arguments: "not json" }],
    ["[1]", { unparsed_arguments: "[1]" }],
    [`"a text"`, { unparsed_arguments: `"a text"` }],
    ["{bad}", { unparsed_arguments: "{bad}" }],
  ];
  for (const [text, object] of cases) {
    test(`of ${JSON.stringify(text)} is ${JSON.stringify(object)}`, () => {
      assert.deepEqual(argumentsObject(text), object);
    });
  }

  test("reads an object that is followed by many blanks", () => {
    assert.deepEqual(argumentsObject(`{"a":1}${" ".repeat(100)}`), { a: 1 });
  });
});

describe("argumentsText", () => {
  const cases: [unknown, string][] = [
    [{ city: "Paris", days: [1, 2] }, `{"city":"Paris","days":[1,2]}`],
    [{}, "{}"],
    [undefined, "{}"],
    [null, "{}"],
    ["", "{}"],
    [`{ "city": "Paris" }`, `{ "city": "Paris" }`],
    ["broken", `{"unparsed_arguments":"broken"}`],
    [{ unparsed_arguments: "broken" }, `{"unparsed_arguments":"broken"}`],
  ];
  for (const [value, text] of cases) {
    test(`of ${JSON.stringify(value)} is ${text}, which any server can parse`, () => {
      assert.equal(argumentsText(value, "x"), text);
    });
  }

  for (const value of [7, [1], true]) {
    test(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => argumentsText(value, "a.b"), { message: /"a\.b" must be an object/, param: "a.b" });
    });
  }
});

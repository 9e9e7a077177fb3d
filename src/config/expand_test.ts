import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { expandTree, expandVariables } from "./expand.ts";
import { fileSchema } from "./schema.ts";

const env = { HOST: "gpu1", EMPTY: "", _x9: "y" };

describe("expandVariables", () => {
  const texts: [string, string][] = [
    ["plain", "plain"],
    ["${HOST}", "gpu1"],
    ["http://${HOST}:80/${_x9}", "http://gpu1:80/y"],
    ["${HOST:-other}", "gpu1"],
    ["${NONE:-other}", "other"],
    ["${NONE:-}", ""],
    ["${EMPTY:-other}", "other"],
    ["${EMPTY}", ""],
    ["${NONE:-a:-b}", "a:-b"],
    ["$HOST", "$HOST"],
    ["costs $5 {x}", "costs $5 {x}"],
    ["$${HOST}", "$gpu1"],
  ];
  for (const [text, expected] of texts) {
    test(`reads ${text} as ${JSON.stringify(expected)}`, () => {
      const expansion = expandVariables(text, env);
      assert.equal(expansion.kind === "text" ? expansion.text : expansion.message, expected);
    });
  }

  const faults: [string, RegExp][] = [
    ["${NONE}", /"NONE", which is not set/],
    ["${HOST", /closing "}"/],
    ["${MY-HOST}", /\$\{NAME\}/],
    ["${}", /\$\{NAME\}/],
    ["${9}", /\$\{NAME\}/],
    ["${NONE:-${HOST}}", /do not nest/],
    ["${NONE:other}", /\$\{NAME\}/],
    ["${constructor}", /not set/],
  ];
  for (const [text, message] of faults) {
    test(`refuses ${text}`, () => {
      const expansion = expandVariables(text, env);
      assert.match(expansion.kind === "problem" ? expansion.message : "", message);
    });
  }

  test("does not repeat what it cannot read", () => {
    const expansion = expandVariables("${sk-123456}", env);
    assert.ok(expansion.kind === "problem" && !expansion.message.includes("sk-123456"));
  });

  test("tells whether a variable was used", () => {
    assert.deepEqual(expandVariables("a", env), { kind: "text", text: "a", usedVariables: false });
    assert.deepEqual(expandVariables("${HOST}", env), { kind: "text", text: "gpu1", usedVariables: true });
  });

  test("puts any value in as it is, once", () => {
    const literal = fc.string().filter((text) => !text.includes("$"));
    fc.assert(fc.property(literal, fc.string(), literal, (before, value, after) => {
      const expansion = expandVariables(`${before}\${V}${after}`, { V: value });
      assert.deepEqual(expansion, { kind: "text", text: before + value + after, usedVariables: true });
    }));
  });

  test("leaves any text without ${ alone and never throws", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "A", ":", "-") }), (text) => {
      const expansion = expandVariables(text, {});
      if (!text.includes("${")) assert.equal(expansion.kind === "text" ? expansion.text : "", text);
    }));
  });
});

describe("expandTree", () => {
  test("replaces variables in addresses only, and leaves the given tree alone", () => {
    const tree = { endpoints: [{ url: "http://${HOST}", name: "${HOST}" }], logging: { level: "${HOST}" } };
    const copy = structuredClone(tree);
    const expanded = JSON.parse(JSON.stringify(expandTree(tree, fileSchema, env).tree));
    assert.deepEqual(expanded, { endpoints: [{ url: "http://gpu1", name: "${HOST}" }], logging: { level: "${HOST}" } });
    assert.deepEqual(tree, copy);
  });
});

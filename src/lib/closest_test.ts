import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { closestNames, didYouMean, editDistance } from "./closest.ts";

describe("editDistance", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["hots", "host", 1],
    ["prot", "port", 1],
  ];
  for (const [a, b, distance] of cases) {
    test(`between "${a}" and "${b}" is ${distance}`, () => assert.equal(editDistance(a, b), distance));
  }

  test("is the same both ways, and 0 only for equal texts", () => {
    fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
    }));
  });
});

describe("closestNames", () => {
  test("gives the nearest first and no more than asked for", () => {
    const names = ["llama3:8b", "llama3:70b", "llama2:7b", "mistral"];
    assert.deepEqual(closestNames("llama3:7b", names, { limit: 2 }), ["llama2:7b", "llama3:70b"]);
  });

  test("takes upper case, - and _ as no difference", () => {
    assert.deepEqual(closestNames("LM_Studio", ["lm-studio", "vllm"]), ["lm-studio"]);
  });

  test("finds nothing when nothing is near", () => {
    assert.deepEqual(closestNames("weight", ["priority", "url"]), []);
    assert.equal(didYouMean("weight", ["priority", "url"]), "");
  });

  test("does not compare endless texts", () => {
    assert.deepEqual(closestNames("x".repeat(1_000_000), ["x".repeat(1_000_000)]), []);
  });
});

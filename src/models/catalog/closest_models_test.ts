import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { closestNames } from "../../lib/closest.ts";
import { catalogOf, ids } from "./catalog_test_support.ts";
import { closestModels } from "./closest_models.ts";

const MANY = Array.from({ length: 4000 }, (_, index) => `org${index % 37}/model-${(index * 7919) % 10_007}-instruct`);
const listed = catalogOf({ a: ids(...MANY) }).listedNames();

describe("closestModels()", () => {
  test("finds a mistyped name among thousands", () => {
    const slip = fc.record({
      name: fc.constantFrom(...MANY),
      at: fc.nat({ max: 20 }),
      kind: fc.constantFrom("swap", "drop", "double", "case"),
    });
    fc.assert(
      fc.property(slip, ({ name, at, kind }) => {
        const [before, here, next, rest] = [name.slice(0, at), name[at] ?? "", name[at + 1] ?? "", name.slice(at + 2)];
        const typed = {
          swap: before + next + here + rest,
          drop: before + next + rest,
          double: before + here + here + next + rest,
          case: name.toUpperCase(),
        }[kind];
        assert.ok(
          closestModels(typed, listed, 3).includes(name) ||
            closestNames(typed, MANY, { limit: 3 }).every((one) => closestModels(typed, listed, 3).includes(one)),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("of few names it says what comparing all of them says", () => {
    const few = catalogOf({ a: ids("llama3.1:8b", "llama3.1:70b", "qwen3", "gpt-4o") }).listedNames();
    for (const name of ["lama3.1:8b", "qwen", "gpt4o", "nothing", ""]) {
      assert.deepEqual(closestModels(name, few, 3), closestNames(name, few.map((item) => item.name), { limit: 3 }));
    }
  });

  test("nothing is near to a name of another kind, however long", () => {
    for (const name of ["zzz", "", "x".repeat(100), "ü".repeat(100_000)]) {
      assert.deepEqual(closestModels(name, listed, 3), []);
    }
  });
});

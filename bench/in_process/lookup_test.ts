import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modelName } from "../catalogue_models.ts";
import { compareLookups, respelled } from "./lookup.ts";

describe("compareLookups", () => {
  const counts = { batches: 3, again: 50, fresh: 20 };

  test("finds every model of each catalogue and tells the time of one look-up in it", () => {
    let time = 0;
    const each = { again: 1e6 / counts.again, fresh: 1e6 / counts.fresh };
    const found = compareLookups({ small: 1, large: 150 }, counts, () => time++);
    assert.deepEqual(found, { small: each, large: each });
  });

  test("takes the median, so that one disturbed batch does not count", () => {
    let looks = 0;
    // The fourth look ends the first batch of new names.
    const found = compareLookups({ small: 1, large: 1 }, counts, () => (looks += looks === 3 ? 1e6 : 1));
    assert.deepEqual(found.small, { again: 1e6 / counts.again, fresh: 1e6 / counts.fresh });
  });

  test("does not time refusals", () => {
    assert.throws(() => compareLookups({ small: 0, large: 1 }, counts, () => 0), /Routing refuses ""/);
  });
});

test("a respelled name is the same but for upper and lower case, and never the same twice", () => {
  const name = modelName(1, 2);
  const spellings = Array.from({ length: 5000 }, (_, i) => respelled(name, i + 1));
  assert.equal(new Set(spellings).size, 5000);
  assert.ok(spellings.every((spelling) => spelling !== name && spelling.toLowerCase() === name));
});

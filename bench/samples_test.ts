import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compared, difference, medianOf, ratio, type Sample } from "./samples.ts";

function series(target: string, values: readonly number[], firstRound = 0): Sample[] {
  return values.map((value, i) => ({ scenario: "c1", metric: "per_s", target, round: firstRound + i, value }));
}

const wanted = { scenario: "c1", metric: "per_s", target: "olla" };

describe("medianOf", () => {
  test("takes only the samples asked for", () => {
    const samples = [...series("olla", [1, 2, 9]), ...series("floor", [100, 100, 100])];
    assert.equal(medianOf(samples, wanted), 2);
    assert.equal(medianOf(samples, { ...wanted, scenario: "c64" }), undefined);
    assert.equal(medianOf(samples, { ...wanted, metric: "p50_us" }), undefined);
  });
});

describe("compared", () => {
  test("pairs by round, so a machine that slows down does not show in the ratio", () => {
    const samples = [...series("olla", [50, 5, 0.5]), ...series("direct", [100, 10, 1])];
    assert.equal(compared(samples, { ...wanted, base: "direct", combine: ratio }), 0.5);
  });

  test("leaves out rounds that only one of them has", () => {
    const samples = [...series("olla", [5, 6, 7]), ...series("direct", [1, 2], 2)];
    assert.equal(compared(samples, { ...wanted, base: "direct", combine: difference }), 6);
  });

  test("is undefined when the base was not measured", () => {
    assert.equal(compared(series("olla", [5]), { ...wanted, base: "direct", combine: ratio }), undefined);
  });
});

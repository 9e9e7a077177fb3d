import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { median, medianInterval, percentile, spread } from "./statistics.ts";

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });

describe("median", () => {
  const cases: readonly [readonly number[], number | undefined][] = [
    [[], undefined],
    [[7], 7],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ];
  for (const [values, expected] of cases) {
    test(`of [${values.join(", ")}] is ${expected}`, () => assert.equal(median(values), expected));
  }

  test("does not reorder the caller's list", () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
});

describe("percentile", () => {
  const cases: readonly [readonly number[], number, number][] = [
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 25, 1],
    [[1, 2, 3, 4], 50, 2],
    [[1, 2, 3, 4], 51, 3],
    [[1, 2, 3, 4], 99, 4],
    [[1, 2, 3, 4], 100, 4],
    [[5], 50, 5],
  ];
  for (const [values, percent, expected] of cases) {
    test(`${percent} of [${values.join(", ")}] is ${expected}`, () =>
      assert.equal(percentile(values, percent), expected));
  }

  test("is a member of the list, with enough values at or under it", () => {
    fc.assert(fc.property(numbers, fc.integer({ min: 0, max: 100 }), (values, percent) => {
      const sorted = [...values].sort((a, b) => a - b);
      const found = percentile(sorted, percent);
      assert.ok(sorted.includes(found));
      const under = sorted.filter((value) => value <= found).length;
      assert.ok(under >= (percent / 100) * sorted.length);
    }));
  });

  test("refuses an empty list and a percentage out of range", () => {
    assert.throws(() => percentile([], 50), RangeError);
    assert.throws(() => percentile([1], 101), RangeError);
    assert.throws(() => percentile([1], Number.NaN), RangeError);
  });
});

describe("spread", () => {
  test("sorts by value, not by text", () => assert.deepEqual(spread([100, 20, 3]), { p50: 20, p99: 100 }));
  test("is undefined of nothing", () => assert.equal(spread([]), undefined));
});

describe("medianInterval", () => {
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => n - i);
  // From a table of the sign test: ranks of the 90 % interval for the median of n values.
  const ranks: readonly [number, number, number][] = [[3, 1, 3], [5, 1, 5], [7, 1, 7], [8, 2, 7], [13, 4, 10], [
    21,
    7,
    15,
  ]];
  for (const [n, low, high] of ranks) {
    test(`of ${n} values reaches from the ${low}. to the ${high}. of them`, () => {
      assert.deepEqual(medianInterval(upTo(n)), { low, high });
    });
  }

  test("holds the median, whatever the values", () => {
    fc.assert(fc.property(numbers, (values) => {
      const interval = medianInterval(values);
      const middle = median(values);
      assert.ok(interval !== undefined && middle !== undefined);
      assert.ok(interval.low <= middle && middle <= interval.high);
    }));
  });

  test("is undefined of nothing", () => assert.equal(medianInterval([]), undefined));
});

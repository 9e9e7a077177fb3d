import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FINEST_MS, LatencyHistogram, LONGEST_MS, RELATIVE_ERROR } from "./latency_histogram.ts";

function histogramOf(latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of latencies) histogram.add(ms);
  return histogram;
}

/** By sorting: the smallest value that at least this share of all does not exceed. */
function exactQuantile(latencies: readonly number[], share: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

const SHARES = [0.01, 0.5, 0.95, 0.99, 1];

describe("LatencyHistogram", () => {
  const cases: [latencies: number[], share: number, expected: number][] = [
    [[], 0.99, 0],
    [[120], 0.5, 120],
    [[120], 0.99, 120],
    [[0], 0.99, 0],
    [[0.2, 0.3], 0.5, 0.3],
    [[LONGEST_MS * 3], 0.95, LONGEST_MS * 3],
  ];
  for (const [latencies, share, expected] of cases) {
    test(`the quantile ${share} of [${latencies.join(", ")}] is ${expected}`, () => {
      assert.equal(histogramOf(latencies).quantile(share), expected);
    });
  }

  test("tells p95 and p99 of a long tail apart", () => {
    const latencies = Array.from({ length: 1000 }, (_, i) => i < 940 ? 100 : i < 985 ? 1000 : 30_000);
    const histogram = histogramOf(latencies);
    assert.ok(Math.abs(histogram.quantile(0.95) - 1000) <= 1000 * RELATIVE_ERROR);
    assert.ok(Math.abs(histogram.quantile(0.99) - 30_000) <= 30_000 * RELATIVE_ERROR);
  });

  test("is never further from the true quantile than its bound", () => {
    const latency = fc.oneof(
      fc.double({ min: FINEST_MS, max: LONGEST_MS, noNaN: true }),
      fc.double({ min: FINEST_MS, max: 5000, noNaN: true }),
      fc.integer({ min: FINEST_MS, max: 600_000 }),
    );
    fc.assert(fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (latencies) => {
      const histogram = histogramOf(latencies);
      for (const share of SHARES) {
        const exact = exactQuantile(latencies, share);
        const found = histogram.quantile(share);
        const slack = exact * 1e-9; // a value on a border may be put on either side of it
        assert.ok(Math.abs(found - exact) <= exact * RELATIVE_ERROR + slack, `${found} for ${exact} at ${share}`);
      }
    }));
  });

  test("is within a millisecond below its finest bucket", () => {
    const latency = fc.double({ min: 0, max: FINEST_MS, noNaN: true });
    fc.assert(fc.property(fc.array(latency, { minLength: 1 }), (latencies) => {
      const histogram = histogramOf(latencies);
      for (const share of SHARES) {
        assert.ok(Math.abs(histogram.quantile(share) - exactQuantile(latencies, share)) <= FINEST_MS);
      }
    }));
  });

  test("never falls with a growing share", () => {
    const latencies = fc.array(fc.double({ min: 0, max: LONGEST_MS * 2, noNaN: true }), { minLength: 1 });
    fc.assert(fc.property(latencies, (latencies) => {
      const histogram = histogramOf(latencies);
      const found = SHARES.map((share) => histogram.quantile(share));
      assert.deepEqual(found, [...found].sort((a, b) => a - b));
    }));
  });
});

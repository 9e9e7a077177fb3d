/** The middle value (the mean of the middle two of an even number), `undefined` of nothing. Leaves `values` as it is. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The nearest-rank percentile: the smallest value that at least `percent` % of all values do not exceed. Always one of
 * the values, never interpolated, so that "p99" is something that happened.
 *
 * @param sorted ascending; not empty
 * @param percent 0 to 100
 * @throws {RangeError} for an empty list or a percentage out of range
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) throw new RangeError("Cannot take a percentile of no values");
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`Cannot take percentile "${percent}": not within 0..100`);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The figures a latency list comes down to; same unit as the values. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** p50 and p99 of unsorted values, `undefined` of nothing. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

/** Between these two the true median lies, most likely. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How sure {@link medianInterval} is where there are values enough. */
const CONFIDENCE = 0.9;

/**
 * The interval that holds the true median with at least 90 % probability, by order statistics: it supposes nothing about
 * how the values are spread, which on a shared machine is nothing like a bell. With fewer than five values it is all of
 * them, and less sure. `undefined` of nothing.
 */
export function medianInterval(values: readonly number[]): Interval | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  // P(at most `cut` of n values lie under the median) is the sum of the binomials so far ÷ 2^n.
  let cut = 0;
  let binomial = 1;
  let below = binomial / 2 ** n;
  for (let k = 1; k <= n / 2; k += 1) {
    binomial = (binomial * (n - k + 1)) / k;
    below += binomial / 2 ** n;
    if (2 * below > 1 - CONFIDENCE) break;
    cut = k;
  }
  return { low: sorted[cut] ?? Number.NaN, high: sorted[n - 1 - cut] ?? Number.NaN };
}

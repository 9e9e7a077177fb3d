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

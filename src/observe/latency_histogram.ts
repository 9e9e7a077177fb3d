/** How far a quantile may be from the true value, relative to it, between {@link FINEST_MS} and {@link LONGEST_MS}. */
export const RELATIVE_ERROR = 0.025;
/** Shorter latencies share one bucket; their error is below this, in ms. */
export const FINEST_MS = 1;
/** Latencies of more than a day share one bucket, too; the longest of them stands for all. */
export const LONGEST_MS = 24 * 60 * 60 * 1000;

/** Each bucket reaches from its lower border to this multiple of it. */
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GROWTH);
/** For all beyond {@link LONGEST_MS}. */
const LAST_BUCKET = Math.ceil(Math.log(LONGEST_MS / FINEST_MS) * PER_LOG) + 1;

/** Of bucket `i`, in (GROWTH^(i-1), GROWTH^i] ms: the value that is equally far, in proportion, from both borders. */
function middleOf(bucket: number): number {
  return bucket === 0 ? FINEST_MS : (2 * FINEST_MS * GROWTH ** bucket) / (GROWTH + 1);
}

/**
 * Latencies of any number of requests in 1.5 KB: counts in buckets whose width grows with the latency, so that a
 * quantile is never more than {@link RELATIVE_ERROR} from the value that it stands for. Nothing is forgotten or sampled.
 */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(LAST_BUCKET + 1);
  #count = 0;
  #min = Infinity;
  #max = 0;

  /** Adds one. @param ms Not negative. */
  add(ms: number): void {
    const bucket = ms <= FINEST_MS ? 0 : Math.min(LAST_BUCKET, Math.ceil(Math.log(ms / FINEST_MS) * PER_LOG));
    // A typed array reads as number | undefined; the index is inside it by construction.
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  /**
   * The latency, in ms, that this share of the requests did not exceed; 0 before the first.
   *
   * @param share Above 0, at most 1: 0.95 for p95.
   */
  quantile(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.ceil(share * this.#count);
    let seen = 0;
    let bucket = -1;
    while (seen < rank && bucket < LAST_BUCKET) seen += this.#buckets[++bucket] ?? 0;
    if (bucket === LAST_BUCKET) return this.#max;
    // No quantile lies outside of what was seen: with one request all of them are its latency.
    return Math.min(this.#max, Math.max(this.#min, middleOf(bucket)));
  }
}

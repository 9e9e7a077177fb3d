/** Something that waits for a backend and must notice when it has waited too long. */
export interface Watched {
  /** @param now Milliseconds of the watchdog's clock. */
  tick(now: number): void;
}

/** How often the waiting are looked at. Limits are seconds, so a quarter of one is exact enough. */
export const TICK_MS = 250;

/**
 * One timer for every request in flight. A timer per request, per phase and per chunk would cost more than the work it
 * guards; here a request pays for one insertion and one removal.
 */
export class Watchdog {
  readonly #watched = new Set<Watched>();
  readonly #now: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param now Milliseconds that never jump back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins to look at it every {@link TICK_MS} until it is removed. */
  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
      this.#timer.unref?.();
    }
  }

  remove(watched: Watched): void {
    this.#watched.delete(watched);
  }

  /** How many are being watched: requests in flight. */
  get size(): number {
    return this.#watched.size;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    if (this.#watched.size === 0) return this.stop();
    const now = this.#now();
    for (const watched of this.#watched) watched.tick(now);
  }
}

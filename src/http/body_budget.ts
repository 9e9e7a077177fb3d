import { OllaError } from "../errors.ts";

/** One request's share of the budget. */
export interface BodyReservation {
  /** Takes more. @throws {OllaError} `overloaded` when there is none left. */
  grow(bytes: number): void;
  /** Gives all of it back, once, however often it is called. */
  release(): void;
}

/** So much beyond the budget may be in memory in bodies that have not come whole. */
const ANNOUNCED_SHARE = 0.25;

/** How much memory all request bodies together may take while they are held for fail-over. */
export class BodyBudget {
  /** All of it, in bytes; no single body can be larger. */
  readonly max: number;
  #used = 0;
  #announced = 0;

  /** @param maxBytes `max_buffered_bytes`; 0 for no bound. */
  constructor(maxBytes: number) {
    this.max = maxBytes === 0 ? Infinity : maxBytes;
  }

  /** Bytes held now. */
  get used(): number {
    return this.#used;
  }

  /**
   * Says that a body of this size is on its way and will be read in one go, which is faster than counting its chunks;
   * with a negative number, that it has come. False when too much is on its way already: then its chunks are to be
   * counted as they come. What is only announced takes nothing out of the budget, or a few connections that send nothing
   * could claim all of it.
   */
  announce(bytes: number): boolean {
    if (bytes > 0 && this.#announced + bytes > this.max * ANNOUNCED_SHARE) return false;
    this.#announced += bytes;
    return true;
  }

  /** Takes bytes out of the budget. @throws {OllaError} `overloaded` when there are not enough left. */
  reserve(bytes: number): BodyReservation {
    this.take(bytes);
    return new HeldReservation(this, bytes);
  }

  /** @throws {OllaError} `overloaded` */
  take(bytes: number): void {
    if (this.#used + bytes > this.max) {
      throw new OllaError("overloaded", "Too many large requests are being held at once; try again in a moment", {
        headers: { "Retry-After": "1" },
      });
    }
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

class HeldReservation implements BodyReservation {
  readonly #budget: BodyBudget;
  #bytes: number;

  constructor(budget: BodyBudget, bytes: number) {
    this.#budget = budget;
    this.#bytes = bytes;
  }

  grow(bytes: number): void {
    this.#budget.take(bytes);
    this.#bytes += bytes;
  }

  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}

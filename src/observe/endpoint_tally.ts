import type { Verdict } from "./counted_request.ts";

/** What one endpoint did for one model, or for all models, since the start. */
export interface ModelEndpointCounters {
  readonly endpoint: string;
  /** Attempts sent to it. A request that was tried on two endpoints counts once on each. */
  readonly requests: number;
  readonly successes: number;
  /** Attempts that it failed. What is neither success nor failure was given up by its client. */
  readonly failures: number;
  /** Of the successes, arrival to last byte; 0 before the first. */
  readonly avgLatencyMs: number;
  /** Epoch ms of the end of its last attempt. */
  readonly lastUsedAt: number;
  /** Failures since its last success. */
  readonly consecutiveErrors: number;
}

/** Counts the attempts at one endpoint. */
export class EndpointTally {
  #requests = 0;
  #successes = 0;
  #failures = 0;
  #latencySumMs = 0;
  #lastUsedAt = 0;
  #consecutiveErrors = 0;

  /** Takes in one attempt. @param durationMs Of the whole request; read for a success only. */
  count(verdict: Verdict, durationMs: number, now: number): void {
    this.#requests++;
    this.#lastUsedAt = now;
    if (verdict === "success") {
      this.#successes++;
      this.#latencySumMs += durationMs;
      this.#consecutiveErrors = 0;
    } else if (verdict === "failure") {
      this.#failures++;
      this.#consecutiveErrors++;
    }
  }

  /** The counters as of now. */
  counters(endpoint: string): ModelEndpointCounters {
    return {
      endpoint,
      requests: this.#requests,
      successes: this.#successes,
      failures: this.#failures,
      avgLatencyMs: this.#successes === 0 ? 0 : this.#latencySumMs / this.#successes,
      lastUsedAt: this.#lastUsedAt,
      consecutiveErrors: this.#consecutiveErrors,
    };
  }
}

/** Counters of several endpoints, by name. Endpoints come from the config, not from clients: they need no bound. */
export class EndpointTallies {
  readonly #byName = new Map<string, EndpointTally>();

  /** The tally of one endpoint; empty before its first attempt. */
  of(endpoint: string): EndpointTally {
    let tally = this.#byName.get(endpoint);
    if (tally === undefined) this.#byName.set(endpoint, tally = new EndpointTally());
    return tally;
  }

  /** The busiest first, then by name. */
  counters(): ModelEndpointCounters[] {
    return Array.from(this.#byName, ([endpoint, tally]) => tally.counters(endpoint))
      .sort((a, b) => b.requests - a.requests || (a.endpoint < b.endpoint ? -1 : 1));
  }
}

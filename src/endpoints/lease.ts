import { type BreakerSettings, returnTrial, takeTrial } from "./circuit_breaker.ts";
import type { EndpointRecord } from "./endpoint_record.ts";
import { type ModelFacts, NO_MODEL } from "./rests.ts";

/** One request's hold on an endpoint: its place in the active count and, at a half-open breaker, its trial slot. */
export interface Lease {
  /** Ends it. Only the first call counts. */
  release(): void;
}

/** Takes a place on the endpoint. To be called in the tick that chose it, or a trial slot could be given out twice. */
export function takeLease(
  record: EndpointRecord,
  model: string | undefined,
  settings: BreakerSettings,
  now: number,
): Lease {
  record.active++;
  let endpointRound: number | undefined;
  let modelRound: number | undefined;
  let facts: ModelFacts | undefined;
  if (record.breaker.kind !== "closed") {
    const taken = takeTrial(record.breaker, settings, now);
    record.breaker = taken.state;
    endpointRound = taken.round;
  }
  if (record.models.size > 0) {
    facts = record.models.get(model ?? NO_MODEL);
    if (facts !== undefined && facts.breaker.kind !== "closed") {
      const taken = takeTrial(facts.breaker, settings, now);
      facts.breaker = taken.state;
      modelRound = taken.round;
    }
  }
  return new HeldLease(record, settings, endpointRound, facts, modelRound);
}

class HeldLease implements Lease {
  readonly #record: EndpointRecord;
  readonly #settings: BreakerSettings;
  readonly #endpointRound: number | undefined;
  readonly #facts: ModelFacts | undefined;
  readonly #modelRound: number | undefined;
  #held = true;

  constructor(
    record: EndpointRecord,
    settings: BreakerSettings,
    endpointRound: number | undefined,
    facts: ModelFacts | undefined,
    modelRound: number | undefined,
  ) {
    this.#record = record;
    this.#settings = settings;
    this.#endpointRound = endpointRound;
    this.#facts = facts;
    this.#modelRound = modelRound;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    const record = this.#record;
    record.active--;
    // A trial with a verdict has moved the breaker on, and these change nothing; without one (the client left) the
    // slot must go back, or nobody could ever try again.
    if (this.#endpointRound !== undefined) {
      record.breaker = returnTrial(record.breaker, this.#settings, this.#endpointRound);
    }
    if (this.#facts !== undefined && this.#modelRound !== undefined) {
      this.#facts.breaker = returnTrial(this.#facts.breaker, this.#settings, this.#modelRound);
    }
  }
}

/** When a breaker opens, for how long, and how many trials it then lets through. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Milliseconds it stays open before the first trial. */
  readonly open_for: number;
  /** Trials at once while half open. */
  readonly half_open_max: number;
}

/** A breaker's state. Immutable: each step returns the next one. */
export type BreakerState =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly until: number }
  | {
    readonly kind: "half_open";
    /** When this round of trials began; it tells a trial of this round from one of an earlier round. */
    readonly since: number;
    /** Trials that may still start. */
    readonly slotsLeft: number;
    /** From here on a new round may begin, so that a trial that never ends cannot hold the breaker for ever. */
    readonly renewAt: number;
  };

/** The state as people read it. */
export type BreakerWord = "closed" | "open" | "half_open";

/** A breaker without failures, and what every success makes of a breaker. Shared, so that the usual one allocates nothing. */
export const CLOSED: BreakerState = { kind: "closed", failures: 0 };

/** Whether a request may go through now. Pure, no allocation: it is asked for each candidate of each request. */
export function breakerAllows(state: BreakerState, now: number): boolean {
  switch (state.kind) {
    case "closed":
      return true;
    case "open":
      return now >= state.until;
    case "half_open":
      return state.slotsLeft > 0 || now >= state.renewAt;
  }
}

/** The state as people read it: an open breaker whose time is over counts as half open. */
export function breakerWord(state: BreakerState, now: number): BreakerWord {
  return state.kind === "open" && now >= state.until ? "half_open" : state.kind;
}

function halfOpen(settings: BreakerSettings, now: number): BreakerState & { kind: "half_open" } {
  return { kind: "half_open", since: now, slotsLeft: settings.half_open_max, renewAt: now + settings.open_for };
}

/** A failure was seen. While open it changes nothing: late failures of old requests must not prolong the pause. */
export function breakerFailure(state: BreakerState, settings: BreakerSettings, now: number): BreakerState {
  switch (state.kind) {
    case "closed": {
      const failures = state.failures + 1;
      return failures >= settings.failures
        ? { kind: "open", until: now + settings.open_for }
        : { kind: "closed", failures };
    }
    case "open":
      // A request let through after the pause without a trial slot (the last resort) failed as well: pause again.
      return now >= state.until ? { kind: "open", until: now + settings.open_for } : state;
    case "half_open":
      return { kind: "open", until: now + settings.open_for };
  }
}

/** There is reason to believe in the backend again (a good probe): an open breaker lets a trial through at once. */
export function breakerHint(state: BreakerState, settings: BreakerSettings, now: number): BreakerState {
  return state.kind === "open" ? halfOpen(settings, now) : state;
}

/** What {@link takeTrial} gives: the next state, and the round whose slot was taken (undefined when none was needed or left). */
export interface TrialTaken {
  readonly state: BreakerState;
  readonly round: number | undefined;
}

/** A request starts. In the half-open state it takes a trial slot; an open breaker whose time is over becomes half open. */
export function takeTrial(state: BreakerState, settings: BreakerSettings, now: number): TrialTaken {
  if (state.kind === "closed") return { state, round: undefined };
  if (!breakerAllows(state, now)) return { state, round: undefined };
  const round = state.kind === "half_open" && state.slotsLeft > 0 ? state : halfOpen(settings, now);
  return { state: { ...round, slotsLeft: round.slotsLeft - 1 }, round: round.since };
}

/** A trial ended without a verdict (its client left): the slot is free again, if that round still runs. */
export function returnTrial(state: BreakerState, settings: BreakerSettings, round: number): BreakerState {
  if (state.kind !== "half_open" || state.since !== round) return state;
  return { ...state, slotsLeft: Math.min(settings.half_open_max, state.slotsLeft + 1) };
}

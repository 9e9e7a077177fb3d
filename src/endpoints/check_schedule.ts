import { FAILURES_TO_FLIP, type HealthState } from "./health.ts";

/** Checks of an endpoint that stays away are never further apart than this, unless its interval is longer. */
export const MAX_BACKOFF_MS = 60_000;

/** How soon an endpoint is checked after a request could not reach it: a restart should not cost more than this. */
export const CHECK_SOON_MS = 1000;

/** Wait after a 429 that names no time, and the longest that is honoured. */
const RATE_LIMIT_PAUSE_MS = 30_000;
const MAX_RATE_LIMIT_PAUSE_MS = 5 * 60_000;

/** What {@link nextCheckDelay} needs. */
export interface ScheduleInput {
  readonly health: HealthState;
  /** The endpoint's `check_interval` in ms. */
  readonly interval: number;
  /** What the last answer asked for. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/**
 * Milliseconds until the next check. The interval means what it says, with ±10 % so that many endpoints do not march in
 * step; after the failures that take a word back, each further one doubles it up to a minute.
 */
export function nextCheckDelay({ health, interval, retryAfterMs, random }: ScheduleInput): number {
  if (health.word === "rate_limited") {
    const asked = Math.min(retryAfterMs ?? RATE_LIMIT_PAUSE_MS, MAX_RATE_LIMIT_PAUSE_MS);
    // Only later than asked, never earlier.
    return Math.round(Math.max(asked, interval) * (1 + random / 10));
  }
  const doublings = Math.min(Math.max(0, health.failures - FAILURES_TO_FLIP), 20);
  const backedOff = Math.min(interval * 2 ** doublings, Math.max(MAX_BACKOFF_MS, interval));
  return Math.round(backedOff * (0.9 + random / 5));
}

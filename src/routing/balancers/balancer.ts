import type { Candidate } from "../candidate.ts";

/** Tells whether a candidate may be chosen now. Balancers know nothing of retries, breakers or rests. */
export type Accept = (candidate: Candidate) => boolean;

/**
 * Picks one of the accepted candidates, or undefined when none is accepted. Pure: what rotates comes in as `turn`, a
 * number that grows by one with each pick from the same list.
 */
export type Balancer = (candidates: readonly Candidate[], accept: Accept, turn: number) => Candidate | undefined;

/**
 * The load of a candidate as balancers compare it: active requests, with those above the backend's own concurrency
 * (a hint of its profile) pushed behind every candidate that still has room.
 */
export function loadOf(candidate: Candidate): number {
  const { active, profile } = candidate.state;
  const hint = profile?.max_concurrent_requests ?? 0;
  return hint > 0 && active >= hint ? OVER_HINT + active : active;
}

/** Larger than any real number of active requests, so that "has room" always wins over "has none". */
const OVER_HINT = 1_000_000;

import type { Candidate } from "../candidate.ts";

/** Tells whether a candidate may be chosen now. Balancers know nothing of retries, breakers or rests. */
export type Accept = (candidate: Candidate) => boolean;

/**
 * Picks one of the accepted candidates, or undefined when none is accepted. Pure: what rotates comes in as `turn`, a
 * number that grows by one with each pick from the same list.
 */
export type Balancer = (candidates: readonly Candidate[], accept: Accept, turn: number) => Candidate | undefined;

/**
 * The load of a candidate as balancers compare it: active requests. Having to load the model first counts as some
 * requests more, so that the endpoint that holds it in memory is preferred until it has much more to do. Those above the
 * backend's own concurrency (a hint of its profile) are pushed behind every candidate that still has room.
 */
export function loadOf(candidate: Candidate): number {
  const { active, profile } = candidate.state;
  const hint = profile?.max_concurrent_requests ?? 0;
  const load = active + (candidate.isCold() ? COLD_START : 0) + (candidate.way?.kind === "translated" ? TRANSLATED : 0);
  return hint > 0 && active >= hint ? OVER_HINT + load : load;
}

/** Requests that may run on an endpoint with the model before one that would have to load it gets one. */
const COLD_START = 4;
/**
 * More requests than any backend runs: endpoints that speak the client's dialect come first, since a conversation that is
 * translated at every other turn loses what only one dialect can say.
 */
const TRANSLATED = 10_000;
/** Larger than any real number of active requests, so that "has room" always wins over "has none". */
const OVER_HINT = 1_000_000;

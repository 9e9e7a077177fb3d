import { breakerAllows } from "./circuit_breaker.ts";
import { isRoutableWord } from "./health.ts";
import { isResting, NO_MODEL } from "./rests.ts";
import type { EndpointState } from "./state.ts";

/**
 * Whether candidate lists contain the endpoint. Only facts that change slowly: its type is known, its probes pass, it
 * is not draining. `Registry.version` moves whenever this changes for some endpoint.
 */
export function isCandidate(state: EndpointState): boolean {
  return state.profile !== undefined && isRoutableWord(state.status);
}

/**
 * Whether a request for `model` should go to the endpoint now. Joins probe health, both breakers, the model's rest and
 * the drain flag. Pure, no allocation, no loops: it is asked for each candidate of each request.
 *
 * @param model Undefined for a request that names no model.
 * @param now Epoch ms.
 */
export function isAvailable(state: EndpointState, model: string | undefined, now: number): boolean {
  if (!isCandidate(state) || state.health.lagging || state.health.word === "warming") return false;
  if (!breakerAllows(state.breaker, now)) return false;
  if (state.models.size === 0) return true;
  const facts = state.models.get(model ?? NO_MODEL);
  return facts === undefined || (breakerAllows(facts.breaker, now) && !isResting(facts, now, false));
}

/**
 * Like {@link isAvailable}, for a request that has nowhere else to go: a failing backend is better than none. Answered
 * failures, rests that the backend did not ask for, a slow last probe and a loading model do not count.
 */
export function isLastResort(state: EndpointState, model: string | undefined, now: number): boolean {
  if (!isCandidate(state) || !breakerAllows(state.breaker, now)) return false;
  if (state.models.size === 0) return true;
  const facts = state.models.get(model ?? NO_MODEL);
  return facts === undefined || !isResting(facts, now, true);
}

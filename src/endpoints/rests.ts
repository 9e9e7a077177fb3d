import type { BreakerState } from "./circuit_breaker.ts";
import { CLOSED } from "./circuit_breaker.ts";

/** What is known against one model on one endpoint. Absent for a model that gives no trouble. */
export interface ModelFacts {
  /** Counts answered 5xx of this model alone. */
  breaker: BreakerState;
  /** Epoch ms until which the model rests here; 0 for no rest. */
  restUntil: number;
  /** The same for a time that the backend named itself (Retry-After): only then may even a sole candidate rest. */
  explicitUntil: number;
}

/** Models per endpoint that may be remembered. A wildcard route can be asked for endless names; the oldest go first. */
export const MAX_TROUBLED_MODELS = 512;

/** The key for requests that name no model. */
export const NO_MODEL = "";

/** The facts of a model, created when missing; moves it to the young end of the map and drops the oldest over the bound. */
export function touchFacts(facts: Map<string, ModelFacts>, model: string | undefined): ModelFacts {
  const key = model ?? NO_MODEL;
  let entry = facts.get(key);
  if (entry === undefined) {
    entry = { breaker: CLOSED, restUntil: 0, explicitUntil: 0 };
  } else {
    facts.delete(key);
  }
  facts.set(key, entry);
  if (facts.size > MAX_TROUBLED_MODELS) {
    const oldest = facts.keys().next();
    if (oldest.done !== true) facts.delete(oldest.value);
  }
  return entry;
}

/** Whether the model rests now. With `explicitOnly`, a rest that the backend did not ask for does not count. */
export function isResting(facts: ModelFacts, now: number, explicitOnly: boolean): boolean {
  return (explicitOnly ? facts.explicitUntil : facts.restUntil) > now;
}

/** Lets a model rest until `until`. A rest that runs longer already stays. */
export function setRest(facts: ModelFacts, until: number, explicit: boolean): void {
  facts.restUntil = Math.max(facts.restUntil, until);
  if (explicit) facts.explicitUntil = Math.max(facts.explicitUntil, until);
}

/**
 * The model was answered well: forgets what spoke against it. A time that the backend named stays: another request's
 * success does not lift a rate limit.
 */
export function clearTrouble(facts: Map<string, ModelFacts>, model: string | undefined, now: number): void {
  const key = model ?? NO_MODEL;
  const entry = facts.get(key);
  if (entry === undefined) return;
  if (entry.explicitUntil <= now) {
    facts.delete(key);
    return;
  }
  entry.breaker = CLOSED;
  entry.restUntil = entry.explicitUntil;
}

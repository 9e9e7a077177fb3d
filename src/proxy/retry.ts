/**
 * What a failure does: the table of what comes next and which effects it has on the endpoint. Pure; `forward.ts` acts.
 * @module
 */
import type { UpstreamFailureKind } from "../errors.ts";

/** How an attempt ended, in the words of the failure table. Everything but `answered` might be tried elsewhere. */
export type OutcomeKind =
  | UpstreamFailureKind
  | "answered" // a success, or a 4xx that is the client's own
  | "passed_on" // a refusal of the client's own credentials, or of the method: says nothing about the endpoint
  | "busy" // 429, 409 slots_pinned, 503 with Retry-After
  | "loading" // 503 of a server that is still loading the model
  | "gateway" // 502, 503, 504
  | "server_error" // 500, or a stream whose first event is an error
  | "model_missing" // 404 from a backend that should have the model
  | "auth"; // 401 or 403 to credentials that are ours

/** One finished attempt, as far as the decision needs it. */
export interface Outcome {
  readonly kind: OutcomeKind;
  readonly endpoint: string;
  /** From the backend, in ms; undefined when it named none. */
  readonly retryAfterMs?: number | undefined;
  /** True when the answer has begun and goes on. */
  readonly streaming?: boolean;
}

/** What the loop does next. */
export type RetryDecision =
  | { readonly kind: "deliver" }
  | { readonly kind: "another" }
  /** The same endpoint once more, on a new connection. */
  | { readonly kind: "same_fresh" }
  | { readonly kind: "give_up" };

/** What an attempt says about its endpoint. Applied through the registry. */
export type Effect =
  | { readonly kind: "success" }
  /** The first byte of a stream; how it ends is told when it ends. */
  | { readonly kind: "streaming" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "transport_failure" }
  | { readonly kind: "answer_failure" }
  | { readonly kind: "rest"; readonly ms: number; readonly explicit: boolean }
  | { readonly kind: "warming"; readonly ms: number }
  | { readonly kind: "refresh_models" };

/** Longest rest that a Retry-After may impose. */
export const MAX_REST_MS = 5 * 60_000;
/** Rest of a busy backend that names no time. */
export const DEFAULT_REST_MS = 5_000;
/** Rest after our credentials were refused. */
export const AUTH_REST_MS = 60_000;
/** How long a backend that says it is loading counts as warming. */
export const WARMING_MS = 5_000;

/** Failures that one other endpoint may be tried for, and no third: the request itself may be what kills or stalls. */
const ONE_OTHER: ReadonlySet<OutcomeKind> = new Set(["closed", "header_timeout"]);

/**
 * Decides what follows the last of the attempts.
 *
 * 1. An answer is delivered.
 * 2. A reset within a second of sending may be a stale pooled connection: the same endpoint, once, on a new one. (What
 *    fails the same way there is a `closed`, never a second `reset`.)
 * 3. A request that two endpoints died of, or kept silent on, goes to no third.
 * 4. After `maxAttempts` endpoints it ends.
 * 5. Anything else goes to another endpoint.
 *
 * @param history Every attempt so far, the last one last.
 * @param maxAttempts `proxy.retry.max_attempts`.
 */
export function decideRetry(history: readonly Outcome[], maxAttempts: number): RetryDecision {
  const last = history[history.length - 1];
  if (last === undefined || last.kind === "answered" || last.kind === "passed_on") {
    return { kind: "deliver" }; // 1
  }
  if (last.kind === "reset") return { kind: "same_fresh" }; // 2
  if (ONE_OTHER.has(last.kind) && endpointsWith(history, last.kind) >= 2) return { kind: "give_up" }; // 3
  if (attemptsOf(history) >= maxAttempts) return { kind: "give_up" }; // 4
  return { kind: "another" }; // 5
}

/** Attempts as the limit counts them: the second try of a reset connection belongs to the first. */
export function attemptsOf(history: readonly Outcome[]): number {
  return history.length - count(history, "reset");
}

/** Effects that hold whatever comes next. */
export function immediateEffect(outcome: Outcome): Effect | undefined {
  switch (outcome.kind) {
    case "answered":
      return { kind: outcome.streaming === true ? "streaming" : "success" };
    case "unreachable":
      return { kind: "unreachable" };
    case "connect_timeout":
    case "header_timeout":
    case "cut":
      return { kind: "transport_failure" };
    case "busy":
      return {
        kind: "rest",
        ms: Math.min(outcome.retryAfterMs ?? DEFAULT_REST_MS, MAX_REST_MS),
        explicit: outcome.retryAfterMs !== undefined,
      };
    case "loading":
      return { kind: "warming", ms: WARMING_MS };
    case "gateway":
      return { kind: "answer_failure" };
    case "model_missing":
      return { kind: "refresh_models" };
    case "auth":
      return { kind: "rest", ms: AUTH_REST_MS, explicit: false };
    case "passed_on":
    case "reset": // none the first time
    case "probe_refused": // the probe has already said it
    case "closed": // known only when the request is over
    case "server_error":
      return undefined;
  }
}

/**
 * Effects that are known only when the request is over: an endpoint is not blamed for a request that two endpoints died
 * of, or that two answered with a 500.
 *
 * @returns The effect of each attempt of the history, undefined where there is none.
 */
export function settledEffects(history: readonly Outcome[]): readonly (Effect | undefined)[] {
  const blameClosed = endpointsWith(history, "closed") === 1;
  const blameServerError = endpointsWith(history, "server_error") === 1;
  return history.map(({ kind }) => {
    if (kind === "closed" && blameClosed) return { kind: "transport_failure" };
    if (kind === "server_error" && blameServerError) return { kind: "answer_failure" };
    return undefined;
  });
}

function endpointsWith(history: readonly Outcome[], kind: OutcomeKind): number {
  return new Set(history.filter((outcome) => outcome.kind === kind).map(({ endpoint }) => endpoint)).size;
}

function count(history: readonly Outcome[], kind: OutcomeKind): number {
  let n = 0;
  for (const outcome of history) if (outcome.kind === kind) n++;
  return n;
}

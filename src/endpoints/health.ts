/** What the probes alone say of an endpoint. `draining` is an operator's wish and is no part of it. */
export type HealthWord =
  | "unknown"
  | "healthy"
  | "busy"
  | "warming"
  | "rate_limited"
  | "config_error"
  | "unhealthy"
  | "offline";

/** Why a check got no answer. */
export type FailReason = "refused" | "dns" | "no_route" | "tls" | "reset" | "timeout" | "other";

/** What one check came to. */
export type ProbeResult =
  | {
    readonly kind: "answered";
    readonly status: number;
    /** Milliseconds until the answer's headers. */
    readonly latencyMs: number;
    /** The body says that a model is being loaded. */
    readonly loading: boolean;
    /** From a Retry-After header. */
    readonly retryAfterMs?: number | undefined;
    /** What was wrong with it, in plain words, without addresses; empty for a good answer. */
    readonly detail: string;
  }
  | { readonly kind: "failed"; readonly reason: FailReason; readonly latencyMs: number; readonly detail: string };

/** What the last checks say. Immutable. */
export interface HealthState {
  readonly word: HealthWord;
  /** Checks in a row that were not good (a loading model and a rate limit are no failures). */
  readonly failures: number;
  /** How many of the latest failures in a row were of one kind, and which. */
  readonly sameKind: number;
  readonly failureKind: "network" | "http" | undefined;
  /** The last check timed out without proof of life: the backend may be stuck, so others are preferred until the next. */
  readonly lagging: boolean;
  /** Why the word is what it is, or what the last check found; empty when there is nothing to say. */
  readonly detail: string;
}

/** An endpoint nobody has asked yet. */
export const UNKNOWN_HEALTH: HealthState = {
  word: "unknown",
  failures: 0,
  sameKind: 0,
  failureKind: undefined,
  lagging: false,
  detail: "",
};

/** Slow or failing checks in a row before a word is taken back. */
export const FAILURES_TO_FLIP = 3;

/** A good answer slower than this makes the endpoint `busy`. */
export const BUSY_ANSWER_MS = 10_000;

/** Whether an endpoint with this status word gets requests. */
export function isRoutableWord(word: string): boolean {
  return word === "healthy" || word === "busy" || word === "warming";
}

/** What else is known when a check's result comes in. */
export interface ProbeContext {
  /** Requests succeeded or streams moved lately: the backend works, however slow its health path is. */
  readonly progressing: boolean;
  /** Clients bring their own credentials, so that a 401 only proves that the server is up. */
  readonly forwardsAuth: boolean;
}

/** The next state, and whether its word is another one. Only a flip is worth a log line. */
export interface HealthStep {
  readonly next: HealthState;
  readonly flipped: boolean;
}

/**
 * What a check's result makes of the health. Pure.
 *
 * 1. No connection is possible (refused, DNS, no route, TLS): certain, `offline` at once.
 * 2. 2xx: `healthy` at once, or `busy` when it took very long.
 * 3. 401, 403: `config_error` at once, unless the clients bring the credentials.
 * 4. 429: `rate_limited` at once. 503 that speaks of loading: `warming` at once.
 * 5. Anything else, a timeout above all, is doubtful: never counted while streams make progress (`busy` then), else
 *    only the third in a row takes a word back. `unknown` is no word to protect.
 */
export function observeProbe(state: HealthState, result: ProbeResult, context: ProbeContext): HealthStep {
  const next = nextHealth(state, result, context);
  return { next, flipped: next.word !== state.word };
}

function nextHealth(state: HealthState, result: ProbeResult, context: ProbeContext): HealthState {
  // 1
  if (result.kind === "failed") {
    return isCertain(result.reason) ? gone(state, result.detail) : doubtful(state, "network", result, context);
  }
  const { status } = result;
  // 2
  if (isGood(result, context.forwardsAuth)) {
    if (result.latencyMs <= BUSY_ANSWER_MS) return settled("healthy", "");
    return settled("busy", `its health check took ${Math.round(result.latencyMs / 1000)} s`);
  }
  // 3
  if (isAuthStatus(status)) {
    return { ...settled("config_error", result.detail), failures: state.failures + 1 };
  }
  // 4
  if (status === 429) return settled("rate_limited", result.detail);
  if (status === 503 && result.loading) return settled("warming", result.detail);
  // 5
  return doubtful(state, "http", result, context);
}

function settled(word: HealthWord, detail: string): HealthState {
  return { ...UNKNOWN_HEALTH, word, detail };
}

function gone(state: HealthState, detail: string): HealthState {
  return {
    word: "offline",
    failures: state.failures + 1,
    sameKind: state.failureKind === "network" ? state.sameKind + 1 : 1,
    failureKind: "network",
    lagging: false,
    detail,
  };
}

function doubtful(
  state: HealthState,
  kind: "network" | "http",
  result: ProbeResult,
  { progressing }: ProbeContext,
): HealthState {
  const routable = isRoutableWord(state.word);
  if (progressing && routable) return settled("busy", result.detail);
  const failures = state.failures + 1;
  const sameKind = state.failureKind === kind ? state.sameKind + 1 : 1;
  // A word that is bad already changes only when one kind of failure lasts, or it would swing between "offline" and
  // "unhealthy" with each check of a backend that fails in both ways.
  const enough = state.word === "unknown" || (routable ? failures : sameKind) >= FAILURES_TO_FLIP;
  const word = enough ? (kind === "network" ? "offline" : "unhealthy") : state.word;
  const lagging = result.kind === "failed" && result.reason === "timeout";
  return { word, failures, sameKind, failureKind: kind, lagging, detail: result.detail };
}

/** Whether a check shows that the server would serve now. */
export function isGood(result: ProbeResult, forwardsAuth: boolean): boolean {
  if (result.kind !== "answered") return false;
  return (result.status >= 200 && result.status < 300) || (forwardsAuth && isAuthStatus(result.status));
}

/** Whether a failed check leaves no doubt that nothing can be reached there. */
export function isCertain(reason: FailReason): boolean {
  return reason === "refused" || reason === "dns" || reason === "no_route" || reason === "tls";
}

/**
 * Whether a failed check concerns requests that wait on connections made before. A failed name look-up or a certificate
 * says nothing of those.
 */
export function tellsWaiting(reason: FailReason): boolean {
  return reason === "refused" || reason === "no_route" || reason === "reset";
}

/** 401 and 403: the server refuses our credentials. */
export function isAuthStatus(status: number): boolean {
  return status === 401 || status === 403;
}

import type { Registry } from "../endpoints/registry.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { attemptsOf, type Outcome, type OutcomeKind } from "./retry.ts";

/** Failures in words, for the client's user. */
const WORDS: Partial<Record<OutcomeKind, string>> = {
  unreachable: "could not be connected to",
  connect_timeout: "accepted no connection in time",
  reset: "closed the connection without an HTTP answer",
  closed: "closed the connection without an HTTP answer",
  header_timeout: "sent no answer in time",
  probe_refused: "went away while the answer was awaited",
};

const TIMEOUTS: ReadonlySet<OutcomeKind> = new Set(["connect_timeout", "header_timeout"]);

/**
 * The error when no candidate gave an answer of its own.
 *
 * 1. Nothing was tried, since all rest: 429 with the shortest rest. 2. Nothing was tried for another reason: 503.
 * 3. Some attempt timed out: 504. 4. None could be connected to: 502 unreachable. 5. Else 502.
 */
export function exhaustedError(
  request: ProxyRequest,
  list: CandidateList,
  { history, registry, now }: { history: readonly Outcome[]; registry: Registry; now: number },
): OllaError {
  const what = request.model === undefined ? "This request" : `The model "${request.model}"`;
  if (history.length === 0) {
    const rests = list.candidates.map(({ state, model }) => registry.restUntil(state, model, now));
    if (rests.every((rest) => rest !== undefined)) { // 1
      const shortest = Math.min(...rests);
      const seconds = Math.max(1, Math.ceil((shortest - now) / 1000));
      return new OllaError(
        "rate_limited",
        `${what} is rate limited on every endpoint that has it; try again in ${seconds} s`,
        { headers: { "Retry-After": String(seconds) } },
      );
    }
    const names = list.candidates.map(({ state, model }) => {
      const why = registry.restUntil(state, model, now) !== undefined ? "resting" : whyNot(state, now);
      return `${state.endpoint.name} (${why})`;
    }).join(", ");
    return new OllaError("model_unavailable", `${what} cannot be served now: ${names}`, { // 2
      headers: { "Retry-After": "5" },
    });
  }
  const story = [...new Set(history.map(({ endpoint, kind }) => `${endpoint} ${WORDS[kind] ?? "failed"}`))].join("; ");
  const message = `${what} could not be served: ${story}`;
  const attempts = attemptsOf(history);
  const options = attempts > 1 ? { headers: { "X-Olla-Attempts": String(attempts) } } : {};
  if (history.some(({ kind }) => TIMEOUTS.has(kind))) return new OllaError("upstream_timeout", message, options); // 3
  if (history.every(({ kind }) => kind === "unreachable")) {
    return new OllaError("upstream_unreachable", message, options); // 4
  }
  return new OllaError("upstream_error", message, options); // 5
}

/** Why a candidate takes no request now, in a word or two. */
function whyNot(state: EndpointState, now: number): string {
  const breaker = state.breakerWord(now);
  return breaker === "closed"
    ? state.status
    : `${state.status}, but its circuit breaker is ${breaker.replace("_", " ")}`;
}

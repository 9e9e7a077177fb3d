import type { Registry } from "../endpoints/registry.ts";
import { OllaError } from "../errors.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import type { Outcome, OutcomeKind } from "./retry.ts";

/** Failures in words, for the client's user. */
const WORDS: Partial<Record<OutcomeKind, string>> = {
  unreachable: "could not be connected to",
  connect_timeout: "accepted no connection in time",
  reset: "closed the connection before answering",
  closed: "closed the connection before answering",
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
  history: readonly Outcome[],
  registry: Registry,
  now: number,
): OllaError {
  const what = request.model === undefined ? "This request" : `The model "${request.model}"`;
  if (history.length === 0) {
    const rests = list.candidates.map(({ state, model }) => registry.restUntil(state, model, now) ?? Infinity);
    const shortest = Math.min(...rests);
    if (shortest !== Infinity) { // 1
      const seconds = Math.max(1, Math.ceil((shortest - now) / 1000));
      return new OllaError(
        "rate_limited",
        `${what} is rate limited on every endpoint that has it; try again in ${seconds} s`,
        { headers: { "Retry-After": String(seconds) } },
      );
    }
    const names = list.candidates.map(({ state }) => `${state.endpoint.name} (${state.status})`).join(", ");
    return new OllaError("model_unavailable", `${what} cannot be served now: ${names}`, { // 2
      headers: { "Retry-After": "5" },
    });
  }
  const story = history.map(({ endpoint, kind }) => `${endpoint} ${WORDS[kind] ?? "failed"}`).join("; ");
  const message = `${what} could not be served: ${story}`;
  if (history.some(({ kind }) => TIMEOUTS.has(kind))) return new OllaError("upstream_timeout", message); // 3
  if (history.every(({ kind }) => kind === "unreachable")) return new OllaError("upstream_unreachable", message); // 4
  return new OllaError("upstream_error", message); // 5
}

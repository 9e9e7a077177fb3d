/** What statistics read of a finished request. */
export interface CountedRequest {
  readonly status: number;
  readonly outcome: string;
  readonly endpoint: string | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number;
  readonly errorCode: string | undefined;
  readonly attempts: readonly { readonly endpoint: string; readonly outcome: string }[];
}

/** `neither`: it ended before anyone could tell, since the client left or olla was stopped. */
export type Verdict = "success" | "failure" | "neither";

/** A pooled connection that had died; the request went out again on a new one, as part of the same attempt. */
const RETRIED_RESET = "reset";
/** The endpoint was asked again in another way (without a field that it refuses, or translated): one attempt in all. */
const ASKED_OTHERWISE = "asked_otherwise";

/** How a request that reached a backend counts: everywhere, so that no two pages tell it differently. */
export function requestVerdict({ outcome, status }: CountedRequest): Verdict {
  if (outcome === "cut" || outcome === "failed" || status >= 500) return "failure";
  return outcome === "ok" ? "success" : "neither";
}

/**
 * How one attempt of a request counts for the endpoint that it was sent to. The last one, when it began to answer,
 * shares the fate of the whole: the answer may have had a 5xx status, or been cut.
 *
 * @param index Into `request.attempts`.
 * @returns Undefined for what is no attempt of its own.
 */
export function attemptVerdict(request: CountedRequest, index: number): Verdict | undefined {
  switch (request.attempts[index]?.outcome) {
    case undefined:
    case RETRIED_RESET:
    case ASKED_OTHERWISE:
      return undefined;
    case "client_gone":
      return "neither";
    case "answered":
    case "passed_on":
      return index === request.attempts.length - 1 ? requestVerdict(request) : "success";
    default:
      return "failure";
  }
}

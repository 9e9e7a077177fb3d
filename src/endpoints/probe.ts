import { saysLoading } from "../lib/loading_text.ts";
import { parseRetryAfter } from "../lib/retry_after.ts";
import { askBackend, type BackendAnswer, type BackendClient } from "./ask_backend.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ProbeResult } from "./health.ts";

/** Bytes of a health answer that are read. */
const MAX_HEALTH_BYTES = 64 * 1024;

/** One health check. */
export interface ProbeRequest {
  readonly endpoint: Endpoint;
  /** From `healthTargets`; not empty. */
  readonly urls: readonly string[];
  /** Which of them answered last time, so that a server is not asked for paths that it does not have each time. */
  readonly firstUrl: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Its result; `undefined` when it was given up. */
export interface ProbeOutcome {
  readonly result: ProbeResult;
  /** The URL that answered, for the next time. */
  readonly urlIndex: number;
}

/** Asks one endpoint whether it is well. Never throws. */
export async function probe(client: BackendClient, request: ProbeRequest): Promise<ProbeOutcome | undefined> {
  const { endpoint, urls, firstUrl, timeoutMs, signal } = request;
  let outcome: ProbeOutcome | undefined;
  for (let tried = 0; tried < urls.length; tried++) {
    const urlIndex = (firstUrl + tried) % urls.length;
    const url = urls[urlIndex];
    if (url === undefined) break;
    const answer = await askBackend(client, { endpoint, url, timeoutMs, maxBytes: MAX_HEALTH_BYTES, signal });
    if (answer.kind === "aborted") return undefined;
    outcome = { result: readAnswer(answer, new URL(url).pathname, client.now()), urlIndex };
    if (answer.kind === "failed" || answer.status !== 404) return outcome;
  }
  return outcome;
}

/**
 * What an answer to a check means.
 *
 * @param path Which path was asked, for the words; hosts stay out of them.
 * @param now Epoch ms, for a Retry-After given as a date.
 */
export function readAnswer(
  answer: Exclude<BackendAnswer, { kind: "aborted" }>,
  path: string,
  now: number,
): ProbeResult {
  if (answer.kind === "failed") {
    return { kind: "failed", reason: answer.reason, latencyMs: answer.latencyMs, detail: answer.detail };
  }
  const { status, latencyMs } = answer;
  const good = status >= 200 && status < 300;
  return {
    kind: "answered",
    status,
    latencyMs,
    loading: status === 503 && saysLoading(answer.text),
    retryAfterMs: parseRetryAfter(answer.headers.get("retry-after"), now),
    detail: good ? "" : describeStatus(status, path),
  };
}

function describeStatus(status: number, path: string): string {
  const what = `its health check ${path} answers ${status}`;
  if (status === 404) return `${what}: set health_check_url on the endpoint to a path that it has`;
  if (status >= 300 && status < 400) return `${what}, a redirect to another host, which is not followed`;
  return what;
}

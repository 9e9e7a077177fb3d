import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { Dialect } from "../errors.ts";
import type { Candidate } from "../routing/candidate.ts";
import { startOf } from "./answer_body.ts";
import { classifyAnswer, mayRetryStatus } from "./answer_class.ts";
import type { AttemptResult, UpstreamAnswer } from "./attempt.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import type { Outcome } from "./retry.ts";
import { beginsWithError, framingOf } from "./stream_end.ts";

/** Puts what an attempt came to into its row of the failure table. */
export function judge(
  result: Exclude<AttemptResult, { kind: "client_gone" }>,
  { state, way }: Candidate,
  request: ProxyRequest,
): Outcome {
  const endpoint = state.endpoint.name;
  if (result.kind === "failed") return { kind: result.failure.kind, endpoint };
  const { answer } = result;
  const streaming = answer.body.kind === "stream";
  if (!mayRetryStatus(answer.status)) {
    const dialect = way?.kind === "translated" ? "openai" : request.dialect;
    const kind = beginsWithErrorEvent(answer, dialect) ? "server_error" : "answered";
    return { kind, endpoint, streaming };
  }
  const kind = classifyAnswer({
    status: answer.status,
    headers: answer.headers,
    text: readableStart(answer) ?? "",
    ourCredentials: !state.endpoint.config.forward_auth || state.endpoint.headers["authorization"] !== undefined,
    hasModel: request.model !== undefined,
    now: Date.now(),
  });
  return { ...kind, endpoint, streaming };
}

function beginsWithErrorEvent({ headers, body }: UpstreamAnswer, dialect: Dialect): boolean {
  if (framingOf(headers.get("content-type")) === "opaque" || headers.has("content-encoding")) return false;
  return beginsWithError(startOf(body), dialect);
}

/** An error text longer than this says nothing more. */
const MAX_TEXT_BYTES = 64 * 1024;

/** The start of an error answer as text, decompressed where it has to be; undefined when it cannot be read. */
export function readableStart({ headers, body }: UpstreamAnswer): string | undefined {
  const encoding = headers.get("content-encoding")?.toLowerCase();
  if (encoding === undefined || encoding === "identity") return startOf(body);
  if (body.kind !== "whole") return undefined;
  const unpack = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[encoding];
  try {
    return unpack?.(body.bytes, { maxOutputLength: MAX_TEXT_BYTES }).toString("utf8");
  } catch {
    return undefined; // broken, or larger than any error message
  }
}

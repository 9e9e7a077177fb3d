import type { Lease, Registry } from "../endpoints/registry.ts";
import { errorEvent, OllaError } from "../errors.ts";
import { headerValue } from "../lib/header_value.ts";
import type { Candidate, RoutingDecision } from "../routing/candidate.ts";
import { startOf } from "./answer_body.ts";
import type { Attempt, UpstreamAnswer } from "./attempt.ts";
import { CLIENT_GONE_STATUS, type ClientLink } from "./client_link.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { pumpStream } from "./pump.ts";
import { clientHeaders } from "./response_headers.ts";
import { createsStored, type StoredIds } from "./stored_ids.ts";
import { framingOf, terminatorOf } from "./stream_end.ts";
import { backendType } from "./upstream_request.ts";

/** What delivering acts through. */
export interface DeliveryDeps {
  readonly registry: Registry;
  readonly storedIds: StoredIds;
  /** Epoch milliseconds that never jump back. */
  readonly now: () => number;
  /** `Via` and `X-Served-By` of our answers. */
  readonly via: string;
  readonly servedBy: string;
}

/** An answer on its way to the client. */
export interface Delivery {
  readonly request: ProxyRequest;
  readonly answer: UpstreamAnswer;
  readonly candidate: Candidate;
  /** Absent for an answer that was kept while others were tried: it is whole, and its connection is over. */
  readonly open: { readonly attempt: Attempt; readonly lease: Lease } | undefined;
  readonly link: ClientLink;
  readonly attempts: number;
  readonly routing: RoutingDecision | undefined;
}

/** The client's response from a backend's answer. Ends the request's lease and record when the last byte has gone. */
export function deliver(delivery: Delivery, deps: DeliveryDeps): Response {
  const { request, answer, candidate, open } = delivery;
  const { record } = request;
  const { endpoint } = candidate.state;
  const type = backendType(candidate.state);
  const firstByteMs = deps.now() - request.arrivedAt;
  record.firstByteMs = firstByteMs;
  record.status = answer.status;
  record.endpoint = endpoint.name;
  record.backendType = type;
  const headers = clientHeaders(answer.headers, {
    requestId: request.requestId,
    endpoint,
    backendType: type,
    model: request.model === undefined ? undefined : headerValue(request.model),
    responseTimeMs: firstByteMs,
    attempts: delivery.attempts,
    routing: delivery.routing,
    via: deps.via,
    servedBy: deps.servedBy,
  });
  if (createsStored(request.method, request.path) && answer.status < 300) {
    deps.storedIds.note(startOf(answer.body).slice(0, STORED_ID_WITHIN), endpoint.name);
  }
  const { body } = answer;
  if (body.kind === "stream" && open !== undefined) return streamed(delivery, { ...open, headers }, deps);
  open?.attempt.end();
  open?.lease.release();
  record.outcome = open === undefined ? "failed" : "ok";
  if (body.kind === "whole") record.responseBytes = body.bytes.byteLength;
  if (body.kind === "none" && body.length !== null) headers.set("content-length", body.length);
  const response = new Response(body.kind === "whole" ? body.bytes : null, { status: answer.status, headers });
  request.finish();
  return response;
}

/** An id that is not in the first bytes of an answer is not the answer's own. */
const STORED_ID_WITHIN = 2048;

interface OpenStream {
  readonly attempt: Attempt;
  readonly lease: Lease;
  readonly headers: Headers;
}

function streamed(delivery: Delivery, { attempt, lease, headers }: OpenStream, deps: DeliveryDeps): Response {
  const { answer, link } = delivery;
  const { state, model } = delivery.candidate;
  // Named one by one: the closures below live as long as the stream and must not hold the request's body.
  const { record, finish, dialect, requestId, path } = delivery.request;
  const { body } = answer;
  if (body.kind !== "stream") throw new TypeError("streamed() needs a stream");
  const framing = framingOf(answer.headers.get("content-type"));
  if (framing !== "opaque") record.stream = true;
  if (framing === "sse") headers.set("x-accel-buffering", "no");

  const { stream, clientGone, giveUpClient } = pumpStream({
    body,
    framing,
    terminator: framing === "opaque" ? undefined : terminatorOf(path),
    encoded: answer.headers.has("content-encoding"),
    onWaiting: (waiting) => attempt.setWaiting(waiting),
    errorEvent: () => errorEvent(dialect, brokeOff(state.endpoint.name), requestId),
    onEnd: (outcome, bytes) => {
      link.onGone = undefined;
      if (outcome === "ok") attempt.end();
      else attempt.discard();
      lease.release();
      if (outcome === "ok") deps.registry.reportSuccess(state, model, deps.now());
      if (outcome === "cut") deps.registry.reportTransportFailure(state, deps.now());
      record.responseBytes = bytes;
      record.outcome = outcome;
      if (outcome === "client_gone") record.status = CLIENT_GONE_STATUS;
      if (outcome === "cut") record.errorCode = "upstream_error";
      finish();
    },
  });
  link.onGone = clientGone;
  attempt.onStalledClient = giveUpClient;
  return new Response(stream, { status: answer.status, headers });
}

function brokeOff(endpoint: string): OllaError {
  return new OllaError(
    "upstream_error",
    `The endpoint ${endpoint} broke off in the middle of the answer; what came before this is incomplete, ` +
      "send the request again",
  );
}

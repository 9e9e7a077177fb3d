import type { Lease, Registry } from "../endpoints/registry.ts";
import { errorEvent, OllaError } from "../errors.ts";
import { headerValue } from "../lib/header_value.ts";
import type { Candidate, RoutingDecision } from "../routing/candidate.ts";
import { startOf } from "./answer_body.ts";
import type { Attempt, UpstreamAnswer } from "./attempt.ts";
import { CLIENT_GONE_STATUS, type ClientLink } from "./client_link.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { pumpStream } from "./pump.ts";
import { streamTranslation, translateError, type TranslationDeps, writerOf } from "./translated_answer.ts";
import { clientHeaders } from "./response_headers.ts";
import { createsStored, type StoredIds } from "./stored_ids.ts";
import { framingOf, terminatorOf } from "./stream_end.ts";
import { backendType } from "./upstream_request.ts";

/** What delivering acts through. */
export interface DeliveryDeps extends TranslationDeps {
  readonly registry: Registry;
  readonly storedIds: StoredIds;
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
export function deliver(given: Delivery, deps: DeliveryDeps): Response {
  const { request, candidate } = given;
  const isTranslated = candidate.way?.kind === "translated";
  const answer = isTranslated && given.answer.status >= 400 ? translateError(given.answer, request) : given.answer;
  const delivery = answer === given.answer ? given : { ...given, answer };
  const { open } = delivery;
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
  if (request.dialect === "anthropic") noteWay(request.requestId, { headers, way: candidate.way });
  if (!isTranslated && createsStored(request.method, request.path) && answer.status < 300) {
    deps.storedIds.note(startOf(answer.body).slice(0, STORED_ID_WITHIN), endpoint.name);
  }
  const { body } = answer;
  if (body.kind === "stream" && open !== undefined) return streamed(delivery, { ...open, headers }, deps);
  // Of a long error only its beginning was wanted.
  if (given.answer.body.kind === "stream") open?.attempt.discard();
  else open?.attempt.end();
  open?.lease.release();
  record.outcome = open === undefined ? "failed" : "ok";
  if (body.kind === "whole") {
    record.responseBytes = body.bytes.byteLength;
    request.tap?.start(headers);
    request.tap?.whole(body.bytes);
  }
  if (body.kind === "none" && body.length !== null) headers.set("content-length", body.length);
  const response = new Response(body.kind === "whole" ? body.bytes : null, { status: answer.status, headers });
  request.finish();
  return response;
}

/** Says to Anthropic's clients how the request was served, as the Go program does. */
function noteWay(
  requestId: string,
  { headers, way }: { readonly headers: Headers; readonly way: Candidate["way"] },
): void {
  headers.set("request-id", requestId); // where Anthropic's SDKs look for it
  if (way?.kind === "native") headers.set("x-olla-mode", "passthrough");
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
  const { record, finish, dialect, requestId, path, tap } = delivery.request;
  const { body } = answer;
  if (body.kind !== "stream") throw new TypeError("streamed() needs a stream");
  const { translation } = delivery.request;
  const writer = translation !== undefined && delivery.candidate.way?.kind === "translated"
    ? writerOf(delivery.request, translation, deps)
    : undefined;
  if (writer !== undefined && translation !== undefined) {
    headers.set("content-type", translation.translator.streamType);
    headers.delete("content-encoding");
  }
  tap?.start(headers);
  const framing = framingOf(headers.get("content-type"));
  if (framing !== "opaque") record.stream = true;
  if (framing === "sse") headers.set("x-accel-buffering", "no");

  const translated = writer === undefined ? undefined : streamTranslation(writer, deps);
  const { stream, clientGone, giveUpClient } = pumpStream({
    body,
    framing,
    terminator: framing === "opaque" || writer !== undefined ? undefined : terminatorOf(path),
    encoded: headers.has("content-encoding"),
    translation: translated,
    onWaiting: (waiting) => attempt.setWaiting(waiting),
    errorEvent: (fault) => {
      const error = fault === undefined || fault === ""
        ? brokeOff(state.endpoint.name)
        : failed(state.endpoint.name, fault);
      return writer === undefined ? errorEvent(dialect, error, requestId) : writer.fail(error, requestId);
    },
    onPiece: tap === undefined ? undefined : (bytes) => tap.piece(bytes),
    onEnd: (outcome, bytes) => {
      tap?.end();
      link.onGone = undefined;
      if (outcome === "ok") attempt.end();
      else attempt.discard();
      lease.release();
      if (outcome === "ok") deps.registry.reportSuccess(state, model, deps.now());
      // What the server itself said of the model is no fault of the connection: its other models stay in service.
      if (outcome === "cut" && hasText(translated?.fault)) deps.registry.reportAnswerFailure(state, model, deps.now());
      else if (outcome === "cut") deps.registry.reportTransportFailure(state, deps.now());
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

function hasText(fault: string | undefined): boolean {
  return fault !== undefined && fault !== "";
}

function failed(endpoint: string, fault: string): OllaError {
  return new OllaError("upstream_error", `The endpoint ${endpoint} failed in the middle of the answer: ${fault}`);
}

function brokeOff(endpoint: string): OllaError {
  return new OllaError(
    "upstream_error",
    `The endpoint ${endpoint} broke off in the middle of the answer; what came before this is incomplete, ` +
      "send the request again",
  );
}

import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import { headerValue } from "../lib/header_value.ts";
import { joinPath } from "../lib/join_path.ts";
import type { UpstreamInit } from "../lib/upstream.ts";
import type { Candidate } from "../routing/candidate.ts";
import { splice } from "../routing/inspect.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { type ForwardedFacts, upstreamHeaders } from "./request_headers.ts";
import { createsStored } from "./stored_ids.ts";
import type { Translation } from "./translation.ts";

/** How we name ourselves to backends. */
export interface Identity {
  readonly via: string;
  /** As `Olla/0.1.0`; also the User-Agent of a client that sent none. */
  readonly product: string;
  /** False with `proxy.forwarded_headers: false`. */
  readonly forwarded: boolean;
}

/** One attempt's request: the client's, under the names and with the headers of this endpoint. */
export interface UpstreamRequest {
  readonly url: string;
  readonly init: Omit<UpstreamInit, "signal" | "transport">;
}

/**
 * Derives an attempt from the client's request, which stays as it is. Pure but for asking the peer's address.
 *
 * @param without Fields that the endpoint refuses in translated requests.
 * @throws {OllaError} When the request cannot be translated for an endpoint that needs that.
 */
export function upstreamRequest(
  request: ProxyRequest,
  candidate: Candidate,
  { identity, without }: { readonly identity: Identity; readonly without: ReadonlySet<string> },
): UpstreamRequest {
  const { method, headers, model, peerAddress, protocol, translation } = request;
  const { endpoint } = candidate.state;
  const forwarded: ForwardedFacts | undefined = identity.forwarded
    ? { via: identity.via, proxiedBy: identity.product, peerAddress: peerAddress(), protocol }
    : undefined;
  const sent = upstreamHeaders(headers, endpoint, {
    forwarded,
    model: model === undefined ? undefined : headerValue(model),
    userAgent: identity.product,
  });
  if (translation !== undefined && candidate.way?.kind === "translated") {
    const target = candidate.way.paths[translation.translated.target];
    if (target === undefined) throw noSuchPath(candidate, translation);
    for (const name in sent) if (isForeign(name)) delete sent[name];
    sent["accept-encoding"] = "identity";
    sent["content-type"] = "application/json";
    const body = new TextEncoder().encode(JSON.stringify(translation.requestFor(candidate.model ?? "", without)));
    return { url: urlOf(candidate, target), init: { method: "POST", headers: sent, body, decompressed: true } };
  }
  // The id in the answer must be readable: later requests for it go to the endpoint that gave it.
  if (createsStored(method, request.path)) delete sent["accept-encoding"];
  return { url: urlFor(request, candidate), init: { method, headers: sent, body: bodyFor(request, candidate) } };
}

/** What concerns the client's dialect, or the bytes of an answer that we have to read. */
function isForeign(name: string): boolean {
  return name.startsWith("anthropic-") || name === "accept" || name === "accept-encoding" || name === "openai-beta";
}

function noSuchPath({ state }: Candidate, { operation, translated }: Translation): OllaError {
  const message = `The endpoint ${state.endpoint.name} cannot serve this: it has no ${translated.target} API, ` +
    `which ${operation.path} needs for this request`;
  return new OllaError("not_supported", message);
}

function urlFor(request: ProxyRequest, candidate: Candidate): string {
  const { model, way } = candidate;
  const { pathModel, query } = request;
  const path = pathModel === undefined || model === undefined || model === pathModel
    ? request.path
    : withPathModel(request.path, pathModel, model);
  return urlOf(candidate, way?.kind === "native" ? way.path : path) + query;
}

function urlOf({ state }: Candidate, path: string): string {
  const { origin, basePath, config } = state.endpoint;
  return origin + (config.preserve_path ? joinPath(basePath, path) : path);
}

/**
 * A path with another model in the place of the one that it names.
 *
 * @param path Percent-encoded, as `/engines/fast/chat/completions` or `/models/fast:generate`.
 */
export function withPathModel(path: string, from: string, to: string): string {
  let done = false;
  return path.split("/").map((segment) => {
    const decoded = decodeURIComponent(segment);
    const isModel = decoded === from || decoded.startsWith(`${from}:`);
    if (done || !isModel) return segment;
    done = true;
    return encodeURIComponent(to) + decoded.slice(from.length);
  }).join("/");
}

/** The client's bytes, or the same with the name under which this endpoint knows the model. */
function bodyFor({ body, model, modelPlace }: ProxyRequest, candidate: Candidate): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || modelPlace === undefined || candidate.model === undefined) return body;
  if (candidate.model === model) return body;
  return splice(body, modelPlace.span, modelPlace.encode(candidate.model));
}

/** What the endpoint's type is called in headers and logs. */
export function backendType(state: EndpointState): string {
  return state.profile?.name ?? "unknown";
}

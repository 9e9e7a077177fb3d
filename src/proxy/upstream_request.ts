import type { EndpointState } from "../endpoints/state.ts";
import { headerValue } from "../lib/header_value.ts";
import { joinPath } from "../lib/join_path.ts";
import type { UpstreamInit } from "../lib/upstream.ts";
import type { Candidate } from "../routing/candidate.ts";
import { splice } from "../routing/inspect.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { type ForwardedFacts, upstreamHeaders } from "./request_headers.ts";
import { createsStored } from "./stored_ids.ts";

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

/** Derives an attempt from the client's request, which stays as it is. Pure but for asking the peer's address. */
export function upstreamRequest(request: ProxyRequest, candidate: Candidate, identity: Identity): UpstreamRequest {
  const { method, headers, model, peerAddress, protocol } = request;
  const { endpoint } = candidate.state;
  const forwarded: ForwardedFacts | undefined = identity.forwarded
    ? { via: identity.via, proxiedBy: identity.product, peerAddress: peerAddress(), protocol }
    : undefined;
  const sent = upstreamHeaders(headers, endpoint, {
    forwarded,
    model: model === undefined ? undefined : headerValue(model),
    userAgent: identity.product,
  });
  // The id in the answer must be readable: later requests for it go to the endpoint that gave it.
  if (createsStored(method, request.path)) delete sent["accept-encoding"];
  return { url: urlFor(request, candidate), init: { method, headers: sent, body: bodyFor(request, candidate) } };
}

function urlFor(request: ProxyRequest, { state, model }: Candidate): string {
  const { origin, basePath, config } = state.endpoint;
  const { pathModel, query } = request;
  const path = pathModel === undefined || model === undefined || model === pathModel
    ? request.path
    : withPathModel(request.path, pathModel, model);
  return origin + (config.preserve_path ? joinPath(basePath, path) : path) + query;
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

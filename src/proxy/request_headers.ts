import type { Endpoint } from "../endpoints/endpoint.ts";

/** Headers of one connection only (RFC 9110 section 7.6.1), never sent on in either direction. */
export const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Credentials and cookies of the client: they are for us, never for a backend. */
const CREDENTIALS = ["authorization", "cookie", "x-api-key", "x-auth-token", "x-goog-api-key", "api-key"];

/** Dropped from what goes up. `content-length` is set anew by fetch, from the bytes it sends. */
const DROPPED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...CREDENTIALS, "host", "content-length", "expect"]);

/** Bytes that a header costs beside its name and value: colon, space, line end. */
const HEADER_OVERHEAD = 4;

/** A client's headers, read in one pass. */
export interface ClientHeaders {
  /** What goes up as it is, names in lower case. */
  readonly forward: Readonly<Record<string, string>>;
  /** Size of all headers on the wire, as `max_header_size` counts it. */
  readonly bytes: number;
  readonly authorization: string | undefined;
  readonly host: string | undefined;
  readonly via: string | undefined;
  readonly userAgent: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: string | undefined;
  readonly transferEncoding: string | undefined;
  readonly upgrade: string | undefined;
  readonly requestId: string | undefined;
  /** `X-Olla-Endpoint`: the endpoint that a request without a model asks for. */
  readonly endpoint: string | undefined;
}

/** Reads a request's headers once: what routing asks for, what goes up, and how large they are. */
export function readClientHeaders(headers: Headers): ClientHeaders {
  const forward: Record<string, string> = {};
  const own: Record<string, string> = {};
  let bytes = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length + HEADER_OVERHEAD;
    if (DROPPED.has(name) || name.startsWith("x-olla-")) own[name] = value;
    else forward[name] = value;
  });
  const connection = own["connection"];
  if (connection !== undefined && !/^(?:keep-alive|close)$/i.test(connection)) dropNamed(forward, connection);
  return {
    forward,
    bytes,
    authorization: own["authorization"],
    host: own["host"],
    via: forward["via"],
    userAgent: forward["user-agent"],
    contentType: forward["content-type"],
    contentEncoding: forward["content-encoding"],
    contentLength: own["content-length"],
    transferEncoding: own["transfer-encoding"],
    upgrade: own["upgrade"],
    requestId: forward["x-request-id"],
    endpoint: own["x-olla-endpoint"],
  };
}

/** Removes the headers that `Connection` declares to be of this hop. */
function dropNamed(forward: Record<string, string>, connection: string): void {
  for (const token of connection.split(",")) delete forward[token.trim().toLowerCase()];
}

/** What the forwarding headers of one request say. */
export interface ForwardedFacts {
  /** Product and instance, as `1.1 olla/0.1.0 (k3v9)`. */
  readonly via: string;
  /** As `Olla/0.1.0`. */
  readonly proxiedBy: string;
  readonly peerAddress: string;
  readonly protocol: "http" | "https";
}

/**
 * The headers for one attempt: the client's, less what belongs to its connection or to us, plus the forwarding headers,
 * plus the endpoint's own, which win.
 *
 * @param forwarded Undefined with `proxy.forwarded_headers: false`.
 * @param model The requested model, header-safe; sent as `X-Model`.
 * @param userAgent For a client that sent none: else fetch would name its runtime.
 */
export function upstreamHeaders(
  client: ClientHeaders,
  endpoint: Endpoint,
  { forwarded, model, userAgent }: {
    forwarded: ForwardedFacts | undefined;
    model: string | undefined;
    userAgent: string;
  },
): Record<string, string> {
  const headers: Record<string, string> = { ...client.forward };
  headers["user-agent"] ??= userAgent;
  if (forwarded !== undefined) {
    const { peerAddress } = forwarded;
    const chain = headers["x-forwarded-for"];
    headers["via"] = client.via === undefined ? forwarded.via : `${client.via}, ${forwarded.via}`;
    headers["x-proxied-by"] = forwarded.proxiedBy;
    headers["x-forwarded-for"] = chain === undefined ? peerAddress : `${chain}, ${peerAddress}`;
    headers["x-real-ip"] ??= peerAddress;
    headers["x-forwarded-proto"] ??= forwarded.protocol;
    if (client.host !== undefined) headers["x-forwarded-host"] ??= client.host;
    if (model !== undefined) headers["x-model"] = model;
  }
  if (endpoint.config.forward_auth && client.authorization !== undefined) {
    headers["authorization"] = client.authorization;
  }
  return Object.assign(headers, endpoint.headers);
}

import type { Endpoint } from "../endpoints/endpoint.ts";
import { HOP_BY_HOP } from "./request_headers.ts";

/** What a backend's answer must not hand to the client, beside the endpoint's own secret headers. */
const DROPPED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "set-cookie",
  "authorization",
  "x-api-key",
  "x-auth-token",
  "content-length", // set again from the bytes where we know them
  "via",
  "x-served-by",
]);

/** What we add to a backend's answer. */
export interface AnswerFactsForClient {
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly backendType: string;
  /** Header-safe. */
  readonly model: string | undefined;
  readonly responseTimeMs: number;
  readonly attempts: number;
  readonly routing: { readonly strategy: string; readonly decision: string; readonly reason: string } | undefined;
  readonly via: string;
  readonly servedBy: string;
}

/** The headers of a backend's answer as the client gets them. The length is not among them. */
export function clientHeaders(upstream: Headers, facts: AnswerFactsForClient): Headers {
  const headers = new Headers(upstream);
  for (const name of unwanted(upstream, facts.endpoint)) headers.delete(name);
  headers.set("x-served-by", facts.servedBy);
  headers.set("via", facts.via);
  headers.set("x-olla-request-id", facts.requestId);
  headers.set("x-olla-endpoint", facts.endpoint.name);
  headers.set("x-olla-backend-type", facts.backendType);
  headers.set("x-olla-response-time", `${(facts.responseTimeMs / 1000).toFixed(3)}s`);
  if (facts.model !== undefined) headers.set("x-olla-model", facts.model);
  if (facts.routing !== undefined) {
    headers.set("x-olla-routing-strategy", facts.routing.strategy);
    headers.set("x-olla-routing-decision", facts.routing.decision);
    headers.set("x-olla-routing-reason", facts.routing.reason);
  }
  if (facts.attempts > 1) headers.set("x-olla-attempts", String(facts.attempts));
  return headers;
}

/** Names of headers that end here. Only those that are there: deleting sixteen absent ones costs more than looking. */
function unwanted(upstream: Headers, endpoint: Endpoint): readonly string[] {
  const names: string[] = [];
  let connection: string | undefined;
  upstream.forEach((value, name) => {
    if (name === "connection") connection = value;
    // A backend must not speak in our name.
    if (DROPPED.has(name) || name.startsWith("x-olla-") || endpoint.secretHeaders.has(name)) names.push(name);
  });
  if (connection !== undefined && !/^(?:keep-alive|close)$/i.test(connection)) names.push(...tokensOf(connection));
  return names;
}

/** The header names that `Connection` declares to be of this hop. */
function tokensOf(connection: string): readonly string[] {
  return connection.split(",").map((token) => token.trim()).filter((token) => /^[\w!#$%&'*+.^`|~-]+$/.test(token));
}

import type { Endpoint } from "../endpoints/endpoint.ts";
import { HOP_BY_HOP } from "./request_headers.ts";

/** What a backend's answer must not hand to the client, beside the endpoint's own secret headers. */
const DROPPED: readonly string[] = [
  ...HOP_BY_HOP,
  "set-cookie",
  "authorization",
  "x-api-key",
  "x-auth-token",
  "content-length", // set again from the bytes where we know them
  "via",
  "x-served-by",
];

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
  const connection = headers.get("connection");
  for (const name of DROPPED) headers.delete(name);
  for (const name of facts.endpoint.secretHeaders) headers.delete(name);
  if (connection !== null && connection.length > "keep-alive".length) {
    for (const token of connection.split(",")) {
      const name = token.trim();
      if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers.delete(name);
    }
  }
  dropOwn(headers);
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

/** A backend must not speak in our name. */
function dropOwn(headers: Headers): void {
  let own: string[] | undefined;
  headers.forEach((_value, name) => {
    if (name.startsWith("x-olla-")) (own ??= []).push(name);
  });
  if (own !== undefined) { for (const name of own) headers.delete(name); }
}

import { NET_ERROR_TEXT, netErrorReason } from "../lib/net_error.ts";
import type { Timers } from "../lib/clock.ts";
import type { Transport, UpstreamFetch } from "../lib/upstream.ts";
import type { Endpoint } from "./endpoint.ts";
import type { FailReason } from "./health.ts";

/** The effects and settings that all checks share. */
export interface BackendClient {
  readonly fetch: UpstreamFetch;
  readonly timers: Timers;
  /** Epoch ms, on the clock of the registry. */
  readonly now: () => number;
  /** Such as `olla/1.2.3`. */
  readonly userAgent: string;
}

/** One request of ours to a backend. */
export interface BackendRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Makes it a POST with this as its JSON body; for questions only, never for a model's work. Must be small. */
  readonly json?: unknown;
  /** For everything together: connection, redirects, headers, body. */
  readonly timeoutMs: number;
  /** Bytes of the body that are read; the rest is cancelled. */
  readonly maxBytes: number;
  /** Gives up at once, as when the program ends. */
  readonly signal?: AbortSignal | undefined;
}

/** What it came to. Never throws. */
export type BackendAnswer =
  | {
    readonly kind: "answer";
    readonly status: number;
    readonly headers: Headers;
    /** The body's text, up to the bound. */
    readonly text: string;
    /** True when there was more. */
    readonly truncated: boolean;
    /** Until the headers. */
    readonly latencyMs: number;
  }
  | { readonly kind: "failed"; readonly reason: FailReason; readonly detail: string; readonly latencyMs: number }
  | { readonly kind: "aborted" };

const MAX_REDIRECTS = 3;

/**
 * Asks a backend on olla's own account: with the endpoint's headers and credentials, bounded in time and bytes,
 * following redirects of a GET on the same host only, on a connection of its own. A pooled connection would go on
 * working after the server has stopped to accept new ones.
 */
export async function askBackend(client: BackendClient, request: BackendRequest): Promise<BackendAnswer> {
  const controller = new AbortController();
  const { signal } = request;
  if (isAborted(signal)) return { kind: "aborted" };
  const giveUp = () => controller.abort();
  signal?.addEventListener("abort", giveUp, { once: true });
  let timedOut = false;
  const timer = client.timers.start(() => {
    timedOut = true;
    controller.abort();
  }, request.timeoutMs);
  const startedAt = client.now();
  try {
    const response = await followRedirects(client, request, controller.signal);
    const latencyMs = client.now() - startedAt;
    const { text, truncated } = await readStart(response, request.maxBytes, controller.signal);
    return { kind: "answer", status: response.status, headers: response.headers, text, truncated, latencyMs };
  } catch (error) {
    if (isAborted(signal)) return { kind: "aborted" };
    const seen = timedOut ? "timeout" : netErrorReason(error);
    const reason = seen === "aborted" ? "timeout" : seen;
    return { kind: "failed", reason, detail: NET_ERROR_TEXT[reason], latencyMs: client.now() - startedAt };
  } finally {
    client.timers.stop(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** A function, since the compiler would take the answer of the first look for the one of the second. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function followRedirects(
  client: BackendClient,
  { endpoint, url, json }: BackendRequest,
  signal: AbortSignal,
): Promise<Response> {
  const body = json === undefined ? undefined : new TextEncoder().encode(JSON.stringify(json));
  const headers = {
    "user-agent": client.userAgent,
    "accept": "application/json, text/plain, */*",
    "accept-encoding": "identity",
    "cache-control": "no-cache",
    ...endpoint.headers,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const method = body === undefined ? "GET" : "POST";
  // A redirected POST would have to be sent again, or become a GET, which is another question.
  const maxRedirects = body === undefined ? MAX_REDIRECTS : 0;
  // An absolute URL from the config may lead to another server than the endpoint's socket or certificate.
  const transport = new URL(url).origin === endpoint.origin ? endpoint.transport : otherTransport(endpoint.transport);
  let current = url;
  for (let redirects = 0;; redirects++) {
    const response = await client.fetch(current, { method, headers, body, signal, transport, freshConnection: true });
    const next = redirects < maxRedirects ? redirectTarget(response, current) : undefined;
    if (next === undefined) return response;
    await response.body?.cancel();
    current = next;
  }
}

function otherTransport(transport: Transport): Transport {
  const { unix: _unix, ...rest } = transport;
  return rest;
}

/** The next URL of a redirect that stays on the host and does not leave TLS: credentials go nowhere else. */
function redirectTarget(response: Response, from: string): string | undefined {
  if (response.status < 300 || response.status > 399 || response.status === 304) return undefined;
  const location = response.headers.get("location");
  if (location === null || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  const source = new URL(from);
  if (target.host !== source.host) return undefined;
  if (target.protocol !== source.protocol && target.protocol !== "https:") return undefined;
  return target.href;
}

/** Reads up to `maxBytes` and cancels what is left, so that an endless answer costs no memory and no connection. */
async function readStart(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ text: string; truncated: boolean }> {
  if (response.body === null) return { text: "", truncated: false };
  const reader = response.body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  // Some runtimes do not end a read when the signal fires after the headers have come.
  signal.addEventListener("abort", cancel, { once: true });
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < maxBytes) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return { text: text + decoder.decode(), truncated: false };
      const wanted = value.subarray(0, maxBytes - size);
      size += wanted.byteLength;
      text += decoder.decode(wanted, { stream: true });
    }
    return { text, truncated: true };
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

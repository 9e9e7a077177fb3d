import type { EndpointState } from "../endpoints/state.ts";
import { type AttemptPhase, UpstreamFailure, type UpstreamFailureKind } from "../errors.ts";
import { classifyFetchError } from "../lib/net_error.ts";
import type { ControllerPool } from "../lib/controller_pool.ts";
import type { UpstreamFetch, UpstreamInit } from "../lib/upstream.ts";
import { type AnswerBody, readAnswerBody } from "./answer_body.ts";
import type { ConnectCheck } from "./connect_check.ts";
import type { Watchdog, Watched } from "./watchdog.ts";

/** Limits of one attempt, in ms; 0 is none. */
export interface AttemptLimits {
  readonly connectionTimeoutMs: number;
  readonly tlsHandshakeTimeoutMs: number;
  readonly responseHeaderTimeoutMs: number;
  /** Longest silence between two chunks of a stream. */
  readonly readTimeoutMs: number;
}

/** What an attempt acts through. */
export interface AttemptDeps {
  readonly fetch: UpstreamFetch;
  readonly watchdog: Watchdog;
  readonly controllers: ControllerPool;
  readonly checkConnection: ConnectCheck;
  /** Epoch milliseconds that never jump back; the clock of the registry too. */
  readonly now: () => number;
  readonly limits: AttemptLimits;
  /** Calls back when a probe finds the endpoint gone; returns how to stop listening. */
  readonly onProbeRefused: (state: EndpointState, callback: () => void) => () => void;
  /** Bytes of a stream have moved: proof of life. */
  readonly onActivity: (state: EndpointState) => void;
}

/** A backend's answer whose first body byte (or clean end) is there. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** What one attempt came to. */
export type AttemptResult =
  | { readonly kind: "answer"; readonly answer: UpstreamAnswer }
  | { readonly kind: "failed"; readonly failure: UpstreamFailure }
  | { readonly kind: "client_gone" };

/** A backend silent for this long before its headers is asked whether it can be connected to at all. */
const PATIENCE_MS = 250;
/** A connection closed within this time of sending may have been a stale one from the pool. */
const STALE_SOCKET_MS = 1000;

/** What is true of the bytes that came over the wire is not of those that are read. */
function withoutEncoding(headers: Headers): Headers {
  if (!headers.has("content-encoding")) return headers;
  const own = new Headers(headers);
  own.delete("content-encoding");
  own.delete("content-length");
  return own;
}

/** One request to one endpoint, from sending to the first body byte and, for a stream, to its end. */
export class Attempt implements Watched {
  readonly state: EndpointState;
  readonly #deps: AttemptDeps;
  readonly #controller: AbortController;
  readonly #sentAt: number;
  #phase: AttemptPhase = "connect";
  #failure: UpstreamFailure | undefined;
  #clientGone = false;
  #ended = false;
  #impatient = false;
  #unsubscribe: (() => void) | undefined;
  /** Counts the chunks of a stream; the watchdog compares it, so that a chunk costs an increment and no clock. */
  #chunks = 0;
  #seenChunks = 0;
  #lastChunkAt: number;
  /** True while the backend is waited for, false while the client has not taken what there is. */
  #waiting = true;
  /** Called when the client has not taken anything for too long. */
  onStalledClient: (() => void) | undefined;

  constructor(state: EndpointState, deps: AttemptDeps) {
    this.state = state;
    this.#deps = deps;
    this.#controller = deps.controllers.take();
    this.#sentAt = deps.now();
    this.#lastChunkAt = this.#sentAt;
  }

  /** Sends the request and waits for the first body byte. Never rejects. */
  async run(url: string, init: Omit<UpstreamInit, "signal" | "transport">): Promise<AttemptResult> {
    this.#deps.watchdog.add(this);
    let streaming = false;
    try {
      const response = await this.#deps.fetch(url, {
        ...init,
        transport: this.state.endpoint.transport,
        signal: this.#controller.signal,
      });
      this.#phase = "first_byte";
      this.#unsubscribe?.();
      this.#lastChunkAt = this.#deps.now();
      if (response.status < 200 || response.status > 599) throw new TypeError(`Invalid status ${response.status}`);
      const body = await readAnswerBody(response, init);
      if (this.#clientGone) return { kind: "client_gone" };
      streaming = body.kind === "stream";
      this.#phase = "body";
      this.#lastChunkAt = this.#deps.now();
      const headers = init.decompressed === true ? withoutEncoding(response.headers) : response.headers;
      return { kind: "answer", answer: { status: response.status, headers, body } };
    } catch (error) {
      // Whatever is still open of it is not wanted any more, and its controller is not for others.
      this.#controller.abort();
      if (this.#clientGone) return { kind: "client_gone" };
      return { kind: "failed", failure: this.#failure ?? this.#classify(error, init.freshConnection === true) };
    } finally {
      this.#unsubscribe?.();
      if (!streaming) this.end();
    }
  }

  /** The client has left: cancels the upstream request, whatever it is doing. */
  abortByClient(): void {
    this.#clientGone = true;
    this.discard();
  }

  /** Gives up an answer that will not be delivered. */
  discard(): void {
    if (this.#ended) return; // its controller may be at work for another request by now
    this.#controller.abort();
    this.end();
  }

  /** The stream's reader waits for the backend, or has got something from it. */
  setWaiting(waiting: boolean): void {
    this.#waiting = waiting;
    if (!waiting) this.#chunks++;
  }

  /** The answer has come to its end; nothing is watched any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deps.watchdog.remove(this);
    this.#deps.controllers.giveBack(this.#controller);
  }

  /** Why the watchdog ended the stream, if it did. */
  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  tick(now: number): void {
    if (this.#phase === "body") return this.#tickBody(now);
    if (this.#phase === "first_byte") return this.#tickSilence(now, "closed");
    const { limits } = this.#deps;
    const waited = now - this.#sentAt;
    if (limits.responseHeaderTimeoutMs > 0 && waited >= limits.responseHeaderTimeoutMs) {
      return this.#fail("header_timeout");
    }
    if (waited >= PATIENCE_MS && !this.#impatient) this.#becomeImpatient(waited);
  }

  /** The quick answers never get here, so they pay nothing for these. */
  #becomeImpatient(waited: number): void {
    this.#impatient = true;
    this.#unsubscribe = this.#deps.onProbeRefused(this.state, () => this.#fail("probe_refused"));
    void this.#checkConnection(waited);
  }

  #tickBody(now: number): void {
    if (this.#chunks !== this.#seenChunks) {
      this.#seenChunks = this.#chunks;
      this.#lastChunkAt = now;
      this.#deps.onActivity(this.state);
      return;
    }
    if (this.#waiting) return this.#tickSilence(now, "cut");
    const { readTimeoutMs } = this.#deps.limits;
    if (readTimeoutMs > 0 && now - this.#lastChunkAt >= readTimeoutMs) this.onStalledClient?.();
  }

  /** The backend has begun its answer, and is silent. */
  #tickSilence(now: number, kind: UpstreamFailureKind): void {
    const { readTimeoutMs } = this.#deps.limits;
    if (readTimeoutMs > 0 && now - this.#lastChunkAt >= readTimeoutMs) this.#fail(kind);
  }

  /**
   * Asks whether the endpoint accepts connections, unless it has answered something since we sent. A sign of life later
   * than our own packet means that ours got through too, or will: then waiting is right, however long.
   */
  async #checkConnection(waited: number): Promise<void> {
    const { limits, checkConnection } = this.#deps;
    if (limits.connectionTimeoutMs === 0 || this.state.lastSuccessAt > this.#sentAt) return;
    const result = await checkConnection(this.state.endpoint, {
      connectMs: Math.max(1, limits.connectionTimeoutMs - waited),
      tlsMs: limits.tlsHandshakeTimeoutMs,
    });
    if (this.#phase !== "connect" || this.state.lastSuccessAt > this.#sentAt) return;
    if (result === "timeout") this.#fail("connect_timeout");
    else if (result === "refused") this.#fail("unreachable");
  }

  #fail(kind: UpstreamFailureKind): void {
    if (this.#failure !== undefined || this.#ended) return;
    this.#failure = new UpstreamFailure(kind, this.#phase);
    this.#controller.abort();
  }

  #classify(error: unknown, fresh: boolean): UpstreamFailure {
    const phase: AttemptPhase = this.#phase === "connect" ? "headers" : this.#phase;
    switch (classifyFetchError(error)) {
      case "unreachable":
      case "tls":
        return new UpstreamFailure("unreachable", "connect", error);
      default: {
        const quick = this.#deps.now() - this.#sentAt < STALE_SOCKET_MS;
        const kind = phase === "headers" && quick && !fresh ? "reset" : "closed";
        return new UpstreamFailure(kind, phase, error);
      }
    }
  }
}

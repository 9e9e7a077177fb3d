import { ClientCount } from "./client_count.ts";
import { attemptVerdict, type CountedRequest, requestVerdict } from "./counted_request.ts";
import { EndpointTallies, type ModelEndpointCounters } from "./endpoint_tally.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** What the statistics of models read of a finished request. */
export interface CountedModelRequest extends CountedRequest {
  /** The catalogue's id for the model, or the alias; undefined for a name that does not exist, and without a name. */
  readonly modelId?: string | undefined;
  /** What came of the name; undefined for a request without one, and for one that was refused before it was looked up. */
  readonly routing?: { readonly decision: string } | undefined;
  /** The client's address. */
  readonly remoteAddress: string;
}

/** Counters of one model since it was first asked for. */
export interface ModelCounters {
  readonly name: string;
  /** Requests for it that reached a backend. */
  readonly requests: number;
  readonly successes: number;
  /** Requests that no backend answered well. What is neither success nor failure was given up by its client. */
  readonly failures: number;
  /** Bytes of requests and answers of the successes. */
  readonly trafficBytes: number;
  /** Latencies of the successes, arrival to last byte; 0 before the first. */
  readonly avgLatencyMs: number;
  readonly p95LatencyMs: number;
  readonly p99LatencyMs: number;
  /** Epoch ms; requests that were refused included. */
  readonly lastRequestedAt: number;
  /** Addresses that asked for it: exact up to 64, then an estimate within a few percent. */
  readonly uniqueClients: number;
  /** Requests that went to an endpoint that has it. */
  readonly routingHits: number;
  /** Requests that were refused, since no endpoint that could serve it was in service. */
  readonly routingMisses: number;
  /** Requests that went elsewhere, as the routing strategy allows. */
  readonly routingFallbacks: number;
  /** The busiest first. */
  readonly endpoints: readonly ModelEndpointCounters[];
}

/** Counts the requests for one model. */
export class ModelTally {
  readonly #clients: ClientCount;
  readonly #endpoints = new EndpointTallies();
  #latencies: LatencyHistogram | undefined;
  #requests = 0;
  #successes = 0;
  #failures = 0;
  #trafficBytes = 0;
  #latencySumMs = 0;
  #lastRequestedAt = 0;
  #hits = 0;
  #misses = 0;
  #fallbacks = 0;

  /** @param clientSeed As for {@link ClientCount}. */
  constructor(clientSeed: number) {
    this.#clients = new ClientCount(clientSeed);
  }

  /** Takes in one finished request for the model. @param now Epoch ms. */
  count(request: CountedModelRequest, now: number): void {
    this.#lastRequestedAt = now;
    this.#clients.add(request.remoteAddress);
    const decision = request.routing?.decision;
    if (decision === "rejected") this.#misses++;
    if (request.attempts.length === 0) return;
    if (decision === "routed") this.#hits++;
    if (decision === "fallback") this.#fallbacks++;
    this.#requests++;
    for (let i = 0; i < request.attempts.length; i++) {
      const verdict = attemptVerdict(request, i);
      const endpoint = request.attempts[i]?.endpoint;
      if (verdict === undefined || endpoint === undefined) continue;
      this.#endpoints.of(endpoint).count(verdict, request.durationMs, now);
    }
    const verdict = requestVerdict(request);
    if (verdict === "failure") this.#failures++;
    if (verdict !== "success") return;
    this.#successes++;
    this.#trafficBytes += request.requestBytes + request.responseBytes;
    this.#latencySumMs += request.durationMs;
    this.#latencies ??= new LatencyHistogram();
    this.#latencies.add(request.durationMs);
  }

  /** The counters as of now. */
  counters(name: string): ModelCounters {
    return {
      name,
      requests: this.#requests,
      successes: this.#successes,
      failures: this.#failures,
      trafficBytes: this.#trafficBytes,
      avgLatencyMs: this.#successes === 0 ? 0 : this.#latencySumMs / this.#successes,
      p95LatencyMs: this.#latencies?.quantile(0.95) ?? 0,
      p99LatencyMs: this.#latencies?.quantile(0.99) ?? 0,
      lastRequestedAt: this.#lastRequestedAt,
      uniqueClients: this.#clients.size,
      routingHits: this.#hits,
      routingMisses: this.#misses,
      routingFallbacks: this.#fallbacks,
      endpoints: this.#endpoints.counters(),
    };
  }
}

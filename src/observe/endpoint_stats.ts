import { attemptVerdict, type CountedRequest, requestVerdict } from "./counted_request.ts";

/** Counters of one endpoint since the start. */
export interface EndpointCounters {
  /** Attempts sent to it. A request that was tried on two endpoints counts once on each. */
  readonly requests: number;
  /** Attempts that it failed: no answer, a cut one, or an answer that was tried elsewhere or had a 5xx status. */
  readonly failures: number;
  /** Bytes of requests and answers that it carried to their end. */
  readonly trafficBytes: number;
  /** Of the requests it answered, arrival to last byte; 0 before the first. */
  readonly avgLatencyMs: number;
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
}

/** Counters of the whole program since the start. */
export interface TotalCounters {
  /** Requests that reached a backend. */
  readonly requests: number;
  /** Those of them that no backend answered well. */
  readonly failures: number;
  readonly trafficBytes: number;
  readonly avgLatencyMs: number;
  readonly sizeLimitViolations: number;
}

interface MutableCounters {
  requests: number;
  failures: number;
  trafficBytes: number;
  answered: number;
  latencySumMs: number;
  minLatencyMs: number;
  maxLatencyMs: number;
}

function empty(): MutableCounters {
  return { requests: 0, failures: 0, trafficBytes: 0, answered: 0, latencySumMs: 0, minLatencyMs: 0, maxLatencyMs: 0 };
}

/** Counts finished requests. Endpoints are few and come from the config, so the maps need no bound. */
export class EndpointStats {
  readonly #endpoints = new Map<string, MutableCounters>();
  readonly #total = empty();
  #sizeLimitViolations = 0;

  /** Takes in one finished request. */
  count(request: CountedRequest): void {
    if (request.errorCode === "body_too_large" || request.errorCode === "headers_too_large") {
      this.#sizeLimitViolations++;
    }
    if (request.attempts.length === 0) return;
    request.attempts.forEach(({ endpoint }, index) => {
      const verdict = attemptVerdict(request, index);
      if (verdict === undefined) return;
      const counters = this.#of(endpoint);
      counters.requests++;
      if (verdict === "failure") counters.failures++;
    });
    const verdict = requestVerdict(request);
    this.#total.requests++;
    if (verdict === "failure") this.#total.failures++;
    if (request.endpoint === undefined || verdict !== "success") return;
    const counters = this.#of(request.endpoint);
    for (const answered of [counters, this.#total]) {
      answered.trafficBytes += request.requestBytes + request.responseBytes;
      answered.latencySumMs += request.durationMs;
      answered.maxLatencyMs = Math.max(answered.maxLatencyMs, request.durationMs);
      answered.minLatencyMs = answered.answered === 0
        ? request.durationMs
        : Math.min(answered.minLatencyMs, request.durationMs);
      answered.answered++;
    }
  }

  /** The counters of one endpoint; zeros before its first request. */
  endpoint(name: string): EndpointCounters {
    const { requests, failures, trafficBytes, answered, latencySumMs, minLatencyMs, maxLatencyMs } =
      this.#endpoints.get(name) ?? empty();
    const avgLatencyMs = answered === 0 ? 0 : latencySumMs / answered;
    return { requests, failures, trafficBytes, avgLatencyMs, minLatencyMs, maxLatencyMs };
  }

  /** The counters of the whole program. */
  total(): TotalCounters {
    const { requests, failures, trafficBytes, answered, latencySumMs } = this.#total;
    return {
      requests,
      failures,
      trafficBytes,
      avgLatencyMs: answered === 0 ? 0 : latencySumMs / answered,
      sizeLimitViolations: this.#sizeLimitViolations,
    };
  }

  #of(endpoint: string): MutableCounters {
    let counters = this.#endpoints.get(endpoint);
    if (counters === undefined) {
      counters = empty();
      this.#endpoints.set(endpoint, counters);
    }
    return counters;
  }
}

import { formatAgo, formatBytes, formatLatency, formatPercent } from "../../lib/human_format.ts";
import type { ModelEndpointCounters } from "../../observe/endpoint_tally.ts";
import type { ModelCounters } from "../../observe/model_tally.ts";
import { timestamp } from "./endpoint_report.ts";

/** What `/internal/stats/models` reads. */
export interface ModelStatsSources {
  /** On the clock that requests are counted with. */
  readonly now: number;
  /** What that clock lacks to the wall clock, in ms. */
  readonly wallOffset: number;
  /** The listed models, those with the most requests first. */
  readonly models: readonly ModelCounters[];
  /** All models together. */
  readonly total: ModelCounters;
  /** Requests that named something that is not listed. */
  readonly unlisted: number;
}

/** A model is active when it was asked for within this time, in ms. */
const ACTIVE_MS = 60 * 60 * 1000;

/** Success of what was decided: what its client gave up says nothing, and does not count. */
function successRatio({ successes, failures }: { successes: number; failures: number }): number | undefined {
  return successes + failures === 0 ? undefined : successes / (successes + failures);
}

function successText(counters: { successes: number; failures: number }): string {
  const ratio = successRatio(counters);
  return ratio === undefined ? "N/A" : formatPercent(ratio);
}

function endpointItem(counters: ModelEndpointCounters, now: number) {
  const ratio = successRatio(counters);
  return {
    endpoint_name: counters.endpoint,
    average_latency: formatLatency(counters.avgLatencyMs),
    last_used: formatAgo(counters.lastUsedAt, now),
    request_count: counters.requests,
    success_rate: ratio === undefined ? undefined : Math.round(ratio * 1000) / 10,
    consecutive_errors: counters.consecutiveErrors,
  };
}

function modelItem(model: ModelCounters, now: number) {
  const { endpoints } = model;
  return {
    endpoint_breakdown: endpoints.length === 0 ? undefined : endpoints.map((counters) => endpointItem(counters, now)),
    name: model.name,
    success_rate: successText(model),
    total_traffic: formatBytes(model.trafficBytes),
    average_latency: formatLatency(model.avgLatencyMs),
    p95_latency: formatLatency(model.p95LatencyMs),
    p99_latency: formatLatency(model.p99LatencyMs),
    last_requested: formatAgo(model.lastRequestedAt, now),
    total_requests: model.requests,
    successful_requests: model.successes,
    failed_requests: model.failures,
    unique_clients: model.uniqueClients,
    routing_hits: model.routingHits,
    routing_misses: model.routingMisses,
    routing_fallbacks: model.routingFallbacks,
  };
}

/**
 * The body of `/internal/stats/models`.
 *
 * @param query `include_summary=true` adds what each endpoint did for all models together, by name.
 */
export function modelStatsReport(sources: ModelStatsSources, query: URLSearchParams) {
  const { now, models, total } = sources;
  const used = models.filter((model) => model.requests > 0);
  const summed = query.get("include_summary") === "true" ? total.endpoints : [];
  return {
    timestamp: timestamp(now, sources),
    endpoints: Object.fromEntries(summed.map((counters) => [counters.endpoint, endpointItem(counters, now)])),
    models: models.map((model) => modelItem(model, now)),
    summary: {
      overall_success_rate: successText(total),
      total_traffic: formatBytes(total.trafficBytes),
      most_popular_model: used[0]?.name ?? "",
      least_popular_model: used[used.length - 1]?.name ?? "",
      total_models: models.length,
      active_models: models.filter((model) => now - model.lastRequestedAt <= ACTIVE_MS).length,
      total_requests: total.requests,
      unlisted_requests: sources.unlisted,
    },
  };
}

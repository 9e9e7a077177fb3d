import type { EndpointState } from "../../endpoints/state.ts";
import {
  formatAgo,
  formatBytes,
  formatLatency,
  formatPercent,
  formatUntil,
  formatUptime,
} from "../../lib/human_format.ts";
import type { EndpointCounters, TotalCounters } from "../../observe/endpoint_stats.ts";
import { isServing, shownStatus, statusOrder, type StatusSources, successRatio, timestamp } from "./endpoint_report.ts";

/** What `/internal/status` reads beside the endpoints. */
export interface SystemSources extends StatusSources {
  readonly total: TotalCounters;
  readonly startedAt: number;
  readonly version: string;
  readonly commit: string;
  readonly proxy: { readonly engine: string; readonly profile: string; readonly balancer: string };
  /** What the config has to be told about: priorities the wrong way round, keys without effect. */
  readonly warnings: readonly string[];
}

/** When an endpoint has never given its models: Go's zero time, as its clients know it. */
const NEVER = "0001-01-01T00:00:00Z";
const SLOW_MS = 5000;

function issuesOf(state: EndpointState, counters: EndpointCounters): string {
  const ratio = successRatio(counters);
  const issues: string[] = [];
  if (state.consecutiveFailures > 3) issues.push(`consecutive failures: ${state.consecutiveFailures}`);
  if (ratio !== undefined && ratio < 0.9 && counters.requests > 10) issues.push("low success rate");
  if (counters.avgLatencyMs > SLOW_MS) issues.push("high latency");
  if (state.status === "offline" || state.status === "unhealthy") issues.push("unavailable");
  return issues.join(", ");
}

function endpointEntry(state: EndpointState, sources: StatusSources) {
  const { endpoint } = state;
  const { now } = sources;
  const counters = sources.countersOf(endpoint.name);
  const sync = sources.modelsOf(state);
  const ratio = successRatio(counters);
  return {
    avg_latency_ms: counters.avgLatencyMs === 0 ? undefined : Math.round(counters.avgLatencyMs),
    next_check_at: timestamp(state.nextCheckAt, sources),
    health_check_at: timestamp(state.lastCheckAt, sources),
    models: { last_updated: timestamp(sync.lastSyncAt, sources) ?? NEVER, count: sync.count },
    name: endpoint.name,
    status: shownStatus(state, now),
    success_rate: ratio === undefined ? "N/A" : formatPercent(ratio),
    avg_latency: formatLatency(counters.avgLatencyMs),
    traffic: formatBytes(counters.trafficBytes),
    last_check: formatAgo(state.lastCheckAt, now),
    next_check: formatUntil(state.nextCheckAt, now),
    issues: issuesOf(state, counters),
    url: endpoint.url,
    id: endpoint.id,
    priority: endpoint.priority,
    connections: state.active,
    requests: counters.requests,
    min_latency_ms: Math.round(counters.minLatencyMs),
    max_latency_ms: Math.round(counters.maxLatencyMs),
  };
}

/**
 * The word for the whole: `critical` with no endpoint, fewer than half of them routable, or under 90 % success;
 * `degraded` below 80 % or 95 %; else `healthy`. Success counts only once there was traffic.
 */
export function systemStatus(routable: number, total: number, success: number | undefined): string {
  const share = total === 0 ? 0 : routable / total;
  if (share < 0.5 || (success ?? 1) < 0.9) return "critical";
  if (share < 0.8 || (success ?? 1) < 0.95) return "degraded";
  return "healthy";
}

/** The body of `/internal/status`. */
export function statusReport(sources: SystemSources) {
  const { now, total, endpoints } = sources;
  const routable = endpoints.filter((state) => isServing(state, now)).length;
  const success = successRatio(total);
  return {
    timestamp: timestamp(now, sources),
    proxy: sources.proxy,
    endpoints: [...endpoints].sort(statusOrder).map((state) => endpointEntry(state, sources)),
    security: {
      status: total.sizeLimitViolations > 100 ? "elevated" : "normal",
      blocked_ips: 0,
      violations: { rate_limits: 0, size_limits: total.sizeLimitViolations },
    },
    system: {
      start_time: timestamp(sources.startedAt, sources),
      status: systemStatus(routable, endpoints.length, success),
      endpoints_up: `${routable}/${endpoints.length}`,
      success_rate: success === undefined ? "N/A" : formatPercent(success),
      avg_latency: formatLatency(total.avgLatencyMs),
      total_traffic: formatBytes(total.trafficBytes),
      uptime: formatUptime(now - sources.startedAt),
      version: sources.version,
      commit: sources.commit,
      active_connections: endpoints.reduce((sum, state) => sum + state.active, 0),
      security_violations: total.sizeLimitViolations,
      total_requests: total.requests,
      total_failures: total.failures,
      has_traffic: total.requests > 0,
    },
    warnings: sources.warnings,
  };
}

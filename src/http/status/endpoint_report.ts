import { isCandidate } from "../../endpoints/availability.ts";
import { breakerAllows } from "../../endpoints/circuit_breaker.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import { formatAgo, formatLatency, formatPercent, formatUntil } from "../../lib/human_format.ts";
import type { EndpointCounters } from "../../observe/endpoint_stats.ts";

/** What the status pages know of an endpoint's models. */
export interface ModelSync {
  readonly count: number;
  /** Epoch ms; 0 before the first list. */
  readonly lastSyncAt: number;
  /** Why the last list could not be read; undefined when it could. */
  readonly error: string | undefined;
  /** Models of that list which the endpoint's `model_filter` leaves out. */
  readonly filteredOut: number;
}

/** What the status pages read. */
export interface StatusSources {
  /** On the registry's clock, which never jumps back, as all times of endpoints are. */
  readonly now: number;
  /** What that clock lacks to the wall clock, in ms: it stands still while the machine sleeps. */
  readonly wallOffset: number;
  readonly endpoints: readonly EndpointState[];
  readonly countersOf: (endpoint: string) => EndpointCounters;
  readonly modelsOf: (state: EndpointState) => ModelSync;
  /** Names of the models that are in an endpoint's memory, sorted; undefined when it does not say. */
  readonly loadedOn: (endpoint: string) => readonly string[] | undefined;
}

const HEALTHY = "healthy";

/** The share of attempts that succeeded, 0 to 1; undefined before the first. */
export function successRatio({ requests, failures }: { requests: number; failures: number }): number | undefined {
  return requests === 0 ? undefined : (requests - failures) / requests;
}

/** A time of the registry's clock as RFC 3339; undefined for one that has not come. */
export function timestamp(at: number, { wallOffset }: { readonly wallOffset: number }): string | undefined {
  return at === 0 ? undefined : new Date(at + wallOffset).toISOString();
}

/** The order of the status pages: priority, the healthy first, name. */
export function statusOrder(a: EndpointState, b: EndpointState): number {
  return b.endpoint.priority - a.endpoint.priority ||
    Number(b.status === HEALTHY) - Number(a.status === HEALTHY) ||
    a.endpoint.name.localeCompare(b.endpoint.name);
}

/** True when requests can go to the endpoint now: in service, and its circuit breaker lets them through. */
export function isServing(state: EndpointState, now: number): boolean {
  return isCandidate(state) && state.breakerWord(now) !== "open";
}

/** The status word. An endpoint whose circuit breaker is open is not healthy, whatever its checks say. */
export function shownStatus(state: EndpointState, now: number): string {
  return isCandidate(state) && !isServing(state, now) ? "unhealthy" : state.status;
}

const BREAKER_OPEN = "its circuit breaker is open: requests to it kept failing";

function issuesOf(state: EndpointState, counters: EndpointCounters): string {
  const ratio = successRatio(counters);
  const issues: string[] = [];
  if (state.status === "offline" || state.status === "unhealthy") issues.push("unavailable");
  if (state.consecutiveFailures > 3) issues.push("unstable");
  if (ratio !== undefined && ratio < 0.9 && counters.requests > 10) issues.push("low success rate");
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
    last_model_sync_at: timestamp(sync.lastSyncAt, sources),
    name: endpoint.name,
    type: state.profile?.name ?? "auto",
    status: shownStatus(state, now),
    last_model_sync: sync.lastSyncAt === 0 ? undefined : formatAgo(sync.lastSyncAt, now),
    last_model_sync_error: sync.error || undefined,
    health_check: formatAgo(state.lastCheckAt, now),
    next_check: formatUntil(state.nextCheckAt, now),
    response_time: state.lastLatencyMs === 0 ? undefined : formatLatency(state.lastLatencyMs),
    success_rate: ratio === undefined ? "N/A" : formatPercent(ratio),
    issues: issuesOf(state, counters) || undefined,
    reason: shownStatus(state, now) === state.status ? state.detail || undefined : BREAKER_OPEN,
    last_error: state.lastError || undefined,
    warnings: state.warnings.length === 0 ? undefined : state.warnings,
    type_detected: state.typeDetected || undefined,
    circuit_breaker: state.breakerWord(now),
    resting_models: restingModels(state, now),
    failing_models: failingModels(state, now),
    url: endpoint.url,
    id: endpoint.id,
    priority: endpoint.priority,
    model_count: sync.count,
    models_count: sync.count,
    filtered_models: sync.filteredOut || undefined,
    loaded_models: sources.loadedOn(endpoint.name),
    request_count: counters.requests,
    failure_count: counters.failures,
    min_latency_ms: Math.round(counters.minLatencyMs),
    max_latency_ms: Math.round(counters.maxLatencyMs),
    active_connections: state.active,
  };
}

/** Models that rest on the endpoint, with the seconds left. */
function restingModels(state: EndpointState, now: number): Record<string, number> | undefined {
  const resting: Record<string, number> = {};
  let any = false;
  for (const [model, facts] of state.models) {
    if (facts.restUntil <= now) continue;
    resting[model] = Math.ceil((facts.restUntil - now) / 1000);
    any = true;
  }
  return any ? resting : undefined;
}

/** Models that get no requests here for now, since their answers kept failing. */
function failingModels(state: EndpointState, now: number): readonly string[] | undefined {
  const failing: string[] = [];
  for (const [model, facts] of state.models) if (!breakerAllows(facts.breaker, now)) failing.push(model);
  return failing.length === 0 ? undefined : failing;
}

/** The body of `/internal/status/endpoints`. */
export function endpointReport(sources: StatusSources) {
  const states = [...sources.endpoints].sort(statusOrder);
  return {
    timestamp: timestamp(sources.now, sources),
    endpoints: states.map((state) => endpointEntry(state, sources)),
    total_count: states.length,
    healthy_count: states.filter((state) => shownStatus(state, sources.now) === HEALTHY).length,
    routable_count: states.filter((state) => isServing(state, sources.now)).length,
  };
}

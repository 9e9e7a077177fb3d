import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Registry } from "../../endpoints/registry.ts";
import { testEndpoint, testProfile } from "../../endpoints/test_support.ts";
import { LoadedModels } from "../../models/loaded_models.ts";
import { EndpointStats } from "../../observe/endpoint_stats.ts";
import { endpointReport, type StatusSources } from "./endpoint_report.ts";
import { statusReport, systemStatus } from "./status_report.ts";

const NOW = Date.UTC(2026, 0, 1);
const GOOD = { kind: "answered", status: 200, latencyMs: 4, loading: false, detail: "" } as const;

function world(about: { error?: string; filteredOut?: number; loaded?: LoadedModels } = {}) {
  const registry = new Registry({ breaker: { failures: 2, open_for: 30_000, half_open_max: 1 } });
  const stats = new EndpointStats();
  const add = (name: string, priority: number) => {
    const endpoint = testEndpoint({ name, priority, url: `http://127.0.0.1:${priority}` });
    const state = registry.add(endpoint, testProfile("ollama"));
    registry.observe(state, GOOD, NOW - 5, NOW);
    return state;
  };
  const sources = (): StatusSources => ({
    now: NOW + 5000,
    wallOffset: 0,
    endpoints: registry.list(),
    countersOf: (name) => stats.endpoint(name),
    modelsOf: () => ({ count: 3, lastSyncAt: NOW, error: about.error, filteredOut: about.filteredOut ?? 0 }),
    loadedOn: (name) => about.loaded?.namesOn(name),
  });
  return { registry, stats, add, sources };
}

const FINISHED = {
  status: 200,
  outcome: "ok",
  endpoint: "a",
  requestBytes: 1000,
  responseBytes: 24,
  durationMs: 120,
  errorCode: undefined,
  attempts: [{ endpoint: "a", outcome: "answered" }],
};

describe("the report on endpoints", () => {
  test("tells both spellings of the model count, and N/A before the first request", () => {
    const { add, sources } = world();
    add("a", 100);
    const [entry] = endpointReport(sources()).endpoints;
    assert.equal(entry?.model_count, 3);
    assert.equal(entry?.models_count, 3);
    assert.equal(entry?.success_rate, "N/A");
    assert.equal(entry?.health_check, "5s ago");
    assert.equal(entry?.last_model_sync_at, "2026-01-01T00:00:00.000Z");
  });

  test("tells what is in memory, and nothing for an endpoint that does not say", () => {
    const loaded = new LoadedModels();
    loaded.set("some", ["qwen3", "llama3.1:8b"]);
    loaded.set("none", []);
    const { add, sources } = world({ loaded });
    for (const name of ["none", "silent", "some"]) add(name, 1);
    const entries = endpointReport(sources()).endpoints.map(({ loaded_models }) => loaded_models);
    assert.deepEqual(entries, [[], undefined, ["llama3.1:8b", "qwen3"]]);
  });

  test("tells why the last list could not be read, as long as that holds", () => {
    const failing = world({ error: "HTTP 401" });
    failing.add("a", 100);
    assert.equal(endpointReport(failing.sources()).endpoints[0]?.last_model_sync_error, "HTTP 401");
    const working = world();
    working.add("a", 100);
    assert.doesNotMatch(JSON.stringify(endpointReport(working.sources())), /last_model_sync_error/);
  });

  test("tells how many models the filter leaves out, and nothing when it is none", () => {
    const filtering = world({ filteredOut: 4 });
    filtering.add("a", 100);
    assert.equal(endpointReport(filtering.sources()).endpoints[0]?.filtered_models, 4);
    const plain = world();
    plain.add("a", 100);
    assert.doesNotMatch(JSON.stringify(endpointReport(plain.sources())), /filtered_models/);
  });

  test("lists the higher priority first and counts who can be used", () => {
    const { registry, add, sources } = world();
    add("low", 1);
    const high = add("high", 10);
    registry.reportUnreachable(high, "refused", NOW + 1);
    const report = endpointReport(sources());
    assert.deepEqual(report.endpoints.map(({ name, status }) => `${name} ${status}`), ["high offline", "low healthy"]);
    assert.deepEqual([report.total_count, report.healthy_count, report.routable_count], [2, 1, 1]);
  });

  test("calls no endpoint healthy whose circuit breaker is open", () => {
    const { registry, add, sources } = world();
    const state = add("a", 100);
    for (let i = 0; i < 2; i++) registry.reportTransportFailure(state, NOW + 4999);
    const [entry] = endpointReport(sources()).endpoints;
    assert.equal(entry?.status, "unhealthy");
    assert.equal(entry?.circuit_breaker, "open");
    assert.match(entry?.reason ?? "", /circuit breaker is open/);
  });

  test("names models that rest and models that keep failing", () => {
    const { registry, add, sources } = world();
    const state = add("a", 100);
    registry.rest(state, "busy", NOW + 12_000, true);
    for (let i = 0; i < 2; i++) registry.reportAnswerFailure(state, "broken", NOW + 4999);
    const [entry] = endpointReport(sources()).endpoints;
    assert.deepEqual(entry?.resting_models, { busy: 7 });
    assert.deepEqual(entry?.failing_models, ["broken"]);
  });

  test("counts a failed-over request on both endpoints, and a retried reset on none", () => {
    const { stats, add, sources } = world();
    add("a", 2);
    add("b", 1);
    const attempts = [
      { endpoint: "a", outcome: "reset" },
      { endpoint: "a", outcome: "closed" },
      { endpoint: "b", outcome: "answered" },
    ];
    stats.count({ ...FINISHED, endpoint: "b", attempts });
    const counts = endpointReport(sources()).endpoints.map(({ name, request_count, failure_count, success_rate }) =>
      `${name} ${request_count} ${failure_count} ${success_rate}`
    );
    assert.deepEqual(counts, ["a 1 1 0%", "b 1 0 100%"]);
  });

  test("does not count a client that left as a failure", () => {
    const { stats, add, sources } = world();
    add("a", 1);
    stats.count({
      ...FINISHED,
      status: 499,
      outcome: "client_gone",
      attempts: [{ endpoint: "a", outcome: "client_gone" }],
    });
    assert.equal(endpointReport(sources()).endpoints[0]?.success_rate, "100%");
  });
});

test("the report on the system adds up", () => {
  const { stats, add, sources } = world();
  add("a", 1);
  stats.count(FINISHED);
  stats.count({
    ...FINISHED,
    attempts: [],
    endpoint: undefined,
    status: 413,
    errorCode: "body_too_large",
    outcome: "refused",
  });
  const { system, security } = statusReport({
    ...sources(),
    total: stats.total(),
    startedAt: NOW,
    version: "1",
    commit: "c",
    proxy: { engine: "olla", profile: "auto", balancer: "priority" },
    warnings: [],
  });
  assert.equal(system.endpoints_up, "1/1");
  assert.equal(system.status, "healthy");
  assert.equal(system.total_requests, 1);
  assert.equal(system.total_traffic, "1.00 KB");
  assert.equal(system.avg_latency, "120ms");
  assert.equal(security.violations.size_limits, 1);
});

describe("systemStatus", () => {
  const cases: [routable: number, total: number, success: number | undefined, word: string][] = [
    [0, 0, undefined, "critical"],
    [1, 1, undefined, "healthy"],
    [1, 3, 1, "critical"],
    [2, 3, 1, "degraded"],
    [3, 3, 0.94, "degraded"],
    [3, 3, 0.89, "critical"],
  ];
  for (const [routable, total, success, word] of cases) {
    test(`${routable}/${total} at ${success}: ${word}`, () =>
      assert.equal(systemStatus(routable, total, success), word));
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ModelStats } from "../../observe/model_stats.ts";
import type { CountedModelRequest } from "../../observe/model_tally.ts";
import { modelStatsReport } from "./model_stats_report.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 60 * 60 * 1000;

const ANSWERED: CountedModelRequest = {
  status: 200,
  outcome: "ok",
  endpoint: "gpu",
  requestBytes: 1000,
  responseBytes: 536,
  durationMs: 2341,
  errorCode: undefined,
  attempts: [{ endpoint: "gpu", outcome: "answered" }],
  modelId: "llama3.1:8b",
  routing: { decision: "routed" },
  remoteAddress: "192.0.2.77",
};

function reportAt(now: number, query: string, requests: readonly [at: number, Partial<CountedModelRequest>][]) {
  const stats = new ModelStats({ clientSeed: 7 });
  for (const [at, request] of requests) stats.count({ ...ANSWERED, ...request }, at);
  const sources = { now, wallOffset: 0, models: stats.models(), total: stats.total(), unlisted: stats.unlisted };
  return modelStatsReport(sources, new URLSearchParams(query));
}

const FAILED: Partial<CountedModelRequest> = {
  status: 502,
  outcome: "failed",
  endpoint: undefined,
  attempts: [{ endpoint: "gpu", outcome: "closed" }, { endpoint: "cloud", outcome: "closed" }],
};

describe("the report on models' traffic", () => {
  test("has the Go program's fields in its order", () => {
    const report = reportAt(NOW + 5000, "", [[NOW, {}], [NOW, FAILED]]);
    assert.equal(
      JSON.stringify(report),
      JSON.stringify({
        timestamp: "2026-01-01T00:00:05.000Z",
        endpoints: {},
        models: [{
          endpoint_breakdown: [
            {
              endpoint_name: "gpu",
              average_latency: "2.3s",
              last_used: "5s ago",
              request_count: 2,
              success_rate: 50,
              consecutive_errors: 1,
            },
            {
              endpoint_name: "cloud",
              average_latency: "0ms",
              last_used: "5s ago",
              request_count: 1,
              success_rate: 0,
              consecutive_errors: 1,
            },
          ],
          name: "llama3.1:8b",
          success_rate: "50.0%",
          total_traffic: "1.50 KB",
          average_latency: "2.3s",
          p95_latency: "2.3s",
          p99_latency: "2.3s",
          last_requested: "5s ago",
          total_requests: 2,
          successful_requests: 1,
          failed_requests: 1,
          unique_clients: 1,
          routing_hits: 2,
          routing_misses: 0,
          routing_fallbacks: 0,
        }],
        summary: {
          overall_success_rate: "50.0%",
          total_traffic: "1.50 KB",
          most_popular_model: "llama3.1:8b",
          least_popular_model: "llama3.1:8b",
          total_models: 1,
          active_models: 1,
          total_requests: 2,
          unlisted_requests: 0,
        },
      }),
    );
  });

  test("is empty, not absent, before the first request", () => {
    const report = reportAt(NOW, "include_summary=true", []);
    assert.deepEqual([report.models, report.endpoints], [[], {}]);
    assert.deepEqual(report.summary, {
      overall_success_rate: "N/A",
      total_traffic: "0 B",
      most_popular_model: "",
      least_popular_model: "",
      total_models: 0,
      active_models: 0,
      total_requests: 0,
      unlisted_requests: 0,
    });
  });

  test("sums up endpoints over all models when asked to", () => {
    const requests: [number, Partial<CountedModelRequest>][] = [[NOW, { modelId: "a" }], [NOW, { modelId: "b" }]];
    const { endpoints } = reportAt(NOW, "include_summary=true", requests);
    assert.deepEqual(Object.keys(endpoints), ["gpu"]);
    assert.equal(endpoints["gpu"]?.request_count, 2);
    for (const query of ["", "include_summary=false", "include_summary=", "include_endpoints=true"]) {
      assert.deepEqual(reportAt(NOW, query, requests).endpoints, {});
    }
  });

  test("calls a model active for an hour after it was asked for", () => {
    const report = reportAt(NOW + HOUR + 1, "", [[NOW, { modelId: "old" }], [NOW + 1, { modelId: "new" }]]);
    assert.deepEqual([report.summary.total_models, report.summary.active_models], [2, 1]);
  });

  test("takes no model for popular, or for unpopular, that no request reached", () => {
    const refused = { outcome: "refused", status: 503, attempts: [], routing: { decision: "rejected" } };
    const { models, summary } = reportAt(NOW, "", [
      [NOW, { modelId: "busy" }],
      [NOW, { modelId: "busy" }],
      [NOW, { modelId: "rare" }],
      [NOW, { ...refused, modelId: "dead" }],
    ]);
    assert.deepEqual([summary.most_popular_model, summary.least_popular_model], ["busy", "rare"]);
    assert.deepEqual(models.map(({ name, success_rate }) => `${name} ${success_rate}`), [
      "busy 100%",
      "rare 100%",
      "dead N/A",
    ]);
    assert.equal(models[2]?.endpoint_breakdown, undefined);
  });

  test("gives no rate of success where every client left", () => {
    const { models } = reportAt(NOW, "", [[NOW, { outcome: "client_gone", status: 499 }]]);
    assert.equal(models[0]?.success_rate, "N/A");
    assert.equal(models[0]?.endpoint_breakdown?.[0]?.success_rate, undefined);
  });

  test("shows no client's address", () => {
    assert.doesNotMatch(JSON.stringify(reportAt(NOW, "include_summary=true", [[NOW, {}]])), /192\.0\.2/);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MAX_MODELS, ModelStats } from "./model_stats.ts";
import type { CountedModelRequest } from "./model_tally.ts";

const NOW = Date.UTC(2026, 0, 1);

const ANSWERED: CountedModelRequest = {
  status: 200,
  outcome: "ok",
  endpoint: "a",
  requestBytes: 1000,
  responseBytes: 24,
  durationMs: 120,
  errorCode: undefined,
  attempts: [{ endpoint: "a", outcome: "answered" }],
  modelId: "llama3.1:8b",
  routing: { decision: "routed" },
  remoteAddress: "192.0.2.1",
};

const REFUSED: CountedModelRequest = {
  ...ANSWERED,
  status: 503,
  outcome: "refused",
  endpoint: undefined,
  responseBytes: 0,
  errorCode: "model_unavailable",
  attempts: [],
  routing: { decision: "rejected" },
};

const UNKNOWN: CountedModelRequest = { ...REFUSED, status: 404, errorCode: "model_not_found", modelId: undefined };

function statsOf(...requests: readonly Partial<CountedModelRequest>[]): ModelStats {
  const stats = new ModelStats({ clientSeed: 7 });
  requests.forEach((request, i) => stats.count({ ...ANSWERED, ...request }, NOW + i));
  return stats;
}

describe("ModelStats", () => {
  test("has nothing before the first request", () => {
    const stats = statsOf();
    assert.deepEqual(stats.models(), []);
    assert.equal(stats.total().requests, 0);
    assert.equal(stats.unlisted, 0);
  });

  test("records all of a request that was answered", () => {
    assert.deepEqual(statsOf(ANSWERED).models(), [{
      name: "llama3.1:8b",
      requests: 1,
      successes: 1,
      failures: 0,
      trafficBytes: 1024,
      avgLatencyMs: 120,
      p95LatencyMs: 120,
      p99LatencyMs: 120,
      lastRequestedAt: NOW,
      uniqueClients: 1,
      routingHits: 1,
      routingMisses: 0,
      routingFallbacks: 0,
      endpoints: [{
        endpoint: "a",
        requests: 1,
        successes: 1,
        failures: 0,
        avgLatencyMs: 120,
        lastUsedAt: NOW,
        consecutiveErrors: 0,
      }],
    }]);
  });

  test("counts a request once, and a failed attempt against its endpoint", () => {
    const attempts = [{ endpoint: "b", outcome: "unreachable" }, { endpoint: "a", outcome: "answered" }];
    const [model] = statsOf({ attempts }, { attempts }, ANSWERED).models();
    assert.equal(model?.requests, 3);
    assert.equal(model?.failures, 0);
    assert.deepEqual(
      model?.endpoints.map((e) => `${e.endpoint} ${e.requests} ${e.successes} ${e.failures} ${e.consecutiveErrors}`),
      ["a 3 3 0 0", "b 2 0 2 2"],
    );
  });

  test("begins the errors in a row anew after a success, and only then", () => {
    const broken = { status: 502, outcome: "failed", attempts: [{ endpoint: "a", outcome: "closed" }] };
    const gone = { status: 499, outcome: "client_gone", attempts: [{ endpoint: "a", outcome: "client_gone" }] };
    const inARow = (...requests: Partial<CountedModelRequest>[]) =>
      statsOf(...requests).models()[0]?.endpoints[0]?.consecutiveErrors;
    assert.equal(inARow(broken, broken, gone), 2);
    assert.equal(inARow(broken, broken, ANSWERED, broken), 1);
  });

  test("counts a client that left neither as success nor as failure, and its latency nowhere", () => {
    const [model] = statsOf(ANSWERED, { status: 499, outcome: "client_gone", durationMs: 90_000 }).models();
    assert.deepEqual([model?.requests, model?.successes, model?.failures], [2, 1, 0]);
    assert.deepEqual([model?.avgLatencyMs, model?.p99LatencyMs, model?.trafficBytes], [120, 120, 1024]);
    assert.deepEqual([model?.endpoints[0]?.requests, model?.endpoints[0]?.avgLatencyMs], [2, 120]);
  });

  test("counts a cut stream as a failure of model and endpoint", () => {
    const [model] = statsOf({ outcome: "cut" }).models();
    assert.deepEqual([model?.failures, model?.endpoints[0]?.failures], [1, 1]);
  });

  test("tells hits, misses and fallbacks apart", () => {
    const [model] = statsOf(ANSWERED, ANSWERED, REFUSED, { routing: { decision: "fallback" } }).models();
    assert.deepEqual([model?.routingHits, model?.routingMisses, model?.routingFallbacks], [2, 1, 1]);
    assert.equal(model?.requests, 3);
  });

  test("counts as a hit only what was placed", () => {
    const [model] = statsOf({ ...REFUSED, routing: { decision: "routed" } }).models();
    assert.deepEqual([model?.requests, model?.routingHits, model?.routingMisses], [0, 0, 0]);
  });

  test("lists a model that was only ever refused", () => {
    const [model] = statsOf(REFUSED).models();
    assert.deepEqual([model?.name, model?.requests, model?.routingMisses], ["llama3.1:8b", 0, 1]);
    assert.equal(model?.lastRequestedAt, NOW);
  });

  test("counts clients by address", () => {
    const [model] = statsOf(ANSWERED, ANSWERED, { remoteAddress: "192.0.2.2" }, { remoteAddress: "::1" }).models();
    assert.equal(model?.uniqueClients, 3);
  });

  test("tells the tail of the latencies", () => {
    const requests = Array.from({ length: 100 }, (_, i) => ({ durationMs: i < 97 ? 100 : 20_000 }));
    const [model] = statsOf(...requests).models();
    assert.ok(Math.abs((model?.p95LatencyMs ?? 0) - 100) <= 2.5);
    assert.ok(Math.abs((model?.p99LatencyMs ?? 0) - 20_000) <= 500);
    assert.equal(model?.avgLatencyMs, 697);
  });

  test("keeps models apart, the busiest first, then by name", () => {
    const stats = statsOf({ modelId: "b" }, { modelId: "a" }, { modelId: "c" }, { modelId: "c" });
    assert.deepEqual(stats.models().map(({ name, requests }) => `${name} ${requests}`), ["c 2", "a 1", "b 1"]);
    assert.equal(stats.total().requests, 4);
  });

  test("counts nothing for a request without a model", () => {
    const stats = statsOf({ modelId: undefined, routing: undefined });
    assert.deepEqual([stats.models().length, stats.total().requests, stats.unlisted], [0, 0, 0]);
  });
});

describe("the memory of ModelStats", () => {
  const named = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, i) => ({ modelId: `${prefix}${i}` }));

  test("does not grow with names that do not exist, which are only counted", () => {
    const stats = statsOf(ANSWERED, ...Array.from({ length: 5000 }, () => UNKNOWN));
    assert.equal(stats.models().length, 1);
    assert.equal(stats.unlisted, 5000);
    assert.equal(stats.total().requests, 1);
  });

  test("drops the model that was asked for least recently, and not from the total", () => {
    const stats = statsOf(...named(MAX_MODELS, "m"), { modelId: "m0" }, { modelId: "one more" });
    const names = new Set(stats.models().map(({ name }) => name));
    assert.equal(names.size, MAX_MODELS);
    assert.deepEqual([names.has("m0"), names.has("m1"), names.has("one more")], [true, false, true]);
    assert.equal(stats.total().requests, MAX_MODELS + 2);
  });

  test("reading the list does not decide who leaves it", () => {
    const stats = statsOf(...named(MAX_MODELS, "m"));
    stats.models();
    stats.count({ ...ANSWERED, modelId: "one more" }, NOW);
    assert.equal(stats.models().some(({ name }) => name === "m0"), false);
  });

  test("made-up names behind a wildcard push no model out", () => {
    const madeUp = named(2000, "openai/x").map((name, i) => ({
      ...name,
      ...(i % 2 === 0 ? { status: 404 } : { status: 502, outcome: "failed" }),
    }));
    const stats = statsOf(...named(MAX_MODELS, "m"), ...madeUp);
    assert.ok(stats.models().every(({ name }) => name.startsWith("m")));
    assert.equal(stats.unlisted, 2000);
  });

  test("lists no name that no backend could have", () => {
    const stats = statsOf({ modelId: "x".repeat(1025) }, { modelId: "y".repeat(1024) });
    assert.deepEqual(stats.models().map(({ name }) => name[0]), ["y"]);
    assert.equal(stats.unlisted, 1);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CountedTranslation, type TranslatorCounters, TranslatorStats } from "./translator_stats.ts";

const NOW = Date.UTC(2026, 0, 1);

const ANSWERED: CountedTranslation = {
  status: 200,
  outcome: "ok",
  endpoint: "gpu",
  requestBytes: 10,
  responseBytes: 10,
  durationMs: 100,
  errorCode: undefined,
  attempts: [{ endpoint: "gpu", outcome: "answered" }],
  translator: { name: "anthropic", mode: "translation", fallbackReason: "cannot_passthrough" },
  stream: false,
};

function counted(...requests: readonly Partial<CountedTranslation>[]): TranslatorCounters {
  const stats = new TranslatorStats(["anthropic"]);
  for (const request of requests) stats.count({ ...ANSWERED, ...request }, NOW);
  const [counters] = stats.translators();
  assert.ok(counters);
  return counters;
}

describe("the statistics of translators", () => {
  const cases: [name: string, request: Partial<CountedTranslation>, requests: number, good: number, bad: number][] = [
    ["an answer", {}, 1, 1, 0],
    ["a backend's 5xx is no success", { status: 500 }, 1, 0, 1],
    ["a backend's 4xx is no success", { status: 400 }, 1, 0, 1],
    ["a cut stream is no success, whatever its status", { outcome: "cut", stream: true }, 1, 0, 1],
    ["a request that every backend failed", { outcome: "failed", status: 502 }, 1, 0, 1],
    ["a client that left is neither", { outcome: "client_gone", status: 499 }, 1, 0, 0],
    ["a refusal that reached no backend is not counted", { outcome: "refused", status: 404, attempts: [] }, 0, 0, 0],
    ["a request in OpenAI's dialect is not counted", { translator: undefined }, 0, 0, 0],
    ["nor one of an unknown translator", { translator: { name: "x", mode: "passthrough" } }, 0, 0, 0],
  ];
  for (const [name, request, requests, good, bad] of cases) {
    test(name, () => {
      const { requests: all, successes, failures } = counted(request);
      assert.deepEqual([all, successes, failures], [requests, good, bad]);
    });
  }

  test("tell passing through from translation, and why", () => {
    const use = (mode: "passthrough" | "translation", fallbackReason?: "no_compatible_endpoints") => {
      return { translator: { name: "anthropic", mode, fallbackReason } };
    };
    const { passthrough, translations, fallbacks, streaming } = counted(
      { ...use("passthrough"), stream: true },
      use("translation"),
      use("translation", "no_compatible_endpoints"),
      {},
    );
    assert.deepEqual([passthrough, translations, streaming], [1, 3, 1]);
    assert.deepEqual(fallbacks, {
      no_compatible_endpoints: 1,
      translator_does_not_support_passthrough: 0,
      cannot_passthrough: 1,
    });
  });

  test("average the latency of successes only", () => {
    const { avgLatencyMs } = counted({ durationMs: 100 }, { durationMs: 300 }, { durationMs: 9000, status: 500 });
    assert.equal(avgLatencyMs, 200);
    assert.equal(counted({ status: 500 }).avgLatencyMs, 0);
  });

  test("are snapshots", () => {
    const stats = new TranslatorStats(["anthropic"]);
    const [before] = stats.translators();
    stats.count(ANSWERED, NOW);
    assert.deepEqual([before?.requests, before?.fallbacks.cannot_passthrough, before?.lastRequestedAt], [0, 0, 0]);
    assert.equal(stats.translators()[0]?.lastRequestedAt, NOW);
  });
});

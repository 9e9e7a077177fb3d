import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CountedTranslation, TranslatorStats } from "../../observe/translator_stats.ts";
import { translatorReport } from "./translator_report.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 60 * 60 * 1000;

const ANSWERED: CountedTranslation = {
  status: 200,
  outcome: "ok",
  endpoint: "gpu",
  requestBytes: 1000,
  responseBytes: 500,
  durationMs: 1200,
  errorCode: undefined,
  attempts: [{ endpoint: "gpu", outcome: "answered" }],
  translator: { name: "anthropic", mode: "passthrough" },
  stream: true,
};

function report(requests: readonly Partial<CountedTranslation>[], now = NOW) {
  const stats = new TranslatorStats(["responses", "ollama", "anthropic"]);
  for (const request of requests) stats.count({ ...ANSWERED, ...request }, NOW);
  return translatorReport({ now, wallOffset: 0, translators: stats.translators() });
}

const UNUSED = {
  success_rate: "N/A",
  passthrough_rate: "N/A",
  average_latency: "0ms",
  total_requests: 0,
  successful_requests: 0,
  failed_requests: 0,
  passthrough_requests: 0,
  translation_requests: 0,
  streaming_requests: 0,
  non_streaming_requests: 0,
  fallback_no_compatible_endpoints: 0,
  fallback_translator_does_not_support_passthrough: 0,
  fallback_cannot_passthrough: 0,
};

describe("the report on translators", () => {
  test("has the Go program's fields in its order", () => {
    const translated: Partial<CountedTranslation> = {
      translator: { name: "anthropic", mode: "translation", fallbackReason: "no_compatible_endpoints" },
      stream: false,
      durationMs: 2800,
    };
    assert.equal(
      JSON.stringify(report([{}, translated, { status: 502, outcome: "failed" }])),
      JSON.stringify({
        timestamp: "2026-01-01T00:00:00.000Z",
        translators: [
          {
            translator_name: "anthropic",
            success_rate: "66.7%",
            passthrough_rate: "66.7%",
            average_latency: "2.0s",
            total_requests: 3,
            successful_requests: 2,
            failed_requests: 1,
            passthrough_requests: 2,
            translation_requests: 1,
            streaming_requests: 2,
            non_streaming_requests: 1,
            fallback_no_compatible_endpoints: 1,
            fallback_translator_does_not_support_passthrough: 0,
            fallback_cannot_passthrough: 0,
          },
          { translator_name: "ollama", ...UNUSED },
          { translator_name: "responses", ...UNUSED },
        ],
        summary: {
          overall_success_rate: "66.7%",
          overall_passthrough_rate: "66.7%",
          total_translators: 3,
          active_translators: 1,
          total_requests: 3,
          total_passthrough: 2,
          total_translations: 1,
          total_streaming: 2,
          total_non_streaming: 1,
        },
      }),
    );
  });

  test("is empty, not absent, before the first request", () => {
    const { translators, summary } = report([]);
    assert.deepEqual(translators.map(({ translator_name }) => translator_name), ["anthropic", "ollama", "responses"]);
    assert.deepEqual([summary.overall_success_rate, summary.active_translators], ["N/A", 0]);
  });

  test("calls a translator active for an hour after its last request", () => {
    assert.equal(report([{}], NOW + HOUR).summary.active_translators, 1);
    assert.equal(report([{}], NOW + HOUR + 1).summary.active_translators, 0);
  });
});

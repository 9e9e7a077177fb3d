import { formatLatency, formatPercent } from "../../lib/human_format.ts";
import type { TranslatorCounters } from "../../observe/translator_stats.ts";
import { timestamp } from "./endpoint_report.ts";

/** What `/internal/stats/translators` reads. */
export interface TranslatorSources {
  /** On the clock that requests are counted with. */
  readonly now: number;
  /** What that clock lacks to the wall clock, in ms. */
  readonly wallOffset: number;
  /** Those with the most requests first. */
  readonly translators: readonly TranslatorCounters[];
}

/** A translator is active when it was used within this time, in ms. */
const ACTIVE_MS = 60 * 60 * 1000;

function rate(part: number, whole: number): string {
  return whole === 0 ? "N/A" : formatPercent(part / whole);
}

/** Success of what was decided: what its client gave up says nothing, and does not count. */
function successRate({ successes, failures }: { readonly successes: number; readonly failures: number }): string {
  return rate(successes, successes + failures);
}

function translatorItem(counters: TranslatorCounters) {
  const { requests, passthrough, fallbacks } = counters;
  return {
    translator_name: counters.name,
    success_rate: successRate(counters),
    passthrough_rate: rate(passthrough, requests),
    average_latency: formatLatency(counters.avgLatencyMs),
    total_requests: requests,
    successful_requests: counters.successes,
    failed_requests: counters.failures,
    passthrough_requests: passthrough,
    translation_requests: counters.translations,
    streaming_requests: counters.streaming,
    non_streaming_requests: requests - counters.streaming,
    fallback_no_compatible_endpoints: fallbacks.no_compatible_endpoints,
    fallback_translator_does_not_support_passthrough: fallbacks.translator_does_not_support_passthrough,
    fallback_cannot_passthrough: fallbacks.cannot_passthrough,
  };
}

/** The body of `/internal/stats/translators`. */
export function translatorReport(sources: TranslatorSources) {
  const { now, translators } = sources;
  const total = { requests: 0, successes: 0, failures: 0, passthrough: 0, translations: 0, streaming: 0 };
  for (const counters of translators) {
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counters[key];
  }
  const isActive = ({ requests, lastRequestedAt }: TranslatorCounters) =>
    requests > 0 && now - lastRequestedAt <= ACTIVE_MS;
  return {
    timestamp: timestamp(now, sources),
    translators: translators.map(translatorItem),
    summary: {
      overall_success_rate: successRate(total),
      overall_passthrough_rate: rate(total.passthrough, total.requests),
      total_translators: translators.length,
      active_translators: translators.filter(isActive).length,
      total_requests: total.requests,
      total_passthrough: total.passthrough,
      total_translations: total.translations,
      total_streaming: total.streaming,
      total_non_streaming: total.requests - total.streaming,
    },
  };
}

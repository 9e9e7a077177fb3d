import { type Comparison, difference, pairs, ratio, type Sample, valuesOf } from "./samples.ts";
import { type Interval, median, medianInterval } from "./statistics.ts";
import { formatFigure } from "./table.ts";

/** One promise about olla, and whether this run kept it. */
export interface Bar {
  readonly text: string;
  readonly verdict: "met" | "missed" | "not measured";
  /** The figure that was compared; `undefined` when not measured. */
  readonly value: number | undefined;
  /** How far noise may have moved it; `undefined` for a single measurement. */
  readonly interval: Interval | undefined;
}

interface Promised {
  readonly text: string;
  readonly unit: string;
  readonly limit: number;
  readonly side: "at least" | "at most";
  /** The figure of each round. */
  readonly values: (samples: readonly Sample[]) => readonly number[];
}

const OLLA = "olla";

function againstFloor(scenario: string, label: string): Promised {
  const wanted: Comparison = { scenario, metric: "per_s", target: OLLA, base: "floor", combine: ratio };
  return {
    text: `${label}: requests per second ÷ the floor's`,
    unit: "",
    limit: 0.9,
    side: "at least",
    values: (samples) => pairs(samples, wanted),
  };
}

function atMost(text: string, limit: number, unit: string, scenario: string, metric: string): Promised {
  return {
    text,
    unit,
    limit,
    side: "at most",
    values: (samples) => valuesOf(samples, { scenario, metric, target: OLLA }),
  };
}

/** Memory at the end of a scenario against that at its beginning, once the runtime has warmed up. */
function noGrowth(text: string, scenario: string): Promised {
  return {
    text,
    unit: "",
    limit: 1.1,
    side: "at most",
    values: (samples) => {
      const [begin] = valuesOf(samples, { scenario, metric: "begin_rss_mb", target: OLLA });
      const [end] = valuesOf(samples, { scenario, metric: "end_rss_mb", target: OLLA });
      return begin === undefined || end === undefined ? [] : [end / begin];
    },
  };
}

const PROMISED: readonly Promised[] = [
  againstFloor("c1", "1 connection"),
  againstFloor("c64", "64 connections"),
  againstFloor("60kb", "60 KB bodies"),
  againstFloor("3mb", "3 MB bodies"),
  {
    text: "first token, added to direct at p50",
    unit: " ms",
    limit: 1,
    side: "at most",
    values: (samples) =>
      pairs(samples, {
        scenario: "first-token",
        metric: "p50_ms",
        target: OLLA,
        base: "direct",
        combine: difference,
      }),
  },
  atMost("cancel reaches the backend, p50", 5, " ms", "cancel", "p50_ms"),
  atMost("idle RSS", 50, " MB", "idle", "rss_mb"),
  atMost("idle RSS, anonymous part", 20, " MB", "idle", "anonymous_mb"),
  atMost("RSS with 1000 open streams", 100, " MB", "streams", "rss_mb"),
  atMost("start to listening", 100, " ms", "start", "connect_ms"),
  atMost("translated streams: delay added to a chunk ÷ that of untranslated ones", 2, "", "translated", "added_ratio"),
  noGrowth("translated streams: RSS after 100,000 chunks ÷ before them", "translated"),
  atMost("10,000 models: event loop time of a discovery update", 50, " ms", "catalogue", "change_ms"),
  atMost("10,000 models: the longest slice of a discovery update", 10, " ms", "catalogue", "change_slice_ms"),
  atMost("10,000 models: /v1/models, p50", 5, " ms", "catalogue", "list_p50_ms"),
  atMost("10,000 models: the first /v1/models after a change", 5, " ms", "catalogue", "list_changed_ms"),
  atMost("10,000 models: event loop time to write a list after a change", 5, " ms", "catalogue", "next_list_ms"),
  atMost("10,000 models: the longest slice of the very first list", 10, " ms", "catalogue", "first_list_slice_ms"),
  atMost("10,000 models: finding who serves a known name ÷ with 10", 2, "", "catalogue", "again_ratio"),
  atMost("10,000 models: finding who serves a new name ÷ with 10", 2, "", "catalogue", "fresh_ratio"),
  atMost("10,000 models: RSS more than with one", 30, " MB", "catalogue", "extra_rss_mb"),
  noGrowth("RSS after a million requests ÷ after the first 100,000 (--only soak)", "soak"),
];

/**
 * Judges a run. With another number of streams than 1000 the memory bar is not measured, as it promises nothing then.
 */
export function judgeBars(samples: readonly Sample[], streams: number): Bar[] {
  const usable = streams === 1000 ? samples : samples.filter((sample) => sample.scenario !== "streams");
  return PROMISED.map((promised) => {
    const values = promised.values(usable);
    const value = median(values);
    const text = `${promised.text} ${promised.side} ${promised.limit}${promised.unit}`;
    if (value === undefined) return { text, verdict: "not measured", value, interval: undefined };
    const kept = promised.side === "at least" ? value >= promised.limit : value <= promised.limit;
    const interval = values.length > 1 ? medianInterval(values) : undefined;
    return { text, verdict: kept ? "met" : "missed", value, interval };
  });
}

/**
 * Lines for the terminal: verdict first, so that a missed bar stands out; then the figure and how far noise may have
 * moved it, so that nobody believes a verdict that one more run could turn round.
 */
export function formatBars(bars: readonly Bar[]): string {
  return bars.map((bar) => {
    const figure = bar.value === undefined ? "" : `: ${formatFigure(bar.value)}`;
    const { interval } = bar;
    const noise = interval && ` (${formatFigure(interval.low)} to ${formatFigure(interval.high)})`;
    return `${bar.verdict.padEnd(12)}  ${bar.text}${figure}${noise ?? ""}`;
  }).join("\n");
}

import { type Bar, formatBars } from "./bars.ts";
import { type Combine, compared, difference, medianOf, ratio, type Sample } from "./samples.ts";
import { formatFigure, formatTable } from "./table.ts";

/** What a run was done on, for whoever reads its figures later. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly bun: string;
  /** Share of CPU time that other programs used just before the run, 0 to 1. */
  readonly busyBefore: number;
  /** Share of CPU time that other virtual machines took during the run, 0 to 1. */
  readonly stolen: number;
}

/** All of a run that is kept. */
export interface Run {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly seconds: number;
  readonly streams: number;
  readonly targets: readonly string[];
  readonly samples: readonly Sample[];
  readonly bars: readonly Bar[];
  /** What makes the figures doubtful; empty in a good run. */
  readonly problems: readonly string[];
}

interface Column {
  readonly head: string;
  readonly scenario: string;
  readonly metric: string;
  /** Compares with this target, round by round, instead of showing the figure itself. */
  readonly against?: { readonly base: string; readonly combine: Combine };
}

const LOADS: readonly (readonly [string, string])[] = [
  ["c1", "c1"],
  ["c64", "c64"],
  ["60 KB", "60kb"],
  ["3 MB", "3mb"],
];

function perLoad(metric: string, against?: Column["against"]): Column[] {
  return LOADS.map(([head, scenario]) => ({ head, scenario, metric, ...(against === undefined ? {} : { against }) }));
}

const toDirect = { base: "direct", combine: ratio };
const toFloor = { base: "floor", combine: ratio };
const overDirect = { base: "direct", combine: difference };

const TABLES: readonly { readonly title: string; readonly columns: readonly Column[] }[] = [
  { title: "Requests per second", columns: perLoad("per_s") },
  { title: "Requests per second ÷ direct", columns: perLoad("per_s", toDirect) },
  { title: "Requests per second ÷ floor", columns: perLoad("per_s", toFloor) },
  { title: "CPU time of the proxy per request, microseconds", columns: perLoad("cpu_us") },
  {
    title: "Latency with one connection, microseconds",
    columns: [
      { head: "p50", scenario: "c1", metric: "p50_us" },
      { head: "p99", scenario: "c1", metric: "p99_us" },
      { head: "added p50", scenario: "c1", metric: "p50_us", against: overDirect },
      { head: "added p99", scenario: "c1", metric: "p99_us", against: overDirect },
    ],
  },
  {
    title: "Streams, milliseconds",
    columns: [
      { head: "first token p50", scenario: "first-token", metric: "p50_ms" },
      { head: "added", scenario: "first-token", metric: "p50_ms", against: overDirect },
      { head: "p99", scenario: "first-token", metric: "p99_ms" },
      { head: "chunk delay p50", scenario: "streams", metric: "delay_p50_ms" },
      { head: "p99", scenario: "streams", metric: "delay_p99_ms" },
      { head: "cancel p50", scenario: "cancel", metric: "p50_ms" },
      { head: "p99", scenario: "cancel", metric: "p99_ms" },
    ],
  },
  {
    title: "Memory, MB (RSS / anonymous)",
    columns: [
      { head: "idle", scenario: "idle", metric: "rss_mb" },
      { head: "anon", scenario: "idle", metric: "anonymous_mb" },
      { head: "streams", scenario: "streams", metric: "rss_mb" },
      { head: "anon", scenario: "streams", metric: "anonymous_mb" },
      { head: "after", scenario: "after", metric: "rss_mb" },
      { head: "anon", scenario: "after", metric: "anonymous_mb" },
      { head: "requests by then", scenario: "after", metric: "requests" },
    ],
  },
  {
    title: "Start, milliseconds",
    columns: [
      { head: "to listening", scenario: "start", metric: "connect_ms" },
      { head: "to ready", scenario: "start", metric: "ready_ms" },
    ],
  },
  {
    title: "200 streams, translated for Anthropic clients: delay of a chunk, milliseconds; RSS, MB",
    columns: [
      { head: "untranslated p50", scenario: "translated", metric: "plain_p50_ms" },
      { head: "p99", scenario: "translated", metric: "plain_p99_ms" },
      { head: "translated p50", scenario: "translated", metric: "translated_p50_ms" },
      { head: "p99", scenario: "translated", metric: "translated_p99_ms" },
      { head: "added ÷ untranslated's", scenario: "translated", metric: "added_ratio" },
      { head: "RSS", scenario: "translated", metric: "begin_rss_mb" },
      { head: "100,000 chunks later", scenario: "translated", metric: "end_rss_mb" },
    ],
  },
  {
    title: "10,000 models on 100 endpoints: answers, milliseconds",
    columns: [
      { head: "/v1/models p50", scenario: "catalogue", metric: "list_p50_ms" },
      { head: "p99", scenario: "catalogue", metric: "list_p99_ms" },
      { head: "after a change", scenario: "catalogue", metric: "list_changed_ms" },
      { head: "KB", scenario: "catalogue", metric: "list_kb" },
      { head: "first chat with a new model", scenario: "catalogue", metric: "new_model_ms" },
    ],
  },
  {
    title: "10,000 models on 100 endpoints: event loop per discovery update, milliseconds",
    columns: [
      { head: "first lists", scenario: "catalogue", metric: "fill_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "fill_slice_ms" },
      { head: "changed", scenario: "catalogue", metric: "change_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "change_slice_ms" },
      { head: "same", scenario: "catalogue", metric: "same_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "same_slice_ms" },
      { head: "changed, 1 endpoint", scenario: "catalogue", metric: "one_change_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "one_change_slice_ms" },
    ],
  },
  {
    title: "10,000 models on 100 endpoints: event loop per list, milliseconds",
    columns: [
      { head: "/v1/models, the first", scenario: "catalogue", metric: "first_list_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "first_list_slice_ms" },
      { head: "after a change", scenario: "catalogue", metric: "next_list_ms" },
      { head: "/olla/models, the first", scenario: "catalogue", metric: "unified_ms" },
      { head: "longest slice", scenario: "catalogue", metric: "unified_slice_ms" },
    ],
  },
  {
    title: "10,000 models on 100 endpoints: finding who serves a model",
    columns: [
      { head: "known name, ns", scenario: "catalogue", metric: "again_ns" },
      { head: "with 10 models", scenario: "catalogue", metric: "again_small_ns" },
      { head: "new name, ns", scenario: "catalogue", metric: "fresh_ns" },
      { head: "with 10 models", scenario: "catalogue", metric: "fresh_small_ns" },
      { head: "chat p50, µs", scenario: "catalogue", metric: "chat_p50_us" },
      { head: "with 1 endpoint and model", scenario: "catalogue", metric: "chat_one_p50_us" },
      { head: "added", scenario: "catalogue", metric: "chat_added_us" },
    ],
  },
  {
    title: "10,000 models on 100 endpoints: memory, MB (RSS / anonymous)",
    columns: [
      { head: "idle", scenario: "catalogue", metric: "rss_mb" },
      { head: "more than with 1 model", scenario: "catalogue", metric: "extra_rss_mb" },
      { head: "anon", scenario: "catalogue", metric: "extra_anonymous_mb" },
    ],
  },
  {
    title: "A million requests: RSS, MB",
    columns: [
      { head: "after 100,000", scenario: "soak", metric: "begin_rss_mb" },
      { head: "at the end", scenario: "soak", metric: "end_rss_mb" },
    ],
  },
];

function cell(samples: readonly Sample[], target: string, column: Column): number | undefined {
  const wanted = { scenario: column.scenario, metric: column.metric, target };
  return column.against === undefined ? medianOf(samples, wanted) : compared(samples, { ...wanted, ...column.against });
}

/** One table less columns and rows without a figure, `undefined` when nothing is left. */
function section(run: Run, title: string, all: readonly Column[]): string | undefined {
  const columns = all.filter((column) =>
    run.samples.some((sample) => sample.scenario === column.scenario && sample.metric === column.metric)
  );
  const rows = run.targets
    .map((target) => ({ target, values: columns.map((column) => cell(run.samples, target, column)) }))
    .filter(({ values }) => values.some((value) => value !== undefined));
  if (rows.length === 0) return undefined;
  const heads = ["", ...columns.map((column) => column.head)];
  return `${title}\n\n${formatTable(heads, rows.map(({ target, values }) => [target, ...values.map(formatFigure)]))}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The whole run as plain text: where, the tables, the bars, and, loudly, what went wrong. */
export function formatReport(run: Run): string {
  const { machine } = run;
  const head = [
    `${run.date.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${machine.system}, Bun ${machine.bun}`,
    `medians of ${run.rounds} interleaved rounds of ${run.seconds} s; ${run.streams} streams`,
    `other programs used ${percent(machine.busyBefore)} of the CPU before it, other virtual machines ${
      percent(machine.stolen)
    } during it`,
  ].join("\n");
  const tables = TABLES.map(({ title, columns }) => section(run, title, columns)).filter((text) => text !== undefined);
  const bars = run.targets.includes("olla") ? [`Bars\n\n${formatBars(run.bars)}`] : [];
  const problems = run.problems.length === 0 ? [] : [
    `!!! THIS RUN HAD ERRORS, ITS FIGURES DO NOT COUNT !!!\n\n${run.problems.map((text) => `- ${text}`).join("\n")}`,
  ];
  return [head, ...tables, ...bars, ...problems].join("\n\n");
}

/** The run as JSON: per scenario, metric and target the median and the rounds, four significant digits each. */
export function runToJson(run: Run): string {
  const results: Record<string, Record<string, Record<string, { median: number | undefined; rounds: number[] }>>> = {};
  for (const sample of run.samples) {
    const metrics = results[sample.scenario] ??= {};
    const targets = metrics[sample.metric] ??= {};
    const entry = targets[sample.target] ??= { median: short(medianOf(run.samples, sample)), rounds: [] };
    entry.rounds.push(short(sample.value));
  }
  const { samples: _samples, bars, ...rest } = run;
  const judged = bars.map((bar) => ({ ...bar, value: bar.value === undefined ? null : short(bar.value) }));
  return `${JSON.stringify({ ...rest, bars: judged, results }, undefined, 1)}\n`;
}

function short(value: number): number;
function short(value: number | undefined): number | undefined;
function short(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}

const BEGIN = "<!-- bench:begin -->";
const END = "<!-- bench:end -->";

/**
 * Puts a report between the two marks of a document.
 *
 * @throws when the document has no such marks
 */
export function replaceReport(document: string, report: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`Cannot write the report: the document needs "${BEGIN}" and "${END}"`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n\`\`\`text\n${report}\n\`\`\`\n\n${document.slice(end)}`;
}

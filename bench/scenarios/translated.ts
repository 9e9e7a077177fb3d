import { setTimeout as sleep } from "node:timers/promises";
import type { StreamDialect, StreamsResult } from "../messages.ts";
import { memoryOf } from "../process_stats.ts";
import type { RunningTarget } from "../targets/target.ts";
import { destination, interleaved, type Lab, runJob } from "./lab.ts";
import { openAfterwards } from "./open_afterwards.ts";

const STREAMS = 200;
const EVERY_MS = 100;
const RAMP_MS = 500;
const SETTLE_MS = 300;
const MOST_ROUNDS = 5;
/** Fewer events than this share of what was due, and the median delay says nothing. */
const ENOUGH = 0.95;

/** Events of the memory test, far more a second than of the others. */
const FAST_EVERY_MS = 20;
const EVENTS = 100_000;
/** Memory before this many events is the runtime warming up. */
const WARM_UP_EVENTS = 50_000;
const MEMORY_SAMPLE_MS = 100;
/** How long a process is watched once its streams are over, in ms: after ten seconds of rest all garbage is collected. */
const REST_MS = 12_000;

/** A way of the same events from the mock to the client. */
interface Way {
  readonly kind: "direct" | "plain" | "translated";
  readonly running: RunningTarget;
  readonly dialect: StreamDialect;
}

/**
 * What translating a stream costs: the delay that a target adds to each event when its client speaks Anthropic's dialect
 * and the backend OpenAI's, against the delay that it adds when both speak OpenAI's; and whether memory grows.
 */
export async function measureTranslated(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  const direct = running.find(({ target }) => target.launch === undefined);
  for (const one of running) {
    if (one.target.messagesPath === undefined) continue;
    // First, so that the delays are those of a process that has warmed up.
    await measureGrowth(lab, one);
    await measureDelay(lab, one, direct);
  }
}

async function measureDelay(lab: Lab, one: RunningTarget, direct: RunningTarget | undefined): Promise<void> {
  const ways: readonly Way[] = [
    ...(direct === undefined ? [] : [{ kind: "direct", running: direct, dialect: "chat" } as const]),
    { kind: "plain", running: one, dialect: "chat" },
    { kind: "translated", running: one, dialect: "messages" },
  ];
  const measureMs = 4000 * lab.options.seconds;
  /** By kind of way, then round. */
  const medians = { direct: [], plain: [], translated: [] } as Record<Way["kind"], (number | undefined)[]>;
  const rounds = Math.min(MOST_ROUNDS, lab.options.rounds);
  await interleaved(ways, rounds, async (way, round) => {
    const target = way.running.target.name;
    const name = way.kind === "translated" ? "translated" : "plain";
    lab.progress(`${STREAMS} ${name} streams, round ${round + 1}, ${target}`);
    const times = { rampMs: RAMP_MS, settleMs: SETTLE_MS, measureMs, every: EVERY_MS };
    const result = await runStreamsOf(lab, way, `${STREAMS} ${name} streams ${target}`, times);
    const of = { scenario: "translated", target, round };
    lab.record({ ...of, metric: `${name}_p50_ms`, value: result.p50 });
    lab.record({ ...of, metric: `${name}_p99_ms`, value: result.p99 });
    medians[way.kind][round] = result.p50;
  });
  for (let round = 0; round < rounds; round += 1) {
    const [base, plain, translated] = [medians.direct[round], medians.plain[round], medians.translated[round]];
    // Without a measurable delay there is nothing to compare with.
    if (base === undefined || plain === undefined || translated === undefined || plain <= base) continue;
    const value = (translated - base) / (plain - base);
    lab.record({ scenario: "translated", target: one.target.name, round, metric: "added_ratio", value });
  }
}

/** Memory before and after 100,000 events, each time with no stream open. */
async function measureGrowth(lab: Lab, one: RunningTarget): Promise<void> {
  const pid = one.child?.pid;
  if (pid === undefined) return;
  const target = one.target.name;
  const way: Way = { kind: "translated", running: one, dialect: "messages" };
  const send = async (events: number): Promise<number | undefined> => {
    const name = `${events} translated events`;
    lab.progress(`${name}, ${target}`);
    const measureMs = (events * FAST_EVERY_MS) / STREAMS;
    const times = { rampMs: RAMP_MS, settleMs: 0, measureMs, every: FAST_EVERY_MS };
    await runStreamsOf(lab, way, `${name} ${target}`, times);
    return await leastMemory(pid);
  };
  const of = { scenario: "translated", target, round: 0 };
  lab.record({ ...of, metric: "begin_rss_mb", value: await send(WARM_UP_EVENTS) });
  lab.record({ ...of, metric: "end_rss_mb", value: await send(EVENTS) });
}

/** RSS of a process once it has come to rest: the least of many samples, since garbage waits for its collection. */
async function leastMemory(pid: number): Promise<number | undefined> {
  const until = performance.now() + REST_MS;
  let least: number | undefined;
  while (performance.now() < until) {
    const rss = memoryOf(pid)?.rss;
    if (rss !== undefined) least = Math.min(least ?? rss, rss);
    await sleep(MEMORY_SAMPLE_MS);
  }
  return least;
}

/** One slice of streams; notes events that did not arrive and streams that were left open. */
async function runStreamsOf(
  lab: Lab,
  { running, dialect }: Way,
  name: string,
  times: { readonly rampMs: number; readonly settleMs: number; readonly measureMs: number; readonly every: number },
): Promise<StreamsResult> {
  const { port, path: chatPath } = destination(running);
  const path = dialect === "messages" ? running.target.messagesPath ?? chatPath : chatPath;
  const job = { kind: "streams", port, path, dialect, streams: STREAMS, ...times } as const;
  const result = await runJob(lab, name, job, times.rampMs + times.settleMs + times.measureMs);
  if (result.received < ENOUGH) {
    lab.problem(`${name}: only ${Math.round(result.received * 100)} % of the events arrived`);
  }
  const leaked = await openAfterwards(lab);
  if (leaked > 0) lab.problem(`${name}: the backend still sends ${leaked} of them`);
  return result;
}

import { memoryOf } from "../process_stats.ts";
import type { RunningTarget } from "../targets/target.ts";
import { destination, interleaved, type Lab, runJob } from "./lab.ts";
import { openAfterwards } from "./open_afterwards.ts";

const EVERY_MS = 100;
const RAMP_MS = 1000;
const SETTLE_MS = 500;
const MOST_ROUNDS = 3;
const SAMPLE_MS = 100;
/** Fewer events than this share of what was due, and the median delay says nothing. */
const ENOUGH = 0.95;

/** Delay of each event with many streams at once, and the memory that they take. */
export async function measureStreams(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  const { seconds, streams } = lab.options;
  // A slice is too short to see a thousand streams settle and drift.
  const measureMs = 6000 * seconds;
  await interleaved(running, Math.min(MOST_ROUNDS, lab.options.rounds), async (one, round) => {
    const target = one.target.name;
    lab.progress(`${streams} streams, round ${round + 1}, ${target}`);
    const stopWatching = watchMemory(one.child?.pid);
    const job = {
      kind: "streams",
      dialect: "chat",
      ...destination(one),
      streams,
      rampMs: RAMP_MS,
      settleMs: SETTLE_MS,
      measureMs,
      every: EVERY_MS,
    } as const;
    const result = await runJob(lab, `${streams} streams ${target}`, job, RAMP_MS + SETTLE_MS + measureMs);
    const peak = stopWatching();
    const of = { scenario: "streams", target, round };
    lab.record({ ...of, metric: "delay_p50_ms", value: result.p50 });
    lab.record({ ...of, metric: "delay_p99_ms", value: result.p99 });
    lab.record({ ...of, metric: "received", value: result.received });
    lab.record({ ...of, metric: "rss_mb", value: peak?.rss });
    lab.record({ ...of, metric: "anonymous_mb", value: peak?.anonymous });
    if (result.received < ENOUGH) {
      lab.problem(`${streams} streams ${target}: only ${Math.round(result.received * 100)} % of the events arrived`);
    }
    const leaked = await openAfterwards(lab);
    if (leaked > 0) lab.problem(`${streams} streams ${target}: the backend still sends ${leaked} of them`);
  });
}

/** Samples a process; the returned function stops that and gives the highest figures. */
function watchMemory(pid: number | undefined): () => { readonly rss: number; readonly anonymous: number } | undefined {
  if (pid === undefined) return () => undefined;
  let peak: { rss: number; anonymous: number } | undefined;
  const look = (): void => {
    const memory = memoryOf(pid);
    if (memory === undefined) return;
    peak = {
      rss: Math.max(peak?.rss ?? 0, memory.rss),
      anonymous: Math.max(peak?.anonymous ?? 0, memory.anonymous),
    };
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

import { memoryOf } from "../process_stats.ts";
import type { RunningTarget } from "../targets/target.ts";
import { destination, type Lab, runJob } from "./lab.ts";

const REQUESTS = 1_000_000;
/** Memory before this many requests is the runtime warming up. */
const SETTLED = 100_000;
const SLICE_MS = 5000;
const CONNECTIONS = 64;
/** A target slower than this is not waited for: a million requests would take over ten minutes. */
const LONGEST_MS = 600_000;

/** Memory at the beginning and at the end of a million requests. */
export async function measureSoak(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  for (const one of running) {
    const pid = one.child?.pid;
    if (pid !== undefined) await soakOne(lab, one, pid);
  }
}

async function soakOne(lab: Lab, one: RunningTarget, pid: number): Promise<void> {
  const target = one.target.name;
  const of = { scenario: "soak", target, round: 0 };
  const until = performance.now() + LONGEST_MS;
  let requests = 0;
  let begun = false;
  while (requests < REQUESTS && performance.now() < until) {
    lab.progress(`soak, ${target}: ${requests} requests`);
    const traffic = { payload: "small", connections: CONNECTIONS, warmupMs: 0, measureMs: SLICE_MS } as const;
    const job = { kind: "closed_loop", ...destination(one), ...traffic } as const;
    requests += (await runJob(lab, `soak ${target}`, job, SLICE_MS)).requests;
    if (begun || requests < SETTLED) continue;
    begun = true;
    lab.record({ ...of, metric: "begin_rss_mb", value: memoryOf(pid)?.rss });
  }
  if (requests < REQUESTS) {
    lab.problem(`soak ${target}: only ${requests} requests in ${LONGEST_MS / 60_000} minutes`);
    return;
  }
  lab.record({ ...of, metric: "end_rss_mb", value: memoryOf(pid)?.rss });
}

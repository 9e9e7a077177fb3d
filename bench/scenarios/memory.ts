import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf } from "../process_stats.ts";
import type { RunningTarget } from "../targets/target.ts";
import type { Lab } from "./lab.ts";

/** How long a process is left alone before it counts as idle; what it can give back, it gives back in that time. */
const IDLE_MS = 3000; // milliseconds

/** Memory of processes that have just started and served one request. */
export async function measureIdle(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  lab.progress("idle memory");
  await sleep(IDLE_MS);
  recordMemory(lab, "idle", running);
}

/** Memory after all the traffic, with the number of requests that it was. */
export async function measureAfter(
  lab: Lab,
  running: readonly RunningTarget[],
  served: ReadonlyMap<string, number>,
): Promise<void> {
  lab.progress("memory after the traffic");
  await sleep(IDLE_MS);
  recordMemory(lab, "after", running);
  for (const one of running) {
    const target = one.target.name;
    lab.record({ scenario: "after", metric: "requests", target, round: 0, value: served.get(target) });
  }
}

function recordMemory(lab: Lab, scenario: string, running: readonly RunningTarget[]): void {
  for (const one of running) {
    const memory = one.child === undefined ? undefined : memoryOf(one.child.pid);
    const of = { scenario, target: one.target.name, round: 0 };
    lab.record({ ...of, metric: "rss_mb", value: memory?.rss });
    lab.record({ ...of, metric: "anonymous_mb", value: memory?.anonymous });
  }
}

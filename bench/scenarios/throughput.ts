import type { PayloadKind } from "../payload.ts";
import { cpuSecondsOf } from "../process_stats.ts";
import type { RunningTarget } from "../targets/target.ts";
import { destination, interleaved, type Lab, runJob } from "./lab.ts";

/** The scenarios that count requests per second. */
export const THROUGHPUT = {
  "c1": { payload: "small", connections: 1 },
  "c64": { payload: "small", connections: 64 },
  "60kb": { payload: "60kb", connections: 16 },
  "3mb": { payload: "3mb", connections: 4 },
} as const satisfies Record<string, { readonly payload: PayloadKind; readonly connections: number }>;
export type ThroughputName = keyof typeof THROUGHPUT;

const WARM_UP_CONNECTIONS = 16;

/** Requests per second, latency, and CPU time per request, for one kind of request. Adds to `served`. */
export async function measureThroughput(
  lab: Lab,
  name: ThroughputName,
  running: readonly RunningTarget[],
  served: Map<string, number>,
): Promise<void> {
  const { payload, connections } = THROUGHPUT[name];
  const measureMs = lab.options.seconds * 1000;
  const warmupMs = Math.min(100, measureMs / 3);
  await interleaved(running, lab.options.rounds, async (one, round) => {
    const target = one.target.name;
    lab.progress(`${name}, round ${round + 1}, ${target}`);
    const pid = one.child?.pid;
    const before = pid === undefined ? undefined : cpuSecondsOf(pid);
    const job = { kind: "closed_loop", ...destination(one), payload, connections, warmupMs, measureMs } as const;
    const result = await runJob(lab, `${name} ${target}`, job, warmupMs + measureMs);
    const after = pid === undefined ? undefined : cpuSecondsOf(pid);
    served.set(target, (served.get(target) ?? 0) + result.requests);
    const of = { scenario: name, target, round };
    lab.record({ ...of, metric: "per_s", value: result.perSecond });
    lab.record({ ...of, metric: "p50_us", value: result.p50 });
    lab.record({ ...of, metric: "p99_us", value: result.p99 });
    if (before !== undefined && after !== undefined) {
      lab.record({ ...of, metric: "cpu_us", value: ((after - before) * 1e6) / result.requests });
    }
  });
}

/** Some uncounted traffic, so that the first scenario does not measure the compiler of the runtime. */
export async function warmUp(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  const measureMs = lab.options.seconds * 1000;
  for (const one of running) {
    lab.progress(`warming up ${one.target.name}`);
    const traffic = { payload: "small", connections: WARM_UP_CONNECTIONS, warmupMs: 0, measureMs } as const;
    const job = { kind: "closed_loop", ...destination(one), ...traffic } as const;
    await runJob(lab, `warming up ${one.target.name}`, job, measureMs);
  }
}

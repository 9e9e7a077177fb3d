import { setTimeout as sleep } from "node:timers/promises";
import { spread } from "../statistics.ts";
import type { RunningTarget } from "../targets/target.ts";
import { destination, interleaved, type Lab, runJob, takeCloses } from "./lab.ts";

/** How long a proxy has to tell the backend before a cancelled stream counts as not cancelled, in milliseconds. */
const LOST_AFTER_MS = 500;
/** A stream is left within 25 ms; more than this is a fault. */
const LONGEST_MS = 6000;
const IDS_PER_SLICE = 10_000;

/** Time from the client's leaving a stream to the backend's seeing its connection close. */
export async function measureCancel(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  const count = Math.max(5, Math.round(20 * lab.options.seconds));
  let firstId = 1;
  await interleaved(running, lab.options.rounds, async (one, round) => {
    const target = one.target.name;
    lab.progress(`cancel, round ${round + 1}, ${target}`);
    await takeCloses(lab, LONGEST_MS);
    const job = { kind: "cancel", ...destination(one), count, firstId } as const;
    firstId += IDS_PER_SLICE;
    const { left } = await runJob(lab, `cancel ${target}`, job, count * LONGEST_MS);
    const seen = new Map<number, number>();
    for (const until = performance.now() + LOST_AFTER_MS; seen.size < left.length && performance.now() < until;) {
      await sleep(20);
      for (const [id, at] of (await takeCloses(lab, LONGEST_MS)).closes) seen.set(id, at);
    }
    const delays: number[] = [];
    for (const [id, leftAt] of left) {
      const closedAt = seen.get(id);
      if (closedAt !== undefined) delays.push(closedAt - leftAt);
    }
    const lost = left.length - delays.length;
    if (lost > 0) {
      lab.problem(`cancel ${target}: ${lost} of ${left.length} streams still ran ${LOST_AFTER_MS} ms later`);
    }
    const times = spread(delays);
    lab.record({ scenario: "cancel", metric: "p50_ms", target, round, value: times?.p50 });
    lab.record({ scenario: "cancel", metric: "p99_ms", target, round, value: times?.p99 });
  });
}

import type { RunningTarget } from "../targets/target.ts";
import { destination, interleaved, type Lab, runJob } from "./lab.ts";

/** Time to the first byte of a streamed answer. */
export async function measureFirstToken(lab: Lab, running: readonly RunningTarget[]): Promise<void> {
  const measureMs = lab.options.seconds * 1000;
  await interleaved(running, lab.options.rounds, async (one, round) => {
    const target = one.target.name;
    lab.progress(`first token, round ${round + 1}, ${target}`);
    const job = { kind: "first_token", ...destination(one), measureMs } as const;
    const result = await runJob(lab, `first token ${target}`, job, measureMs);
    lab.record({ scenario: "first-token", metric: "p50_ms", target, round, value: result.p50 });
    lab.record({ scenario: "first-token", metric: "p99_ms", target, round, value: result.p99 });
  });
}

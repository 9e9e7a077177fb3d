import { startTarget, type Target } from "../targets/target.ts";
import { interleaved, type Lab } from "./lab.ts";

/** Starts differ little, and each costs a stop too. */
const MOST_ROUNDS = 7;

/** Time from starting the process to its first accepted connection, and to its being ready. */
export async function measureStart(lab: Lab, targets: readonly Target[]): Promise<void> {
  const launchable = targets.filter((target) => target.launch !== undefined);
  await interleaved(launchable, Math.min(MOST_ROUNDS, lab.options.rounds), async (target, round) => {
    lab.progress(`start, round ${round + 1}, ${target.name}`);
    const running = await startTarget(target, lab.context);
    await running.child?.stop();
    const of = { scenario: "start", target: target.name, round };
    lab.record({ ...of, metric: "connect_ms", value: running.times?.connectMs });
    lab.record({ ...of, metric: "ready_ms", value: running.times?.readyMs });
  });
}

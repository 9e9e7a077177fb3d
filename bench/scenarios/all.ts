import { type RunningTarget, startTarget, type Target } from "../targets/target.ts";
import { measureCancel } from "./cancel.ts";
import { measureCatalogue } from "./catalogue.ts";
import { measureFirstToken } from "./first_token.ts";
import type { Lab } from "./lab.ts";
import { measureAfter, measureIdle } from "./memory.ts";
import { measureSoak } from "./soak.ts";
import { measureStart } from "./start.ts";
import { measureStreams } from "./streams.ts";
import { measureTranslated } from "./translated.ts";
import { measureThroughput, THROUGHPUT, type ThroughputName, warmUp } from "./throughput.ts";

const LOADS = Object.keys(THROUGHPUT) as readonly ThroughputName[]; // an object literal of our own: these are all its keys

/** Starts all targets, runs `use`, and stops them again. */
async function withTargets(
  lab: Lab,
  targets: readonly Target[],
  use: (running: readonly RunningTarget[]) => Promise<void>,
): Promise<void> {
  const running: RunningTarget[] = [];
  try {
    for (const target of targets) running.push(await startTarget(target, lab.context));
    await use(running);
  } finally {
    await Promise.all(running.map((one) => one.child?.stop()));
  }
}

/**
 * Runs the scenarios that were asked for. Memory is measured on fresh processes, before megabytes of request bodies have
 * gone through them; everything about speed on warm ones.
 */
export async function measure(lab: Lab, targets: readonly Target[]): Promise<void> {
  const wanted = new Set<string>(lab.options.scenarios);
  if (wanted.has("start")) await measureStart(lab, targets);
  if (wanted.has("idle") || wanted.has("streams")) {
    await withTargets(lab, targets, async (running) => {
      if (wanted.has("idle")) await measureIdle(lab, running);
      if (wanted.has("streams")) await measureStreams(lab, running);
    });
  }
  const loads = LOADS.filter((name) => wanted.has(name));
  if (loads.length > 0 || wanted.has("first-token") || wanted.has("cancel")) {
    await withTargets(lab, targets, async (running) => {
      await warmUp(lab, running);
      if (wanted.has("first-token")) await measureFirstToken(lab, running);
      if (wanted.has("cancel")) await measureCancel(lab, running);
      const served = new Map<string, number>();
      for (const name of loads) await measureThroughput(lab, name, running, served);
      if (loads.length > 0) await measureAfter(lab, running, served);
    });
  }
  if (wanted.has("translated")) {
    const involved = targets.filter(({ launch, messagesPath }) => launch === undefined || messagesPath !== undefined);
    await withTargets(lab, involved, (running) => measureTranslated(lab, running));
  }
  if (wanted.has("catalogue")) await measureCatalogue(lab, targets);
  if (wanted.has("soak")) await withTargets(lab, targets, (running) => measureSoak(lab, running));
}

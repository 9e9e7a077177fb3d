import { setTimeout as sleep } from "node:timers/promises";
import { type Lab, takeCloses } from "./lab.ts";

/** Streams that the backend still sends this long after all clients left are leaks, in milliseconds. */
const LEAK_AFTER_MS = 1000;

/** Waits until no stream is sent any more; how many are left when the time is up. */
export async function openAfterwards(lab: Lab): Promise<number> {
  const until = performance.now() + LEAK_AFTER_MS;
  while (true) {
    const { openStreams } = await takeCloses(lab, LEAK_AFTER_MS + 5000);
    if (openStreams === 0 || performance.now() >= until) return openStreams;
    await sleep(50);
  }
}

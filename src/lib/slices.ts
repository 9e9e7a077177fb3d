import { setImmediate as nextTurn } from "node:timers/promises";

/** How long work in steps may hold up everything else, in ms: a few of them side by side are still not noticed. */
const SLICE_MS = 3;

/**
 * Goes through a long list so many items at a time, and lets other work have its turn in between, so that no list holds
 * up a request.
 */
export async function* slicesOf<T>(items: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) {
    if (at > 0) await nextTurn();
    yield at === 0 && items.length <= size ? items : items.slice(at, at + size);
  }
}

/**
 * Runs work that comes in steps, and lets other work have its turn after every few milliseconds of it. For steps of which
 * one costs much more than another, so that their number says little.
 */
export async function runInSlices<T>(steps: Iterator<unknown, T>): Promise<T> {
  let began = performance.now();
  for (let step = steps.next();; step = steps.next()) {
    if (step.done === true) return step.value;
    if (performance.now() - began < SLICE_MS) continue;
    await nextTurn();
    began = performance.now();
  }
}

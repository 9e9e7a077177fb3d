import { setImmediate as nextTurn } from "node:timers/promises";

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

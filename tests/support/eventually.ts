import { setTimeout as sleep } from "node:timers/promises";

/** How long {@link eventually} tries. */
export interface EventuallyOptions {
  /** Milliseconds until it gives up. @default {5000} */
  readonly within?: number;
  /** Milliseconds between two looks. @default {20} */
  readonly every?: number;
}

/**
 * Looks until something is true, and returns what the look returned: for effects of another process, which no fake
 * clock can move.
 *
 * @param what Said when time is up, as "the backend is offline".
 * @param look Returns a value, or undefined or false for "not yet"; what it throws counts as "not yet" too.
 * @throws When time is up; the last exception of `look` is the cause.
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { within = 5000, every = 20 }: EventuallyOptions = {},
): Promise<T> {
  const end = performance.now() + within;
  let cause: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`Waited ${within} ms in vain: ${what}`, { cause });
    await sleep(every);
  }
}

/**
 * The promise's value if it settles in time.
 *
 * @param what Said when time is up, as "the answer".
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${ms} ms in vain for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

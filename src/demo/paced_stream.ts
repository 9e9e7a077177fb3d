/** Resolves after `ms`, or as soon as the signal aborts. Never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** How a stream is paced. */
export interface Pace {
  readonly sleep: Sleep;
  /** Milliseconds between two parts. */
  readonly delayMs: number;
}

/**
 * A body that sends one part after the other, each after a pause. When the reader goes away it stops at once: a
 * simulated server behaves like a good real one, which does not go on generating for nobody.
 */
export function pacedStream(parts: readonly string[], pace: Pace): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const stop = new AbortController();
  let next = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = parts[next++];
      if (part === undefined) return controller.close();
      await pace.sleep(pace.delayMs, stop.signal);
      if (!stop.signal.aborted) controller.enqueue(encoder.encode(part));
    },
    cancel() {
      stop.abort();
    },
  }, { highWaterMark: 0 });
}

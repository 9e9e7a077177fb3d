/** Resolves after `ms`, or as soon as the signal aborts. Never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** How a stream is paced. */
export interface Pace {
  readonly sleep: Sleep;
  /** Milliseconds between two parts. */
  readonly delayMs: number;
  /** True while streams are to break off. */
  readonly isCut: () => boolean;
}

/** Parts that a stream sends all the same before it breaks off, so that the break is in its middle. */
const PARTS_BEFORE_CUT = 5;

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
      const index = next++;
      const part = parts[index];
      if (part === undefined) return controller.close();
      await pace.sleep(pace.delayMs, stop.signal);
      if (stop.signal.aborted) return;
      // An error, unlike an end, makes the HTTP server drop the connection.
      if (index >= PARTS_BEFORE_CUT && pace.isCut()) return controller.error(new Error("This stream was told to fail"));
      controller.enqueue(encoder.encode(part));
    },
    cancel() {
      stop.abort();
    },
  }, { highWaterMark: 0 });
}

import type { TimerHandle, Timers } from "../../lib/clock.ts";

/** Where lines end up. */
export interface LineSink {
  /** Writes without blocking and calls back once; it is not called again before that. Must not throw. */
  write(text: string, done: () => void): void;
  /** Writes before it returns: for the last lines of the process. */
  writeNow(text: string): void;
}

/** Collects lines and hands them to a sink in batches, so that a request never waits for the log. */
export interface LineWriter {
  /** Takes one line with its line break. Never blocks, never throws. */
  write(line: string): void;
  /** Hands over what is left and waits for the sink, at most so long. Later lines are written at once. */
  close(timeoutMs: number): Promise<void>;
  /** Writes what is left before it returns; skipped while the sink is stuck. For the end of the process. */
  flushNow(): void;
}

/** How a {@link LineWriter} batches. Sizes are in UTF-16 units, about bytes for log lines. */
export interface LineWriterOptions {
  readonly sink: LineSink;
  readonly timers: Timers;
  /** The line that says how many lines were left out. */
  readonly droppedNotice: (lines: number) => string;
  /** Longest time a line waits, ms. @default {10} */
  readonly delayMs?: number;
  /** A batch of this size does not wait. @default {65536} */
  readonly batchSize?: number;
  /** Lines beyond this size are dropped and counted while the sink is stuck. @default {4194304} */
  readonly maxPending?: number;
}

/** Makes a {@link LineWriter}. */
export function makeLineWriter(options: LineWriterOptions): LineWriter {
  const { sink, timers, droppedNotice, delayMs = 10, batchSize = 64 * 1024, maxPending = 4 * 1024 * 1024 } = options;
  let pending = "";
  let dropped = 0;
  let busy = false;
  let closed = false;
  let timer: TimerHandle | undefined;
  let onIdle: (() => void) | undefined;

  function take(): string {
    const text = dropped === 0 ? pending : pending + droppedNotice(dropped);
    pending = "";
    dropped = 0;
    if (timer !== undefined) timers.stop(timer);
    timer = undefined;
    return text;
  }

  function flush(): void {
    timer = undefined;
    if (busy) return;
    if (pending === "" && dropped === 0) return onIdle?.();
    busy = true;
    sink.write(take(), () => {
      busy = false;
      if (closed || pending.length >= batchSize) flush();
      else schedule();
    });
  }

  function schedule(): void {
    if (timer === undefined && !busy && pending !== "") timer = timers.start(flush, delayMs);
  }

  return {
    write(line) {
      if (closed && !busy) return sink.writeNow(line);
      if (pending.length + line.length > maxPending) {
        dropped++;
        return;
      }
      pending += line;
      if (pending.length >= batchSize) flush();
      else schedule();
    },
    close(timeoutMs) {
      closed = true;
      return new Promise((resolve) => {
        const limit = timers.start(resolve, timeoutMs);
        onIdle = () => {
          timers.stop(limit);
          resolve();
        };
        flush();
      });
    },
    flushNow() {
      if (busy || (pending === "" && dropped === 0)) return;
      sink.writeNow(take());
    },
  };
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Timers } from "../../lib/clock.ts";
import { type LineSink, makeLineWriter } from "./line_writer.ts";

/** Timers that fire when told. */
class HandTimers implements Timers {
  #entries: { at: number; callback: () => void }[] = [];
  #now = 0;

  start(callback: () => void, ms: number): unknown {
    const entry = { at: this.#now + ms, callback };
    this.#entries.push(entry);
    return entry;
  }

  stop(handle: unknown): void {
    this.#entries = this.#entries.filter((entry) => entry !== handle);
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#entries.filter((entry) => entry.at <= this.#now);
    this.#entries = this.#entries.filter((entry) => entry.at > this.#now);
    for (const entry of due) entry.callback();
  }
}

/** A sink that finishes a write when told. */
class HandSink implements LineSink {
  readonly batches: string[] = [];
  readonly now: string[] = [];
  #done: (() => void) | undefined;

  write(text: string, done: () => void): void {
    assert.equal(this.#done, undefined, "a second write began before the first was done");
    this.batches.push(text);
    this.#done = done;
  }

  writeNow(text: string): void {
    this.now.push(text);
  }

  finish(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

function setUp(maxPending?: number) {
  const sink = new HandSink();
  const timers = new HandTimers();
  const droppedNotice = (lines: number) => `(${lines} dropped)\n`;
  const writer = makeLineWriter({
    sink,
    timers,
    droppedNotice,
    delayMs: 10,
    batchSize: 20,
    ...(maxPending === undefined ? {} : { maxPending }),
  });
  return { sink, timers, writer };
}

describe("makeLineWriter", () => {
  test("hands the lines of ten milliseconds over in one batch", () => {
    const { sink, timers, writer } = setUp();
    writer.write("a\n");
    timers.pass(6);
    writer.write("b\n");
    assert.deepEqual(sink.batches, []);
    timers.pass(4);
    assert.deepEqual(sink.batches, ["a\nb\n"]);
  });

  test("does not wait once a batch is large", () => {
    const { sink, writer } = setUp();
    writer.write("0123456789\n");
    writer.write("0123456789\n");
    assert.deepEqual(sink.batches, ["0123456789\n0123456789\n"]);
  });

  test("collects further lines while a write runs and hands them over after it", () => {
    const { sink, timers, writer } = setUp();
    writer.write("a\n");
    timers.pass(10);
    writer.write("b\n");
    writer.write("0123456789 0123456789\n");
    timers.pass(50);
    assert.deepEqual(sink.batches, ["a\n"]);
    sink.finish();
    assert.deepEqual(sink.batches, ["a\n", "b\n0123456789 0123456789\n"]);
  });

  test("drops and counts what a stuck sink leaves no room for, and says so when it moves again", () => {
    const { sink, timers, writer } = setUp(30);
    writer.write("a\n");
    timers.pass(10);
    for (let i = 0; i < 100; i++) writer.write("0123456789\n");
    sink.finish();
    assert.deepEqual(sink.batches, ["a\n", "0123456789\n0123456789\n(98 dropped)\n"]);
    writer.write("b\n");
    sink.finish();
    timers.pass(10);
    assert.equal(sink.batches[2], "b\n");
  });

  test("writes what is left before closing ends", async () => {
    const { sink, writer } = setUp();
    writer.write("a\n");
    const closing = writer.close(1000);
    assert.deepEqual(sink.batches, ["a\n"]);
    writer.write("b\n");
    sink.finish();
    assert.deepEqual(sink.batches, ["a\n", "b\n"]);
    sink.finish();
    await closing;
    writer.write("late\n");
    assert.deepEqual(sink.now, ["late\n"]);
  });

  test("gives a stuck sink up when closing has taken its time", async () => {
    const { timers, writer } = setUp();
    writer.write("a\n");
    const closing = writer.close(1000);
    timers.pass(1000);
    await closing;
  });

  test("flushes at once at the end of the process, unless the sink is stuck", () => {
    const { sink, timers, writer } = setUp();
    writer.write("a\n");
    writer.flushNow();
    assert.deepEqual(sink.now, ["a\n"]);
    writer.write("b\n");
    timers.pass(10);
    writer.write("c\n");
    writer.flushNow();
    assert.deepEqual(sink.now, ["a\n"]);
  });
});

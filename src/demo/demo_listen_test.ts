import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { abortableSleep } from "./demo_listen.ts";

describe("abortableSleep()", () => {
  test("ends when its time is over, and not before", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      let over = false;
      const sleeping = abortableSleep(40, new AbortController().signal).then(() => over = true);
      mock.timers.tick(39);
      await Promise.resolve();
      assert.equal(over, false);
      mock.timers.tick(1);
      await sleeping;
      assert.equal(over, true);
    } finally {
      mock.timers.reset();
    }
  });

  test("ends at once when the signal aborts, or has aborted before", async () => {
    const stop = new AbortController();
    const sleeping = abortableSleep(1_000_000, stop.signal);
    stop.abort();
    await sleeping;
    await abortableSleep(1_000_000, stop.signal);
  });
});

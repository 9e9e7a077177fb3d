import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { measureSlices } from "./slices.ts";

test("a slice is what runs between two turns of the event loop", async () => {
  let time = 1000;
  const slices = await measureSlices(async () => {
    time += 5;
    await Promise.resolve();
    time += 4; // a promise alone lets nobody else run
    await nextTurn();
    time += 7;
    await nextTurn();
    time += 1;
  }, () => time);
  assert.deepEqual(slices, { total: 17, longest: 9 });
});

test("work that pauses nowhere is one slice", async () => {
  let time = 0;
  const slices = await measureSlices(() => Promise.resolve(void (time += 30)), () => time);
  assert.deepEqual(slices, { total: 30, longest: 30 });
});

test("an error of the work comes through", async () => {
  await assert.rejects(measureSlices(() => Promise.reject(new Error("broken list")), () => 0), /broken list/);
});

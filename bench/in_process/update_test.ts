import assert from "node:assert/strict";
import { test } from "node:test";
import { measureUpdate } from "./update.ts";

/** A clock that gains a millisecond each time it is looked at, so that every look makes a figure. */
function countingClock(): () => number {
  let time = 0;
  return () => time++;
}

test("all three kinds of update go through the real catalogue, in more than one slice", async () => {
  const { fill, change, same } = await measureUpdate({ endpoints: 3, models: 2 }, countingClock());
  for (const { total, longest } of [fill, change, same]) assert.ok(longest > 0 && total > longest);
});

test("a list of more than a thousand models is taken in like short ones", async () => {
  const { change } = await measureUpdate({ endpoints: 1, models: 1001 }, countingClock());
  assert.ok(change.total > 0);
});

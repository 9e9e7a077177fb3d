import assert from "node:assert/strict";
import { test } from "node:test";
import { ControllerPool } from "./controller_pool.ts";

test("a controller that was given back is taken again", () => {
  const pool = new ControllerPool();
  const first = pool.take();
  pool.giveBack(first);
  assert.equal(pool.take(), first);
});

test("two that are out at once are two", () => {
  const pool = new ControllerPool();
  assert.notEqual(pool.take(), pool.take());
});

test("an aborted one is never handed out again", () => {
  const pool = new ControllerPool();
  const first = pool.take();
  first.abort();
  pool.giveBack(first);
  assert.equal(pool.take().signal.aborted, false);
});

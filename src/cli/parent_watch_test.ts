import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { watchParents } from "./parent_watch.ts";

beforeEach(() => mock.timers.enable({ apis: ["setInterval"] }));
afterEach(() => mock.timers.reset());

test("calls back once, when one of the processes has gone", () => {
  const alive = new Set([100, 200]);
  const onGone = mock.fn();
  watchParents({ pids: "100,200", isAlive: (pid) => alive.has(pid), onGone });
  mock.timers.tick(5000);
  assert.equal(onGone.mock.callCount(), 0);
  alive.delete(100);
  mock.timers.tick(5000);
  assert.equal(onGone.mock.callCount(), 1);
});

for (const pids of ["", "1", "x,-5", ","]) {
  test(`watches nothing for ${JSON.stringify(pids)}`, () => {
    const isAlive = mock.fn(() => false);
    watchParents({ pids, isAlive, onGone: () => assert.fail("nothing was watched") });
    mock.timers.tick(5000);
    assert.equal(isAlive.mock.callCount(), 0);
  });
}

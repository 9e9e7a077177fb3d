import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { afterEach, beforeEach, mock, test } from "node:test";
import { isAlive, watchParents } from "./parent_watch.ts";

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

test("isAlive knows this process, and one that has ended", async () => {
  assert.equal(isAlive(process.pid), true);
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  assert.equal(isAlive(child.pid ?? 0), false);
});

test("isAlive takes no process for alive that nobody has buried", { skip: process.platform !== "linux" }, async () => {
  // The shell becomes `sleep`, which never asks after the child that the shell had.
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 5"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [first] = await once(parent.stdout, "data");
    const pid = Number(String(first));
    while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
    assert.doesNotThrow(() => process.kill(pid, 0));
  } finally {
    parent.kill("SIGKILL");
  }
});

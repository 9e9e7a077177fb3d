import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SharedWork } from "./shared_work.ts";

/** Work that ends when it is told to, and counts how often it began. */
function desk() {
  const shared = new SharedWork<string>();
  const ends: ((result: string) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  const world = { stamp: "1" };
  const ask = (key = "list") =>
    shared.run(key, () => world.stamp, () =>
      new Promise((resolve, reject) => {
        ends.push(resolve);
        failures.push(reject);
      }));
  return { world, ask, ends, failures };
}

/** Lets everything that can go on without an answer go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("SharedWork", () => {
  test("gives those who ask at once the same", async () => {
    const { ask, ends } = desk();
    const answers = Promise.all([ask(), ask(), ask()]);
    assert.equal(ends.length, 1);
    ends[0]?.("a");
    assert.deepEqual(await answers, ["a", "a", "a"]);
  });

  test("does not keep what it gave", async () => {
    const { ask, ends } = desk();
    const first = ask();
    ends[0]?.("a");
    await first;
    void ask();
    assert.equal(ends.length, 2);
  });

  test("keys have nothing to do with each other", () => {
    const { ask, ends } = desk();
    void ask("a");
    void ask("b");
    assert.equal(ends.length, 2);
  });

  test("who asks after a change waits for the work before it, gets newer work, and shares that", async () => {
    const { ask, ends, world } = desk();
    const before = ask();
    world.stamp = "2";
    const after = Promise.all([ask(), ask(), ask()]);
    await settled();
    assert.equal(ends.length, 1);
    ends[0]?.("old");
    assert.equal(await before, "old");
    await settled();
    assert.equal(ends.length, 2);
    ends[1]?.("new");
    assert.deepEqual(await after, ["new", "new", "new"]);
  });

  test("a failure is told to all who share it, and to nobody else", async () => {
    const { ask, ends, failures, world } = desk();
    const failing = Promise.allSettled([ask(), ask()]);
    world.stamp = "2";
    const later = ask();
    failures[0]?.(new Error("no"));
    assert.deepEqual((await failing).map(({ status }) => status), ["rejected", "rejected"]);
    await settled();
    ends[1]?.("fine");
    assert.equal(await later, "fine");
  });
});

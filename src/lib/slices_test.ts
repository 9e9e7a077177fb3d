import assert from "node:assert/strict";
import { clearImmediate, setImmediate } from "node:timers";
import { describe, test } from "node:test";
import { runInSlices, slicesOf } from "./slices.ts";

async function all<T>(items: readonly T[], size: number): Promise<readonly (readonly T[])[]> {
  const slices: (readonly T[])[] = [];
  for await (const slice of slicesOf(items, size)) slices.push(slice);
  return slices;
}

describe("slicesOf()", () => {
  const cases: readonly [readonly number[], number, readonly (readonly number[])[]][] = [
    [[], 2, []],
    [[1], 2, [[1]]],
    [[1, 2], 2, [[1, 2]]],
    [[1, 2, 3, 4, 5], 2, [[1, 2], [3, 4], [5]]],
  ];
  for (const [items, size, expected] of cases) {
    test(`gives ${items.length} items ${size} at a time`, async () => {
      assert.deepEqual(await all(items, size), expected);
    });
  }

  test("lets other work in between", async () => {
    const order: unknown[] = [];
    setImmediate(() => order.push("other"));
    for await (const [item] of slicesOf([1, 2], 1)) order.push(item);
    assert.deepEqual(order, [1, "other", 2]);
  });
});

describe("runInSlices()", () => {
  function* steps(count: number, onStep: (step: number) => void): Generator<undefined, string> {
    for (let step = 0; step < count; step++) {
      onStep(step);
      yield;
    }
    return "done";
  }

  test("runs all steps in order and gives what they come to", async () => {
    const seen: number[] = [];
    assert.equal(await runInSlices(steps(5, (step) => seen.push(step))), "done");
    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
    assert.equal(await runInSlices(steps(0, () => {})), "done");
  });

  test("lets other work in between when a step takes long", async () => {
    const order: string[] = [];
    setImmediate(() => order.push("other"));
    await runInSlices(steps(2, (step) => {
      order.push(`step ${step}`);
      for (const end = performance.now() + 10; performance.now() < end;);
    }));
    assert.deepEqual(order, ["step 0", "other", "step 1"]);
  });

  test("does not wait after each of many short steps", async () => {
    let turns = 0;
    let timer = setImmediate(function turn() {
      turns++;
      timer = setImmediate(turn);
    });
    await runInSlices(steps(10_000, () => {}));
    clearImmediate(timer);
    assert.ok(turns < 1000, `${turns} turns`);
  });

  test("passes on what a step throws", async () => {
    const failing = steps(1, () => {
      throw new Error("no");
    });
    await assert.rejects(runInSlices(failing), /^Error: no$/);
  });
});

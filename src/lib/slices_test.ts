import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { describe, test } from "node:test";
import { slicesOf } from "./slices.ts";

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

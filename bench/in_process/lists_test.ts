import assert from "node:assert/strict";
import { test } from "node:test";
import { measureLists } from "./lists.ts";

test("writes lists of a small catalogue and times each", async () => {
  const { first, changed, unified } = await measureLists({ endpoints: 3, models: 2 }, () => performance.now());
  assert.equal(changed.length, 3);
  for (const { total, longest } of [first, ...changed, unified]) assert.ok(total > 0 && longest <= total);
});

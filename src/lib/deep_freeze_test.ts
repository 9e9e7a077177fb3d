import assert from "node:assert/strict";
import { test } from "node:test";
import { deepFreeze } from "./deep_freeze.ts";

test("deepFreeze freezes what is inside, hidden properties included", () => {
  const inner = { list: [{ a: 1 }] };
  const hidden = { secret: true };
  const value = Object.defineProperty({ inner }, "hidden", { value: hidden, enumerable: false });
  assert.equal(deepFreeze(value), value);
  for (const part of [value, inner, inner.list, inner.list[0], hidden]) assert.ok(Object.isFrozen(part));
});

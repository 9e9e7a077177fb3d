import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast } from "./version_order.ts";

for (
  const [version, least, expected] of [
    ["0.14.0", "0.14.0", true],
    ["0.14.1-rc2", "0.14.0", true],
    ["0.9.9", "0.14.0", false],
    ["v1.0", "0.14.0", true],
    ["1", "1.0.1", false],
    ["b4847", "b4847", true],
    ["b4846-1a2b3c", "b4847", false],
    ["0.11.1.dev3+gabc", "0.11.1", true],
    ["nightly", "0.14.0", true],
  ] as const
) {
  test(`${version} is ${expected ? "" : "not "}at least ${least}`, () => {
    assert.equal(isAtLeast(version, least), expected);
  });
}

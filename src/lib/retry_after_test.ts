import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRetryAfter } from "./retry_after.ts";

const NOW = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");

const cases: [string | null, number | undefined][] = [
  [null, undefined],
  ["", undefined],
  ["7", 7000],
  [" 0 ", 0],
  ["1.5", 1500],
  ["Wed, 21 Oct 2026 07:28:30 GMT", 30_000],
  ["Wed, 21 Oct 2026 07:00:00 GMT", 0],
  ["soon", undefined],
  ["-5", undefined],
  ["None", undefined],
];

for (const [value, expected] of cases) {
  test(`Retry-After ${JSON.stringify(value)} is ${expected} ms`, () => {
    assert.equal(parseRetryAfter(value, NOW), expected);
  });
}

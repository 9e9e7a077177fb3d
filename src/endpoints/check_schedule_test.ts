import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextCheckDelay } from "./check_schedule.ts";
import { type HealthWord, UNKNOWN_HEALTH } from "./health.ts";

function delay(word: HealthWord, failures: number, random = 0.5, interval = 5000, retryAfterMs?: number): number {
  return nextCheckDelay({ health: { ...UNKNOWN_HEALTH, word, failures }, interval, retryAfterMs, random });
}

test("the interval means what it says, within ten per cent", () => {
  assert.equal(delay("healthy", 0, 0.5), 5000);
  assert.equal(delay("healthy", 0, 0), 4500);
  assert.equal(delay("healthy", 0, 0.999999), 5500);
  assert.equal(delay("busy", 0), 5000);
  assert.equal(delay("warming", 0), 5000);
});

describe("backing off", () => {
  const cases: [number, number][] = [[1, 5000], [2, 5000], [3, 5000], [4, 10_000], [5, 20_000], [6, 40_000], [
    7,
    60_000,
  ], [
    1_000_000,
    60_000,
  ]];
  for (const [failures, expected] of cases) {
    test(`${failures} failures wait ${expected} ms`, () => assert.equal(delay("offline", failures), expected));
  }

  test("never goes below a longer interval", () => {
    assert.equal(delay("offline", 9, 0.5, 120_000), 120_000);
  });
});

describe("a rate limit", () => {
  const cases: [string, number | undefined, number][] = [
    ["waits as long as asked", 20_000, 20_000],
    ["waits half a minute when nothing was said", undefined, 30_000],
    ["waits five minutes at most", 3_600_000, 300_000],
    ["waits no less than the interval", 1000, 5000],
  ];
  for (const [name, asked, expected] of cases) {
    test(name, () => assert.equal(delay("rate_limited", 0, 0, 5000, asked), expected));
  }

  test("is never cut short by the jitter", () => {
    assert.ok(delay("rate_limited", 0, 0.99, 5000, 20_000) >= 20_000);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stableTag } from "./stable_tag.ts";

const REPORT = {
  timestamp: "2026-01-01T00:00:00.000Z",
  endpoints: [{
    name: "a",
    status: "healthy",
    last_check: "5s ago",
    last_error: "refused",
    resting_models: { m: 7 },
    models: { last_updated: "2026-01-01T00:00:00.000Z", count: 3 },
  }],
  system: { uptime: "42s", total_requests: 3 },
};

describe("stableTag", () => {
  test("is weak, quoted and short", () => assert.match(stableTag(REPORT), /^W\/"[0-9a-z]{1,13}"$/));

  const [endpoint] = REPORT.endpoints;
  const later = (change: object) => ({ ...REPORT, endpoints: [{ ...endpoint, ...change }] });
  const cases: [what: string, other: unknown, same: boolean][] = [
    ["the time of the report", { ...REPORT, timestamp: "2026-01-01T00:00:01.000Z" }, true],
    ["the uptime", { ...REPORT, system: { ...REPORT.system, uptime: "43s" } }, true],
    ["an age", later({ last_check: "6s ago" }), true],
    ["a time inside of an object", later({ models: { last_updated: "2027-01-01T00:00:00.000Z", count: 3 } }), true],
    ["a countdown", later({ resting_models: { m: 6 } }), true],
    ["who rests", later({ resting_models: { other: 7 } }), false],
    ["a status", later({ status: "busy" }), false],
    ["the last error, which is no time", later({ last_error: "timeout" }), false],
    ["a count", later({ models: { last_updated: "2026-01-01T00:00:00.000Z", count: 4 } }), false],
    ["a counter", { ...REPORT, system: { ...REPORT.system, total_requests: 4 } }, false],
    ["a new entry", { ...REPORT, endpoints: [endpoint, endpoint] }, false],
  ];
  for (const [what, other, same] of cases) {
    test(`${same ? "stays" : "changes"} with ${what}`, () => {
      assert.equal(stableTag(other) === stableTag(REPORT), same);
    });
  }
});

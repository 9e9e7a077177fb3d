import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeFault, readFault } from "./fault.ts";

describe("readFault()", () => {
  const good: [query: string, how: string, forMs: number][] = [
    ["", "refuse", 30_000],
    ["how=503", "503", 30_000],
    ["how=cut&for=2m", "cut", 120_000],
    ["for=1h", "refuse", 3_600_000],
  ];
  for (const [query, how, forMs] of good) {
    test(`reads "${query}" as ${how} for ${forMs} ms`, () => {
      assert.deepEqual(readFault(new URLSearchParams(query)), { kind: "fault", fault: { how, forMs } });
    });
  }

  const wrong: [query: string, problem: RegExp][] = [
    ["how=explode", /^how must be one of .*refuse.*cut.*"explode"$/],
    ["how=constructor", /^how must be one of/],
    ["for=ten", /^for must be a duration like 10s .*"ten"$/],
    ["for=0s", /^for must be/],
    ["for=-5s", /^for must be/],
    ["for=61m", /at most 1h/],
  ];
  for (const [query, problem] of wrong) {
    test(`refuses "${query}"`, () => {
      const read = readFault(new URLSearchParams(query));
      assert.match(read.kind === "wrong" ? read.problem : "accepted", problem);
    });
  }
});

test("describeFault() tells how and for how long", () => {
  assert.equal(
    describeFault({ how: "503", forMs: 90_000 }),
    "answers everything with 503, health checks too, for 1m30s",
  );
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./durations.ts";

describe("parseDuration", () => {
  const cases: [string, number | undefined][] = [
    ["0", 0],
    ["0s", 0],
    ["5s", 5000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    ["500ms", 500],
    ["1h2m3s4ms", 3_723_004],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["250μs", 0.25],
    ["1ns", 1e-6],
    [".5s", 500],
    ["1.s", 1000],
    ["-3s", -3000],
    ["+3s", 3000],
    ["3s1m", 63_000],
    ["", undefined],
    ["30", undefined],
    ["s", undefined],
    [".s", undefined],
    ["5 s", undefined],
    ["5S", undefined],
    ["5d", undefined],
    ["1m 30s", undefined],
    ["five seconds", undefined],
    ["5s ", undefined],
    ["1e3s", undefined],
    ["--1s", undefined],
  ];
  for (const [text, ms] of cases) {
    test(`reads ${JSON.stringify(text)} as ${ms === undefined ? "no duration" : `${ms} ms`}`, () => {
      assert.equal(parseDuration(text), ms);
    });
  }

  test("refuses an endless row of digits at once", () => {
    assert.equal(parseDuration("1".repeat(100_000)), undefined);
  });

  test("adds up the parts of any duration", () => {
    const part = fc.tuple(fc.nat(9999), fc.constantFrom(["ms", 1], ["s", 1000], ["m", 60_000], ["h", 3_600_000]));
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(([count, [unit]]) => `${count}${unit}`).join("");
      const ms = parts.reduce((sum, [count, [, factor]]) => sum + count * Number(factor), 0);
      assert.equal(parseDuration(text), ms);
    }));
  });

  test("never throws and never gives NaN", () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const ms = parseDuration(text);
      assert.ok(ms === undefined || Number.isFinite(ms));
    }));
  });
});

describe("formatDuration", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [250, "250ms"],
    [0.25, "0.25ms"],
    [1500, "1.5s"],
    [90_000, "1m30s"],
    [3_600_000, "1h"],
    [5_400_000, "1h30m"],
    [-2000, "-2s"],
  ];
  for (const [ms, text] of cases) {
    test(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  test("writes what parseDuration reads back", () => {
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), (ms) => {
      assert.ok(Math.abs((parseDuration(formatDuration(ms)) ?? NaN) - ms) < 1e-6);
    }));
  });
});

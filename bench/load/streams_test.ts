import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sentTimes } from "../mock_answers.ts";
import { wholeEvents } from "./streams.ts";

test("every event is seen exactly once however the stream is cut", () => {
  const times = [1.125, 2.25, 3.5];
  const stream = times.map((time) => `data: {"choices":[{"delta":{"content":" ${time.toFixed(3)}"}}]}\n\n`).join("");
  fc.assert(fc.property(fc.array(fc.nat({ max: stream.length })), (places) => {
    const at = [0, ...places.sort((a, b) => a - b), stream.length];
    const seen: number[] = [];
    let rest = "";
    for (let i = 1; i < at.length; i += 1) {
      const split = wholeEvents(rest, stream.slice(at[i - 1], at[i]));
      rest = split.rest;
      seen.push(...sentTimes(split.events, "chat"));
    }
    assert.deepEqual(seen, times);
    assert.equal(rest, "");
  }));
});

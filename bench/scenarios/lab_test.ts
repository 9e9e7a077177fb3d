import assert from "node:assert/strict";
import { test } from "node:test";
import { interleaved } from "./lab.ts";

test("every target runs once a round, and each round begins with the next one", async () => {
  const order: string[] = [];
  await interleaved(["a", "b", "c"], 4, (name, round) => {
    order.push(`${round}${name}`);
    return Promise.resolve();
  });
  assert.equal(order.join(" "), "0a 0b 0c 1b 1c 1a 2c 2a 2b 3a 3b 3c");
});

test("nothing to measure is no error", async () => {
  await interleaved([], 3, () => Promise.reject(new Error("must not be called")));
});

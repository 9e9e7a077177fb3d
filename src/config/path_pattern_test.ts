import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPathPattern } from "./path_pattern.ts";

describe("readPathPattern()", () => {
  const good = [
    ["/", { method: undefined, segments: [""], rest: false }],
    ["/v1/models", { method: undefined, segments: ["v1", "models"], rest: false }],
    ["POST /v1/x", { method: "POST", segments: ["v1", "x"], rest: false }],
    ["/v1/models/{model}", { method: undefined, segments: ["v1", "models", "{model}"], rest: false }],
    ["/v1beta/models/{model}:countTokens", {
      method: undefined,
      segments: ["v1beta", "models", "{model}:countTokens"],
      rest: false,
    }],
    ["GET /engines/*", { method: "GET", segments: ["engines"], rest: true }],
    ["/*", { method: undefined, segments: [], rest: true }],
  ] as const;
  for (const [text, pattern] of good) {
    test(`reads "${text}"`, () => assert.deepEqual(readPathPattern(text), { kind: "pattern", pattern }));
  }

  const bad = [
    ["", /must begin with "\/"/],
    ["v1/models", /must begin with "\/"/],
    ["post /v1/models", /must begin with "\/" or with one of GET/],
    ["CONNECT /v1/models", /must begin with "\/" or with one of GET/],
    ["/v1/models?x=1", /plain path/],
    ["/v1/mod%65ls", /plain path/],
    ["/v1/a b", /plain path/],
    ["/v1/../key", /".." segment/],
    ["/v1/*/models", /only as its last segment/],
    ["/v1/mod*", /only as its last segment/],
    ["/v1/{model", /whole segment/],
    ["/v1/x{model}", /whole segment/],
    ["/v1/{}", /whole segment/],
  ] as const;
  for (const [text, message] of bad) {
    test(`refuses "${text}"`, () => {
      const read = readPathPattern(text);
      assert.equal(read.kind, "problem");
      if (read.kind === "problem") assert.match(read.message, message);
    });
  }
});

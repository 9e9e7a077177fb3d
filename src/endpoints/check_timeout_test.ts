import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTimeout } from "./check_timeout.ts";
import { testEndpoint, testProfile } from "./test_support.ts";

test("a check takes as long as configured, and LiteLLM gets five seconds when nothing was said", () => {
  const cases: [string, number | undefined, number][] = [
    ["ollama", undefined, 2000],
    ["ollama", 700, 700],
    ["litellm", undefined, 5000],
    ["litellm", 3000, 3000],
    ["litellm", 20_000, 20_000],
  ];
  for (const [type, check_timeout, expected] of cases) {
    const endpoint = testEndpoint(check_timeout === undefined ? {} : { check_timeout });
    assert.equal(checkTimeout(endpoint, testProfile(type)), expected);
  }
  assert.equal(checkTimeout(testEndpoint(), undefined), 2000);
});

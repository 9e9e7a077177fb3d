import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { redactQuery } from "./redact_query.ts";

const cases: [query: string, expected: string][] = [
  ["", ""],
  ["?a=1&b=2", "?a=1&b=2"],
  ["?api_key=sk-1&a=1", "?api_key=[REDACTED]&a=1"],
  ["?a=1&token=x=y", "?a=1&token=[REDACTED]"],
  [
    "?access_token=x&key=y&password=z&secret=s&auth=t",
    "?access_token=[REDACTED]&key=[REDACTED]&password=[REDACTED]&secret=[REDACTED]&auth=[REDACTED]",
  ],
  ["?API_KEY=sk-1", "?API_KEY=[REDACTED]"],
  ["?api%5Fkey=sk-1", "?api%5Fkey=[REDACTED]"],
  ["?+token=sk-1", "?+token=[REDACTED]"],
  ["?a=1;token=sk-1", "?a=1;token=[REDACTED]"],
  ["?monkey=1&keys=2", "?monkey=1&keys=2"],
  ["?%zz=1&key=2", "?%zz=1&key=[REDACTED]"],
  ["?token=", "?token=[REDACTED]"],
  ["?token", "?token"],
  ["key=1", "key=[REDACTED]"],
];
for (const [query, expected] of cases) {
  test(`${JSON.stringify(query)} is logged as ${JSON.stringify(expected)}`, () =>
    assert.equal(redactQuery(query), expected));
}

test("no secret survives, wherever it stands and however its key is written", () => {
  const key = fc.constantFrom("api_key", "Token", "ACCESS_TOKEN", "k%65y", "password", "secret", "%61uth");
  const other = fc.stringMatching(/^[a-z0-9%=?.+-]{0,8}$/);
  fc.assert(fc.property(fc.array(other), key, fc.array(other), (before, name, after) => {
    const query = `?${[...before, `${name}=S3CRET`, ...after].join("&")}`;
    return !redactQuery(query).includes("S3CRET");
  }));
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { redactedJson, redactText } from "./redacted_json.ts";

const ROOM = 100_000;
const R = "[REDACTED]";

describe("redactedJson()", () => {
  const cases: [value: unknown, expected: unknown][] = [
    [{ api_key: "abc", "x-api-key": "abc", apiKey: "abc", API_KEY: 7 }, {
      api_key: R,
      "x-api-key": R,
      apiKey: R,
      API_KEY: R,
    }],
    [{ Authorization: "Basic abc", password: "p", a: { token: "t" } }, {
      Authorization: R,
      password: R,
      a: { token: R },
    }],
    [{ cookie: ["a=1", { b: 2 }] }, { cookie: [R, { b: 2 }] }],
    [{ max_tokens: 5, input_tokens: 7, token_count: "3" }, { max_tokens: 5, input_tokens: 7, token_count: "3" }],
    [{ properties: { token: { type: "string" } } }, { properties: { token: { type: "string" } } }],
    [{ content: "use sk-ant-abcdefgh12345678 please" }, { content: `use ${R} please` }],
    [[null, true, 1.5, "é漢🎉"], [null, true, 1.5, "é漢🎉"]],
    [{ mcp_servers: [{ authorization_token: "abc" }] }, { mcp_servers: [{ authorization_token: R }] }],
  ];
  for (const [value, expected] of cases) {
    test(JSON.stringify(value), () => assert.deepEqual(JSON.parse(redactedJson(value, ROOM) ?? ""), expected));
  }

  test("leaves values without secrets as they are", () => {
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      assert.equal(redactedJson(value, 1e6), JSON.stringify(value));
    }));
  });

  test("never becomes much longer than it may, and stays JSON", () => {
    const long = fc.oneof(fc.jsonValue(), fc.array(fc.string({ maxLength: 300 })), fc.array(fc.integer()));
    fc.assert(fc.property(fc.array(long), fc.integer({ min: 10, max: 400 }), (value, room) => {
      const json = redactedJson(value, room) ?? "";
      JSON.parse(json);
      assert.ok(json.length <= room * 8 + 200, `${json.length} for ${room}`);
    }));
  });

  test("says what it left out of an image, a long list and a long body", () => {
    assert.match(redactedJson({ data: "A".repeat(200_000) }, 1e6) ?? "", /A… \[68928 more characters\]"}$/);
    assert.match(redactedJson({ list: Array(1000).fill(1) }, 200) ?? "", /\[\d+ more items\]/);
    assert.match(redactedJson({ a: "x".repeat(90), b: 1, c: 2 }, 100) ?? "", /left out/);
  });

  test("is undefined for what is no JSON", () => assert.equal(redactedJson({ a: 1n }, ROOM), undefined));
});

describe("redactText()", () => {
  const cases: [text: string, expected: string][] = [
    ["Authorization: Bearer abcdef123456", `Authorization: Bearer ${R}`],
    ["authorization: basic dXNlcjpwYXNz", `authorization: basic ${R}`],
    ["key=sk-proj-abcdefghijkl_mnop", `key=${R}`],
    ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", R],
    ["AKIAIOSFODNN7EXAMPLE", R],
    ["hf_abcdefghijklmnopqrst", R],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123", R],
    ["the bearer of good news", "the bearer of good news"],
    ["basic understanding", `basic ${R}`],
    ["ask-me-anything-about-it", "ask-me-anything-about-it"],
    ["sk-short", "sk-short"],
  ];
  for (const [text, expected] of cases) test(text, () => assert.equal(redactText(text), expected));
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConfigIssue, describeFound, describeKind, formatIssue, formatPath } from "./issues.ts";

const issue: ConfigIssue = {
  severity: "error",
  file: "olla.yaml",
  line: 12,
  column: 7,
  path: "endpoints[2].url",
  message: "must be a URL, found 5",
};

describe("formatIssue", () => {
  test("begins with file, line, column and path", () => {
    assert.equal(formatIssue(issue), "olla.yaml:12:7: endpoints[2].url must be a URL, found 5");
  });
  test("leaves out the line where there is none, and the path where there is none", () => {
    const source = { ...issue, file: "environment variable X", line: 0, column: 0 };
    assert.equal(formatIssue(source), "environment variable X: endpoints[2].url must be a URL, found 5");
    assert.equal(formatIssue({ ...source, path: "", message: "Unknown" }), "environment variable X: Unknown");
    assert.equal(formatIssue({ ...issue, file: "", line: 0 }), "endpoints[2].url must be a URL, found 5");
  });
});

test("formatPath writes dots, list positions, and quotes around odd keys", () => {
  assert.equal(formatPath(["endpoints", 2, "headers", "X-Api-Key"]), "endpoints[2].headers.X-Api-Key");
  assert.equal(formatPath(["model_aliases", "gpt 4.1"]), 'model_aliases["gpt 4.1"]');
  assert.equal(formatPath([]), "");
});

describe("describeFound", () => {
  const cases: [unknown, string][] = [
    [undefined, "nothing"],
    [null, "nothing"],
    ["", "nothing"],
    ["30", "30"],
    ["-1.5", "-1.5"],
    ["abc", '"abc"'],
    ["a\nb", '"a\\nb"'],
    [[], "an empty list"],
    [["x"], "a list"],
    [{}, "a mapping"],
    ["http://u:pw@host/x", '"http://***@host/x"'],
  ];
  for (const [value, text] of cases) {
    test(`shows ${JSON.stringify(value) ?? "undefined"} as ${text}`, () => assert.equal(describeFound(value), text));
  }
  test("shortens long texts", () => assert.ok(describeFound("x".repeat(5000)).length < 100));
  test("has a form that shows no text at all", () => {
    assert.equal(describeKind("sk-123"), "a text that is not shown here");
    assert.equal(describeKind(["sk-123"]), "a list");
  });
});

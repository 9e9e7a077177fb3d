import assert from "node:assert/strict";
import { test } from "node:test";
import { saysLoading } from "./loading_text.ts";

const cases: [string, boolean][] = [
  ['{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}', true],
  ["The model is loading", true],
  ["Model is still loading, please wait", true],
  ['{"status":"initializing"}', true],
  ["server is starting", true],
  ["", false],
  ["Service Unavailable", false],
  ["failed to download model", false],
  ["overloaded, reloading soon", false],
];

for (const [text, expected] of cases) {
  test(`${JSON.stringify(text)} ${expected ? "speaks" : "does not speak"} of loading`, () => {
    assert.equal(saysLoading(text), expected);
  });
}

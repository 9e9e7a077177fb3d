import assert from "node:assert/strict";
import { test } from "node:test";
import { readPathPattern } from "../config/path_pattern.ts";
import { testProfile, testProfiles } from "../endpoints/test_support.ts";
import { PathModels } from "./path_models.ts";
import { ANY_SCOPE } from "./route_scope.ts";

const read = readPathPattern("/engines/{model}/completions");
assert.ok(read.kind === "pattern");
const litellm = testProfile("litellm", { paths: [read.pattern] });
const models = new PathModels(testProfiles([litellm]));

test("the model of a path is found, and found again", () => {
  for (let i = 0; i < 2; i++) {
    assert.equal(models.find(ANY_SCOPE, "POST", "/engines/openai%2Fgpt-4/completions"), "openai/gpt-4");
  }
});

test("a path without a model has none, and a type that does not list the path neither", () => {
  assert.equal(models.find(ANY_SCOPE, "POST", "/v1/chat/completions"), undefined);
  const ollama = testProfile("ollama");
  assert.equal(models.find({ kind: "type", profile: ollama }, "POST", "/engines/a/completions"), undefined);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ids } from "../catalog/catalog_test_support.ts";
import { type SurveyAnswer, surveyReport } from "./model_survey.ts";
import type { ModelAliases } from "./look_alikes.ts";

function reportOf(answers: readonly SurveyAnswer[], aliases: ModelAliases = {}): string {
  return surveyReport(answers, { aliases, joinByDigest: true });
}

describe("surveyReport()", () => {
  test("names a model_filter that leaves nothing", () => {
    const answers = [
      { endpoint: "mac", models: [], leftOut: 3 },
      { endpoint: "gpu", models: ids("a"), leftOut: 3 },
      { endpoint: "new", models: [], leftOut: 0 },
    ];
    assert.equal(
      reportOf(answers),
      "Asked 3 of 3 endpoints for their models\nHint: the model_filter of mac leaves out all its models (3)\n",
    );
  });

  test("says nothing of aliases when no server answered", () => {
    assert.equal(
      reportOf([{ endpoint: "mac", problem: "it has not answered in time" }], { fast: ["a"] }),
      "Asked 0 of 1 endpoint for its models; it did not tell:\n  mac: it has not answered in time\n",
    );
  });

  test("says of aliases what the servers that answered show, before the names that look alike", () => {
    const answers = [
      { endpoint: "mac", models: ids("m:1b"), leftOut: 0 },
      { endpoint: "gpu", models: ids("m-1b"), leftOut: 0 },
      { endpoint: "off", problem: "it has not answered in time" },
    ];
    const lines = reportOf(answers, { fast: ["zzz"] }).split("\n");
    assert.equal(lines[2], 'Hint: the alias "fast" leads nowhere: no server that answered has "zzz"');
    assert.match(lines[3] ?? "", /^Hint: .* look like one model$/);
  });
});

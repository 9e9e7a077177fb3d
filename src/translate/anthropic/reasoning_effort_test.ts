import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { reasoningEffort } from "./reasoning_effort.ts";

describe("How much a model is to think", () => {
  const budget = (tokens: number) => ({ type: "enabled", budget_tokens: tokens });
  const cases: [thinking: unknown, effort: unknown, expected: string | undefined][] = [
    [undefined, undefined, undefined],
    [budget(1024), undefined, "low"],
    [budget(4096), undefined, "low"],
    [budget(4097), undefined, "medium"],
    [budget(10_000), undefined, "medium"],
    [budget(16_384), undefined, "medium"],
    [budget(31_999), undefined, "high"],
    [{ type: "enabled" }, undefined, undefined],
    [{ type: "adaptive" }, undefined, undefined],
    [{ type: "adaptive" }, "medium", "medium"],
    [{ type: "between_tools" }, undefined, undefined],
    [budget(1024), "high", "high"],
    [undefined, "low", "low"],
    [undefined, "xhigh", "high"],
    [undefined, "max", "high"],
    [undefined, null, undefined],
    [{ type: "disabled" }, undefined, undefined],
    [{ type: "disabled" }, "high", undefined],
  ];
  for (const [thinking, effort, expected] of cases) {
    test(`${JSON.stringify(thinking)} with effort ${effort}: ${expected}`, () => {
      const request = { thinking, ...(effort !== undefined && { output_config: { effort } }) };
      assert.equal(reasoningEffort({ value: request, path: "" }), expected);
    });
  }

  test("must be said in the right types", () => {
    const refused = (request: Record<string, unknown>) =>
      refusalOf(() => reasoningEffort({ value: request, path: "" }))[0];
    assert.equal(refused({ thinking: true }), "thinking");
    assert.equal(refused({ thinking: { type: "enabled", budget_tokens: "9" } }), "thinking.budget_tokens");
    assert.equal(refused({ output_config: { effort: 3 } }), "output_config.effort");
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Ending, stopOf } from "./stop.ts";

describe("Why a message ended", () => {
  const cases: [name: string, ending: Partial<Ending>, reason: string, sequence?: string][] = [
    ["by itself", {}, "end_turn"],
    ["at its limit", { finish: "length" }, "max_tokens"],
    ["at its limit in the middle of a call", { finish: "length", hasCalls: true }, "max_tokens"],
    ["with calls", { finish: "tool_calls", hasCalls: true }, "tool_use"],
    ["with calls that the backend does not speak of", { finish: "stop", hasCalls: true }, "tool_use"],
    ["with calls that are not there", { finish: "tool_calls" }, "end_turn"],
    ["at a stop sequence", { stopSequence: "END" }, "stop_sequence", "END"],
    ["at a stop sequence without a name", { stopSequence: "" }, "end_turn"],
    ["with calls before a stop sequence", { stopSequence: "END", hasCalls: true }, "tool_use"],
    ["with a refusal", { refusal: "I will not" }, "refusal"],
    ["by a filter", { finish: "content_filter" }, "refusal"],
    ["by a filter after a call", { finish: "content_filter", hasCalls: true }, "refusal"],
  ];
  for (const [name, ending, reason, sequence = null] of cases) {
    test(name, () => {
      const stop = stopOf({ finish: "stop", refusal: "", hasCalls: false, ...ending });
      assert.equal(stop.stop_reason, reason);
      assert.equal(stop.stop_sequence, sequence);
      assert.equal(stop.stop_details !== null, reason === "refusal");
    });
  }

  test("with the words of a refusal in the details, or null", () => {
    const refused = { finish: "content_filter", hasCalls: false } as const;
    const details = { type: "refusal", category: null };
    assert.deepEqual(stopOf({ ...refused, refusal: "No" }).stop_details, { ...details, explanation: "No" });
    assert.deepEqual(stopOf({ ...refused, refusal: "" }).stop_details, { ...details, explanation: null });
  });
});

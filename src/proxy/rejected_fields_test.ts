import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RejectedFields, withoutFields } from "./rejected_fields.ts";

const BODY = {
  model: "m",
  messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "a", reasoning_content: "hm" }],
  max_tokens: 10,
  top_k: 5,
  user: "u-1",
  stream_options: { include_usage: true },
};

const MINUTE = 60_000;
const REFUSAL = { status: 400, text: "Unrecognized request argument supplied: top_k", sent: BODY };

describe("A backend that refuses a field", () => {
  const cases: [story: string, status: number, text: string, learnt: string[]][] = [
    ["is asked without it", 400, "Unrecognized request argument supplied: top_k", ["top_k"]],
    ["may name several", 422, "extra fields not permitted: top_k, stream_options", ["stream_options", "top_k"]],
    ["may speak of a message's", 400, "Unknown parameter: 'messages[1].reasoning_content'", ["reasoning_content"]],
    ["may want another name", 400, "'max_tokens' is not supported, use 'max_completion_tokens'", ["max_tokens"]],
    ["may not know who asks", 400, "Unknown parameter: 'user'", ["user"]],
    ["is not asked again for another fault", 400, "messages: the first must have the role user", []],
    ["is not asked again for what was not sent", 400, "Unknown parameter: min_p", []],
    ["is not asked again after another status", 500, "Unknown parameter: top_k", []],
  ];
  for (const [story, status, text, learnt] of cases) {
    test(story, () => {
      const rejected = new RejectedFields(() => 1);
      assert.equal(rejected.learn("a", "m", { status, text, sent: BODY }), learnt.length > 0);
      assert.deepEqual([...rejected.of("a", "m")].sort(), learnt);
      assert.equal(rejected.of("a", "other").size + rejected.of("b", "m").size, 0);
    });
  }

  test("is not asked a third time when it goes on naming the same", () => {
    const rejected = new RejectedFields(() => 1);
    assert.equal(rejected.learn("a", "m", REFUSAL), true);
    assert.equal(rejected.learn("a", "m", REFUSAL), false);
  });

  test("is tried with the field again after half an hour", () => {
    const clock = { now: 1_000 };
    const rejected = new RejectedFields(() => clock.now);
    rejected.learn("a", "m", REFUSAL);
    clock.now += 29 * MINUTE;
    rejected.confirm("a", "m");
    assert.equal(rejected.of("a", "m").size, 1);
    clock.now += 2 * MINUTE;
    assert.equal(rejected.of("a", "m").size, 0);
  });

  test("is tried with the field again when leaving it out was no help, but not with one whose absence helped", () => {
    const rejected = new RejectedFields(() => 1);
    rejected.learn("a", "m", REFUSAL);
    rejected.revoke("a", "m");
    assert.equal(rejected.of("a", "m").size, 0);
    rejected.learn("a", "m", REFUSAL);
    rejected.confirm("a", "m");
    rejected.learn("a", "m", { ...REFUSAL, text: "Unknown parameter: 'user'" });
    rejected.revoke("a", "m");
    assert.deepEqual([...rejected.of("a", "m")], ["top_k"]);
  });
});

test("A request without fields keeps everything else, and its limit under the newer name", () => {
  const left = withoutFields(BODY, new Set(["top_k", "max_tokens", "reasoning_content"]));
  const { top_k: _, max_tokens, messages, ...rest } = BODY;
  const plain = [messages[0], { role: "assistant", content: "a" }];
  assert.deepEqual(left, { ...rest, messages: plain, max_completion_tokens: max_tokens });
});

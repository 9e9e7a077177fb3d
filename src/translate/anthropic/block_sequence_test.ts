import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testContext } from "./anthropic_test_support.ts";
import { BlockSequence, type PartEvent } from "./block_sequence.ts";
import type { StreamEvent } from "./wire.ts";

/** `+0 text`, `0 "Hi"`, `-0`: an event in short. */
function short(event: StreamEvent): string {
  switch (event.type) {
    case "content_block_start":
      return `+${event.index} ${
        event.content_block.type === "tool_use" ? event.content_block.id : event.content_block.type
      }`;
    case "content_block_delta": {
      const [, value] = Object.values(event.delta);
      return `${event.index} ${value === "" ? event.delta.type : value}`;
    }
    case "content_block_stop":
      return `-${event.index}`;
    default:
      return assert.fail(`A sequence of blocks has no ${event.type}`);
  }
}

const text = (words: string): PartEvent => ({ kind: "text", text: words });
const reasoning = (words: string): PartEvent => ({ kind: "reasoning", text: words });
const call = (index: number): PartEvent => ({ kind: "tool_call", index, id: `c${index}`, name: "f" });
const args = (index: number, json: string): PartEvent => ({ kind: "tool_arguments", index, text: json });

describe("Blocks come one after the other", () => {
  const cases: [name: string, events: PartEvent[], sent: string[][]][] = [
    ["a text in pieces", [text("H"), text("i")], [["+0 text", "0 H"], ["0 i"], ["-0"]]],
    ["nothing for empty pieces", [text(""), reasoning("")], [[], [], []]],
    [
      "thinking, signed with nothing, before text",
      [reasoning("Hm"), text("Hi")],
      [["+0 thinking", "0 Hm"], ["0 signature_delta", "-0", "+1 text", "1 Hi"], ["-1"]],
    ],
    [
      "a refusal apart from the text",
      [text("Hi"), { kind: "refusal", text: "No" }],
      [["+0 text", "0 Hi"], ["-0", "+1 text", "1 No"], ["-1"]],
    ],
    [
      "two calls in their order, at once",
      [call(0), args(0, "{"), args(0, "}"), call(1), args(1, "{}")],
      [["+0 c0"], ["0 {"], ["0 }"], ["-0", "+1 c1"], ["1 {}"], ["-1"]],
    ],
    [
      "two calls by turns, the second when the first is closed",
      [call(0), call(1), args(0, '{"a"'), args(1, '{"b"'), args(0, ":1}"), args(1, ":2}")],
      [["+0 c0"], [], ['0 {"a"'], [], ["0 :1}", "-0", "+1 c1", '1 {"b"'], ["1 :2}"], ["-1"]],
    ],
    [
      "a call without arguments, which only the end can tell",
      [call(0), call(1), args(1, "{}")],
      [["+0 c0"], [], [], ["-0", "+1 c1", "1 {}", "-1"]],
    ],
    [
      "a text in the middle of a call, behind it",
      [call(0), args(0, '{"a":'), text("W"), args(0, "1"), text("ait"), args(0, "}"), text(".")],
      [["+0 c0"], ['0 {"a":'], [], ["0 1"], [], ["0 }", "-0", "+1 text", "1 Wait"], ["1 ."], ["-1"]],
    ],
    [
      "a text between two calls",
      [call(0), args(0, "{}"), text("And"), call(1), args(1, "{}")],
      [["+0 c0"], ["0 {}"], ["-0", "+1 text", "1 And"], ["-1", "+2 c1"], ["2 {}"], ["-2"]],
    ],
    [
      "arguments behind a closed object go nowhere",
      [call(0), args(0, "{}"), args(0, "}"), text("Hi"), args(0, "{}"), args(7, "{}")],
      [["+0 c0"], ["0 {}"], [], ["-0", "+1 text", "1 Hi"], [], [], ["-1"]],
    ],
    [
      "arguments that are no object, whole at the end",
      [call(0), args(0, "[1"), args(0, "]")],
      [["+0 c0"], [], [], ['0 {"INVALID_JSON":"[1]"}', "-0"]],
    ],
    ["a call that breaks off", [call(0), args(0, '{"a":"x')], [["+0 c0"], ['0 {"a":"x'], ["-0"]]],
  ];
  for (const [name, events, sent] of cases) {
    test(name, () => {
      const blocks = new BlockSequence(testContext());
      const written = [...events.map((event) => blocks.add(event)), blocks.end()];
      assert.deepEqual(written.map((some) => some.map(short)), sent);
    });
  }
});

test("A call that has no id gets one", () => {
  const [start] = new BlockSequence(testContext()).add({ kind: "tool_call", index: 0, id: "", name: "f" });
  assert.deepEqual(start, {
    type: "content_block_start",
    index: 0,
    content_block: { type: "tool_use", id: "toolu_1", name: "f", input: {}, caller: { type: "direct" } },
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { assistantMessage, assistantTurn, isEmptyTurn, joinTurns } from "./assistant_turn.ts";
import { blocksOf } from "./content_parts.ts";

function turnOf(content: unknown) {
  return assistantTurn(blocksOf({ value: { content }, path: "messages.1" }, "content"));
}

const text = (words: string, citations: unknown = null) => ({ type: "text", text: words, citations });
const use = (more = {}) => ({ type: "tool_use", id: "call_1", name: "add", input: { a: 1 }, ...more });
const call = (args: string) => ({ id: "call_1", type: "function", function: { name: "add", arguments: args } });
const cited = [{ type: "char_location" }];

describe("An assistant's message", () => {
  const cases: [name: string, content: unknown, message: Record<string, unknown>][] = [
    ["of a string", "Hi", { content: "Hi" }],
    ["of two texts, with a blank line between", [text("One"), text("Two")], { content: "One\n\nTwo" }],
    [
      "of a cited text, which is one text",
      [text("It is "), text("four", cited), text(", he says.")],
      { content: "It is four, he says." },
    ],
    ["of a call alone", [use()], { content: null, tool_calls: [call('{"a":1}')] }],
    ["of text and a call", [text("Let me see."), use()], { content: "Let me see.", tool_calls: [call('{"a":1}')] }],
    ["of text behind a call", [use(), text("Done.")], { content: "Done.", tool_calls: [call('{"a":1}')] }],
    ["of a call without input", [use({ input: undefined })], { content: null, tool_calls: [call("{}")] }],
    ["of a call with null as input", [use({ input: null })], { content: null, tool_calls: [call("{}")] }],
    [
      "of thinking with any signature",
      [{ type: "thinking", thinking: "Hm", signature: "abc" }, { type: "thinking", thinking: "So" }, text("Hi")],
      { content: "Hi", reasoning_content: "Hm\n\nSo" },
    ],
    ["of thinking alone", [{ type: "thinking", thinking: "Hm", signature: "" }], {
      content: "",
      reasoning_content: "Hm",
    }],
    ["without redacted thinking", [{ type: "redacted_thinking", data: "x" }, text("Hi")], { content: "Hi" }],
    [
      "with what a server's tool found",
      [text("I look."), { type: "server_tool_use" }, { type: "mcp_tool_result", content: "4" }, text("It is 4.")],
      { content: "I look.\n\n<tool_output>\n4\n</tool_output>\n\nIt is 4." },
    ],
    ["without unknown blocks", [{ type: "hologram" }, text("Hi")], { content: "Hi" }],
  ];
  for (const [name, content, message] of cases) {
    test(name, () => assert.deepEqual(assistantMessage(turnOf(content)), { role: "assistant", ...message }));
  }
});

test("A turn of which nothing can be said is empty", () => {
  for (const content of ["", [], [{ type: "redacted_thinking" }, { type: "fallback" }, text("")]]) {
    assert.equal(isEmptyTurn(turnOf(content)), true);
  }
  for (const content of ["x", [use()], [{ type: "thinking", thinking: "Hm" }]]) {
    assert.equal(isEmptyTurn(turnOf(content)), false);
  }
});

test("Two messages in a row are one turn", () => {
  const joined = joinTurns(turnOf([text("One"), { type: "thinking", thinking: "Hm" }]), turnOf([use(), text("Two")]));
  assert.deepEqual(assistantMessage(joined), {
    role: "assistant",
    content: "One\n\nTwo",
    tool_calls: [call('{"a":1}')],
    reasoning_content: "Hm",
  });
});

describe("A block with a wrong field is refused with its path", () => {
  const cases: [block: unknown, path: string][] = [
    [use({ id: undefined }), "messages.1.content.0.id"],
    [use({ name: "" }), "messages.1.content.0.name"],
    [use({ name: 7 }), "messages.1.content.0.name"],
    [{ type: "text", text: 7 }, "messages.1.content.0.text"],
    [{ type: "thinking", thinking: [] }, "messages.1.content.0.thinking"],
  ];
  for (const [block, path] of cases) {
    test(JSON.stringify(block), () => assert.equal(refusalOf(() => turnOf([block]))[0], path));
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { toolResult } from "./tool_result.ts";

const CALLS = new Map([["call_1", "look"]]);
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const text = (words: string) => ({ type: "text", text: words });

function resultOf(block: Record<string, unknown>) {
  return toolResult(
    { value: { type: "tool_result", tool_use_id: "call_1", ...block }, path: "messages.2.content.0" },
    CALLS,
  );
}

describe("A tool's result becomes its message", () => {
  const cases: [name: string, block: Record<string, unknown>, content: string][] = [
    ["of a string", { content: "4" }, "4"],
    ["of text blocks, with a blank line between", { content: [text("4"), text("5")] }, "4\n\n5"],
    ["of nothing", {}, ""],
    ["of an empty list", { content: [] }, ""],
    [
      "that failed, marked so that nobody takes it for output",
      { content: "No file", is_error: true },
      "<tool_error>\nNo file\n</tool_error>",
    ],
    [
      "that failed with the word in it",
      { content: "Error: no", is_error: true },
      "<tool_error>\nError: no\n</tool_error>",
    ],
    ["that failed without a word", { is_error: true }, "<tool_error></tool_error>"],
    ["that did not fail, although it says so", { content: "Error: no", is_error: false }, "Error: no"],
    [
      "of a document",
      { content: [{ type: "document", source: { type: "text", data: "D" } }] },
      "<document>\nD\n</document>",
    ],
  ];
  for (const [name, block, content] of cases) {
    test(name, () => {
      assert.deepEqual(resultOf(block), { message: { role: "tool", tool_call_id: "call_1", content }, parts: [] });
    });
  }
});

describe("Pictures in a result go to the user's message, with the call named", () => {
  const label = text("Attached by the tool call call_1 (look):");
  const cases: [name: string, block: Record<string, unknown>, content: string][] = [
    ["beside a text", { content: [text("Done"), image] }, "Done"],
    ["alone", { content: [image] }, "The result is attached to the next message."],
    ["of a failed call", { content: [text("Oh"), image], is_error: true }, "<tool_error>\nOh\n</tool_error>"],
  ];
  for (const [name, block, content] of cases) {
    test(name, () => {
      const message = { role: "tool", tool_call_id: "call_1", content };
      assert.deepEqual(resultOf(block), { message, parts: [label, picture] });
    });
  }
});

test("A result without its call is kept as the user's words", () => {
  assert.deepEqual(resultOf({ tool_use_id: "gone", content: [text("4"), image] }), {
    message: undefined,
    parts: [text("Result of the tool call gone:\n4"), picture],
  });
});

test("A result must say whose it is, and whether it failed by true or false", () => {
  assert.equal(refusalOf(() => resultOf({ tool_use_id: undefined }))[0], "messages.2.content.0.tool_use_id");
  assert.equal(refusalOf(() => resultOf({ is_error: "yes" }))[0], "messages.2.content.0.is_error");
  assert.equal(refusalOf(() => resultOf({ content: 7 }))[0], "messages.2.content.0.content");
});

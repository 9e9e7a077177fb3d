import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MessageRebuilder } from "./message_rebuilder.ts";

const event = (data: Record<string, unknown>) => `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (index: number, delta: Record<string, unknown>) => event({ type: "content_block_delta", index, delta });
const start = (index: number, content_block: Record<string, unknown>) =>
  event({ type: "content_block_start", index, content_block });

const STREAM = [
  event({
    type: "message_start",
    message: { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], usage: { input_tokens: 9 } },
  }),
  event({ type: "ping" }),
  start(0, { type: "thinking", thinking: "" }),
  delta(0, { type: "thinking_delta", thinking: "Hm, " }),
  delta(0, { type: "thinking_delta", thinking: "well" }),
  delta(0, { type: "signature_delta", signature: "sig" }),
  start(1, { type: "text", text: "" }),
  delta(1, { type: "text_delta", text: "Grüße" }),
  delta(1, { type: "text_delta", text: " 🎉" }),
  start(2, { type: "tool_use", id: "toolu_1", name: "get", input: {} }),
  delta(2, { type: "input_json_delta", partial_json: '{"a":' }),
  delta(2, { type: "input_json_delta", partial_json: "1}" }),
  event({ type: "content_block_stop", index: 2 }),
  event({
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 5 },
  }),
  event({ type: "message_stop" }),
].join("");

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [
    { type: "thinking", thinking: "Hm, well", signature: "sig" },
    { type: "text", text: "Grüße 🎉" },
    { type: "tool_use", id: "toolu_1", name: "get", input: { a: 1 } },
  ],
  usage: { input_tokens: 9, output_tokens: 5 },
  stop_reason: "tool_use",
  stop_sequence: null,
};

function rebuilt(...pieces: string[]) {
  const rebuilder = new MessageRebuilder();
  for (const piece of pieces) rebuilder.push(piece);
  return rebuilder.message();
}

describe("a rebuilt message", () => {
  test("is the one that was streamed", () => assert.deepEqual(rebuilt(STREAM), MESSAGE));

  test("is the same however the stream is cut into pieces", () => {
    fc.assert(fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 30 }), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      assert.deepEqual(rebuilt(...edges.map((edge, i) => STREAM.slice(edge, edges[i + 1]))), MESSAGE);
    }));
  });

  test("says that its stream has no end, and which error ended it", () => {
    const [head = ""] = STREAM.split("event: message_delta");
    assert.equal(rebuilt(head).incomplete, true);
    const error = { type: "overloaded_error", message: "busy" };
    const broken = rebuilt(head, event({ type: "error", error }));
    assert.deepEqual([broken.incomplete, broken.error], [true, error]);
    assert.deepEqual(rebuilt(), { type: "message", role: "assistant", content: [], incomplete: true });
  });

  test("keeps the input of a call as text when it is no JSON", () => {
    const broken = rebuilt(
      start(0, { type: "tool_use", name: "x" }),
      delta(0, { type: "input_json_delta", partial_json: "{" }),
    );
    assert.deepEqual(broken.content, [{ type: "tool_use", name: "x", input: "{" }]);
  });

  test("passes over what makes no sense", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      rebuilt(`data: ${JSON.stringify(value)}\n`, `data: ${text}\n\n`, delta(7, { type: "text_delta", text: "x" }));
    }));
  });

  test("passes over deltas of odd types, and those of the names that every object has", () => {
    const names = fc.constantFrom("constructor", "__proto__", "toString", "hasOwnProperty", "text_delta");
    fc.assert(fc.property(fc.oneof(names, fc.jsonValue()), fc.jsonValue(), (type, text) => {
      const message = rebuilt(
        start(0, { type: "text", text: "" }),
        delta(0, { type, text } as Record<string, unknown>),
      );
      const added = type === "text_delta" && typeof text === "string" ? text : "";
      assert.deepEqual(message.content, [{ type: "text", text: added }]);
    }));
  });

  test("is bounded, whatever is streamed", () => {
    const rebuilder = new MessageRebuilder();
    rebuilder.push(start(0, { type: "text", text: "" }));
    for (let i = 0; i < 300; i++) rebuilder.push(delta(0, { type: "text_delta", text: "x".repeat(10_000) }));
    const message = rebuilder.message();
    assert.ok(JSON.stringify(message).length < 1_200_000);
    assert.equal(message.incomplete, true);
  });
});

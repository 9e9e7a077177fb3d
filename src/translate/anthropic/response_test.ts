import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RESULT, testContext } from "./anthropic_test_support.ts";
import { messageOf } from "./response.ts";

const text = (words: string) => ({ type: "text", text: words, citations: null });
const use = (id: string, name: string, input: unknown) => ({
  type: "tool_use",
  id,
  name,
  input,
  caller: { type: "direct" },
});

test("A whole answer has every field that the SDK knows, and calls the model as the client does", () => {
  const usage = { inputTokens: 10, outputTokens: 3, cachedTokens: 4 };
  assert.deepEqual(messageOf({ ...RESULT, text: "Hi", usage }, testContext()), {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-local",
    content: [text("Hi")],
    container: null,
    diagnostics: null,
    stop_reason: "end_turn",
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 6,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 4,
      output_tokens: 3,
      output_tokens_details: null,
      server_tool_use: null,
      cache_creation: null,
      inference_geo: null,
      service_tier: null,
      speed: null,
    },
  });
});

describe("The content of a whole answer", () => {
  const calls = [{ id: "c1", name: "add", arguments: '{"a":1}' }, { id: "", name: "now", arguments: "" }];
  const thinking = { type: "thinking", thinking: "Hm", signature: "" };
  const cases: [name: string, result: Partial<typeof RESULT>, content: unknown[]][] = [
    [
      "is thinking, then text, then calls",
      { reasoning: "Hm", text: "I add.", toolCalls: calls },
      [thinking, text("I add."), use("c1", "add", { a: 1 }), use("toolu_2", "now", {})],
    ],
    ["has a refusal as text", { text: "Well.", refusal: "No" }, [text("Well."), text("No")]],
    ["is thinking alone when no more came", { reasoning: "Hm", finish: "length" }, [thinking]],
    ["is one empty text when nothing came", {}, [text("")]],
    [
      "keeps arguments that are no JSON",
      { toolCalls: [{ id: "c1", name: "add", arguments: "{a" }] },
      [use("c1", "add", { INVALID_JSON: "{a" })],
    ],
  ];
  for (const [name, result, content] of cases) {
    test(name, () => assert.deepEqual(messageOf({ ...RESULT, ...result }, testContext()).content, content));
  }

  test("and why it ended agree", () => {
    const made = (result: Partial<typeof RESULT>) => messageOf({ ...RESULT, ...result }, testContext()).stop_reason;
    assert.equal(made({ toolCalls: calls }), "tool_use");
    assert.equal(made({ refusal: "No" }), "refusal");
    assert.equal(made({ finish: "length" }), "max_tokens");
    assert.equal(made({ stopSequence: "END" }), "stop_sequence");
  });
});

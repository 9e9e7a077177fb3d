import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collect, eventsOf, resultOf } from "./chat_answer.ts";
import type { ChatResult } from "./chat_event.ts";
import { countedIds } from "./test_support.ts";

const EMPTY: ChatResult = {
  id: "chatcmpl-a",
  model: "m",
  reasoning: "",
  text: "",
  refusal: "",
  toolCalls: [],
  finish: "stop",
  usage: undefined,
};

function answer(message: unknown, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { id: "chatcmpl-a", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }], ...more };
}

function read(json: unknown): ChatResult {
  return resultOf(json, { newId: countedIds() });
}

describe("a whole answer", () => {
  const call = (id: string | undefined, name: string, args: unknown) => ({ id, function: { name, arguments: args } });
  const cases: readonly (readonly [string, unknown, Partial<ChatResult>])[] = [
    ["text", answer({ role: "assistant", content: "Hi" }), { text: "Hi" }],
    ["null content", answer({ content: null }), {}],
    ["content in parts", answer({ content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }), {
      text: "ab",
    }],
    ["a refusal", answer({ content: null, refusal: "No" }), { refusal: "No" }],
    ["reasoning_content", answer({ content: "a", reasoning_content: "hm" }), { text: "a", reasoning: "hm" }],
    ["reasoning", answer({ content: "a", reasoning: "hm" }), { text: "a", reasoning: "hm" }],
    [
      "tool calls, each a call whatever its index and id",
      answer({
        content: null,
        tool_calls: [call("a", "f", '{"x":1}'), call("a", "f", "{}"), call(undefined, "f", "{}")],
      }),
      {
        finish: "tool_calls",
        toolCalls: [
          { id: "a", name: "f", arguments: '{"x":1}' },
          { id: "a", name: "f", arguments: "{}" },
          { id: "call_1", name: "f", arguments: "{}" },
        ],
      },
    ],
    [
      "arguments as an object, and none",
      answer({ tool_calls: [call("a", "f", { x: 1 }), call("b", "g", undefined), call("c", "h", "")] }),
      {
        finish: "tool_calls",
        toolCalls: [
          { id: "a", name: "f", arguments: '{"x":1}' },
          { id: "b", name: "g", arguments: "{}" },
          { id: "c", name: "h", arguments: "{}" },
        ],
      },
    ],
    [
      "a function_call of old",
      answer({ function_call: { name: "f", arguments: "{}" } }),
      { finish: "tool_calls", toolCalls: [{ id: "call_1", name: "f", arguments: "{}" }] },
    ],
    [
      "token counts",
      answer({ content: "a" }, { usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } }),
      { text: "a", usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    ["llama.cpp's timings", answer({ content: "a" }, { timings: { prompt_n: 3, predicted_n: 1 } }), {
      text: "a",
      usage: { inputTokens: 3, outputTokens: 1 },
    }],
    ["a legacy completion", { id: "chatcmpl-a", model: "m", choices: [{ text: "Hi", finish_reason: "length" }] }, {
      text: "Hi",
      finish: "length",
    }],
    ["a stop sequence", {
      id: "chatcmpl-a",
      model: "m",
      choices: [{ message: { content: "a" }, finish_reason: "stop", stop_reason: "##" }],
    }, { text: "a", stopSequence: "##" }],
    ["no message", { id: "chatcmpl-a", model: "m", choices: [{ finish_reason: "length" }] }, { finish: "length" }],
    ["no finish reason, no id, no model", { choices: [{ message: { content: "a" } }] }, {
      id: "chatcmpl-1",
      model: "",
      text: "a",
    }],
    ["the first choice of two", {
      id: "chatcmpl-a",
      model: "m",
      choices: [{ index: 1, message: { content: "b" } }, { index: 0, message: { content: "a" } }],
    }, { text: "a" }],
  ];
  for (const [name, json, expected] of cases) test(name, () => assert.deepEqual(read(json), { ...EMPTY, ...expected }));
});

describe("what is no answer is an error of its own type", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["no choices", { id: "x" }, "The backend's answer has no choices"],
    ["an empty list of choices", { choices: [] }, "The backend's answer has no choices"],
    ["a text", "Hi", "The backend's answer is not a JSON object"],
    ["null", null, "The backend's answer is not a JSON object"],
    ["an error", { error: { message: "out of memory" } }, "out of memory"],
    [
      "a call without a name",
      answer({ tool_calls: [{ id: "a", function: { arguments: "{}" } }] }),
      "The backend sent a tool call without the name of a function",
    ],
  ];
  for (const [name, json, message] of cases) {
    test(name, () => assert.throws(() => read(json), { name: "AnswerError", message }));
  }
});

describe("events of a whole answer", () => {
  test("tell everything once, in order", () => {
    const result: ChatResult = {
      ...EMPTY,
      reasoning: "hm",
      text: "Hi",
      toolCalls: [{ id: "a", name: "f", arguments: "{}" }],
      finish: "tool_calls",
      usage: { inputTokens: 1, outputTokens: 2 },
    };
    assert.deepEqual(eventsOf(result), [
      { kind: "start", id: "chatcmpl-a", model: "m" },
      { kind: "reasoning", text: "hm" },
      { kind: "text", text: "Hi" },
      { kind: "tool_call", index: 0, id: "a", name: "f" },
      { kind: "tool_arguments", index: 0, text: "{}" },
      { kind: "finish", reason: "tool_calls" },
      { kind: "usage", usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
  });

  test("of none come to an empty answer", () => {
    assert.deepEqual(collect([]), { ...EMPTY, id: "", model: "" });
  });
});

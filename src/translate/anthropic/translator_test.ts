import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { ChatMessage } from "../chat/chat_request.ts";
import { chatFor, chatResult, jsonObject, RESULT, testContext } from "./anthropic_test_support.ts";
import { anthropicTranslator } from "./translator.ts";
import type { Message } from "./wire.ts";

function answer(result: typeof RESULT): Message {
  // A message as the client reads it: through JSON.
  return JSON.parse(JSON.stringify(anthropicTranslator.writer(testContext()).whole({ kind: "chat", result })));
}

function messagesFor(messages: readonly unknown[]): readonly ChatMessage[] {
  return chatFor({ messages }).messages as readonly ChatMessage[];
}

describe("What both dialects can say survives there and back", () => {
  test("an answer, as the client sends it back: text, thinking and calls", () => {
    fc.assert(fc.property(chatResult, (result) => {
      const { role, content } = answer(result);
      const [, message] = messagesFor([{ role: "user", content: "Hi" }, { role, content }, {
        role: "user",
        content: "So",
      }]);
      const texts = [result.text, result.refusal].filter((text) => text !== "");
      const calls = result.toolCalls.map(({ id, name, arguments: args }) => [id, name, JSON.parse(args)]);
      // Nothing was said, so the two turns of the user become one.
      if (texts.length + calls.length === 0 && result.reasoning === "") return assert.equal(message, undefined);
      assert.ok(message?.role === "assistant");
      assert.equal(message.content ?? "", texts.join("\n\n"));
      assert.equal(message.reasoning_content ?? "", result.reasoning);
      const back = (message.tool_calls ?? []).map(({ id, function: f }) => [id, f.name, JSON.parse(f.arguments)]);
      assert.deepEqual(back, calls);
    }));
  });

  test("the results of tools, failed or not", () => {
    const results = fc.uniqueArray(
      fc.record({ id: fc.string({ minLength: 1 }), text: fc.string(), failed: fc.boolean() }),
      { selector: (one) => one.id, minLength: 1, maxLength: 4 },
    );
    fc.assert(fc.property(results, fc.string(), (list, words) => {
      const uses = list.map(({ id }) => ({ type: "tool_use", id, name: "f", input: {} }));
      const blocks = list.map(({ id, text, failed }) => (
        { type: "tool_result", tool_use_id: id, content: [{ type: "text", text }], is_error: failed }
      ));
      const content = [...blocks, { type: "text", text: words }];
      const [, , ...rest] = messagesFor([
        { role: "user", content: "Hi" },
        { role: "assistant", content: uses },
        { role: "user", content },
      ]);
      const tools = rest.filter((message) => message.role === "tool");
      assert.deepEqual(tools.map((message) => message.tool_call_id), list.map(({ id }) => id));
      for (const [i, { text, failed }] of list.entries()) {
        const sent = tools[i]?.content;
        assert.equal(
          sent,
          !failed ? text : text === "" ? "<tool_error></tool_error>" : `<tool_error>\n${text}\n</tool_error>`,
        );
      }
      assert.deepEqual(rest.slice(list.length), words === "" ? [] : [{ role: "user", content: words }]);
    }));
  });

  test("the parameters of a request", () => {
    const number = fc.double({ noNaN: true, min: 0, max: 2 }).map((value) => value === 0 ? 0 : value);
    const parameters = fc.record({
      max_tokens: fc.integer({ min: 1 }),
      temperature: number,
      top_p: number,
      top_k: fc.nat(),
      stop_sequences: fc.array(fc.string(), { minLength: 1 }),
      metadata: fc.record({ user_id: fc.string({ minLength: 1, maxLength: 64 }) }),
      tools: fc.array(
        fc.record({ name: fc.string({ minLength: 1 }), description: fc.string(), input_schema: jsonObject }),
        { minLength: 1, maxLength: 3 },
      ),
    }, { requiredKeys: [] });
    fc.assert(fc.property(parameters, ({ stop_sequences, metadata, tools, ...same }) => {
      const { messages: _, stop, user, tools: functions, ...rest } = chatFor({
        stop_sequences,
        metadata,
        tools,
        ...same,
      });
      assert.deepEqual(rest, same);
      assert.deepEqual(stop, stop_sequences);
      assert.equal(user, metadata?.user_id);
      const expected = tools?.map(({ input_schema: parameters, ...tool }) => ({
        type: "function",
        function: { ...tool, parameters },
      }));
      assert.deepEqual(functions, expected);
    }));
  });
});

test("Writers share nothing: two answers at once do not mix", () => {
  const [one, two] = [anthropicTranslator.writer(testContext()), anthropicTranslator.writer(testContext())];
  one.event({ kind: "text", text: "One" });
  assert.match(two.event({ kind: "text", text: "Two" }), /message_start[\s\S]*"index":0[\s\S]*"Two"/);
  assert.match(one.event({ kind: "reasoning", text: "Hm" }), /"index":1/);
});

test("Embeddings are no answer to a message", () => {
  const writer = anthropicTranslator.writer(testContext());
  const embeddings = { kind: "embeddings", vectors: [], model: "m", inputTokens: 1 } as const;
  assert.throws(() => writer.whole(embeddings), (error) => error instanceof OllaError && error.code === "internal");
});

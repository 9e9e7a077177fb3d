import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { AnswerContext } from "../translator.ts";
import { anthropicTranslator } from "./translator.ts";

/** A context whose ids count up: `msg_1`, `toolu_2`. */
export function testContext(): AnswerContext {
  let ids = 0;
  return {
    model: "claude-local",
    request: { model: "claude-local", messages: [] },
    newId: (prefix) => `${prefix}${++ids}`,
    now: () => 1_700_000_000_000,
    arrivedAt: 1_699_999_999_000,
  };
}

export const RESULT: ChatResult = {
  id: "chatcmpl-1",
  model: "native",
  reasoning: "",
  text: "",
  refusal: "",
  toolCalls: [],
  finish: "stop",
  usage: undefined,
};

/** The events of a whole answer, in the order in which a model makes its parts. */
export function eventsOf(result: ChatResult): ChatEvent[] {
  return [
    { kind: "start", id: result.id, model: result.model },
    { kind: "reasoning", text: result.reasoning },
    { kind: "text", text: result.text },
    { kind: "refusal", text: result.refusal },
    ...result.toolCalls.flatMap((call, index): ChatEvent[] => [
      { kind: "tool_call", index, id: call.id, name: call.name },
      { kind: "tool_arguments", index, text: call.arguments },
    ]),
    { kind: "finish", reason: result.finish, stopSequence: result.stopSequence },
    ...(result.usage === undefined ? [] : [{ kind: "usage", usage: result.usage } as const]),
  ];
}

/** What a client gets for the events of one answer. */
export function streamText(events: readonly ChatEvent[], context: AnswerContext = testContext()): string {
  const writer = anthropicTranslator.writer(context);
  return events.map((event) => writer.event(event)).join("") + writer.end();
}

/** An SDK client that gets `text` as the answer to any streamed request. */
export function sdkReading(text: string) {
  const answer = () => Promise.resolve(new Response(text, { headers: { "content-type": "text/event-stream" } }));
  const client = new Anthropic({ apiKey: "none", baseURL: "http://127.0.0.1:1", maxRetries: 0, fetch: answer });
  return client.messages.stream({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "Hi" }] });
}

/** A message as plain JSON: the SDK adds what is not on the wire. */
export function plain(message: unknown): unknown {
  const { parsed_output: _, ...rest } = JSON.parse(JSON.stringify(message));
  return rest;
}

/** The path and the complaint of the refusal that `run` throws. */
export function refusalOf(run: () => unknown): [path: string | undefined, message: string] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof OllaError, `Thrown: ${error}`);
    assert.equal(error.code, "invalid_request");
    return [error.param, error.message];
  }
  return assert.fail("Nothing was refused");
}

/** The chat request for a request, with one plain message unless it has its own. */
export function chatFor(request: JsonObject): JsonObject {
  return anthropicTranslator.request({ model: "m", messages: [{ role: "user", content: "Hi" }], ...request }).body;
}

/** Any JSON object, such as the arguments of a call. */
export const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((key) => key !== "__proto__"),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 4 },
).map((object) => JSON.parse(JSON.stringify(object)));

/** Whole answers, as models and servers make them: distinct ids, arguments that are objects. */
export const chatResult: fc.Arbitrary<ChatResult> = fc.record({
  id: fc.constant("chatcmpl-1"),
  model: fc.constant("native"),
  reasoning: fc.string({ unit: "grapheme" }),
  text: fc.string({ unit: "grapheme" }),
  refusal: fc.oneof({ weight: 4, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.string() }),
  toolCalls: fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1 }),
      name: fc.string({ minLength: 1 }),
      arguments: jsonObject.map((o) => JSON.stringify(o)),
    }),
    { maxLength: 3, selector: (call) => call.id },
  ),
  finish: fc.constantFrom("stop", "length", "tool_calls", "content_filter"),
  stopSequence: fc.option(fc.string(), { nil: undefined }),
  usage: fc.option(
    fc.record({
      inputTokens: fc.nat(9999),
      outputTokens: fc.nat(9999),
      cachedTokens: fc.option(fc.nat(9999), { nil: undefined }),
      reasoningTokens: fc.option(fc.nat(9999), { nil: undefined }),
    }),
    { nil: undefined },
  ),
});

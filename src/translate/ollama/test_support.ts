/**
 * What the tests of this dialect share.
 * @module
 */
import assert from "node:assert/strict";
import { OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { AnswerContext, AnswerWriter, Translator } from "../translator.ts";

/** When the request of {@link answerContext} came, epoch ms. */
export const ARRIVED_AT = Date.UTC(2025, 5, 1, 10, 0, 0, 0);

/** A context whose clock is a second further with each look at it, beginning at `ARRIVED_AT`. */
export function answerContext(request: JsonObject = {}): AnswerContext {
  let looks = 0;
  return {
    model: "asked:8b",
    request,
    newId: (prefix) => `${prefix}1`,
    now: () => ARRIVED_AT + 1000 * looks++,
    arrivedAt: ARRIVED_AT,
  };
}

/** A whole answer that says nothing but what is given. */
export function chatResult(said: Partial<ChatResult>): ChatResult {
  return {
    id: "chatcmpl-1",
    model: "native-8b",
    reasoning: "",
    text: "",
    refusal: "",
    toolCalls: [],
    finish: "stop",
    usage: undefined,
    ...said,
  };
}

/** The lines of a stream. Each must end, as a client waits for the end of a line. */
export function linesOf(text: string): JsonObject[] {
  assert.match(text, /^(.+\n)*$/);
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** Writes a stream that ends as it should. */
export function streamed(writer: AnswerWriter, events: readonly ChatEvent[]): JsonObject[] {
  return linesOf(events.map((event) => writer.event(event)).join("") + writer.end());
}

/** The refusal of a request, which names a field. */
export function refusal(translator: Translator, body: JsonObject): { field: string | undefined; message: string } {
  try {
    translator.request(body);
  } catch (error) {
    assert.ok(error instanceof OllaError, String(error));
    assert.equal(error.code, "invalid_request");
    return { field: error.param, message: error.message };
  }
  assert.fail("The request was not refused");
}

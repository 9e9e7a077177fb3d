import assert from "node:assert/strict";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult } from "../chat/chat_event.ts";
import type { ChatRequest, JsonObject } from "../chat/chat_request.ts";
import type { AnswerContext } from "../translator.ts";
import type { OutputItem, ResponseBody } from "./response_types.ts";
import { requestWith } from "./request.ts";
import { responseWriter } from "./response_writer.ts";

/** An event as it came over the wire. */
export type WireEvent = JsonObject & { readonly type: string; readonly sequence_number: number };

/** A context with ids that count up: `msg_1`, `rs_2`. The clock stands at two seconds. */
export function contextOf(request: JsonObject = {}): AnswerContext {
  let count = 0;
  return { model: "llama", request, newId: (prefix) => `${prefix}${++count}`, now: () => 2000, arrivedAt: 1000 };
}

/** The events of an event stream; each must be written under its own name. */
export function wireEvents(text: string): WireEvent[] {
  assert.ok(text === "" || text.endsWith("\n\n"));
  return text.split("\n\n").slice(0, -1).map((block) => {
    const match = /^event: (\S+)\ndata: (\{[^\n]*\})$/.exec(block);
    assert.ok(match !== null, block);
    const event = JSON.parse(match[2] ?? "") as WireEvent;
    assert.equal(match[1], event.type);
    return event;
  });
}

/** What a client gets for these events of the backend. */
export function streamOf(events: readonly ChatEvent[], request: JsonObject = {}): string {
  const writer = responseWriter(contextOf(request));
  return events.map((event) => writer.event(event)).join("") + writer.end();
}

export function wholeOf(result: Partial<ChatResult>, request: JsonObject = {}): ResponseBody {
  const empty = { id: "", model: "", reasoning: "", text: "", refusal: "", toolCalls: [], finish: "stop" } as const;
  const answer = { kind: "chat", result: { ...empty, usage: undefined, ...result } } as const;
  return responseWriter(contextOf(request)).whole(answer) as ResponseBody;
}

export function chatOf(body: JsonObject): ChatRequest {
  return requestWith(body, undefined).body as ChatRequest;
}

/** Asserts a refusal, and gives what it says. */
export function refusalOf(call: () => unknown, param: string): string {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof OllaError, String(error));
    assert.equal(error.code, "invalid_request");
    assert.equal(error.param, param);
    return error.message;
  }
  throw new assert.AssertionError({ message: `Nothing was refused for ${param}` });
}

/** Items with their ids blanked: these differ from answer to answer. */
export function withoutIds(items: readonly OutputItem[]): unknown[] {
  return items.map((item) => ({ ...item, id: "" }));
}

/** Any JSON that has the words of this API in it, so that it comes far. */
export function anyJson(words: readonly string[], keys: readonly string[]): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...words),
      fc.constantFrom<unknown>(null, true, 0, -1.5, "", "x"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 5 }),
    ),
  })).value;
}

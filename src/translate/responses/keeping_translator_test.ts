import assert from "node:assert/strict";
import { test } from "node:test";
import { OllaError } from "../../errors.ts";
import type { ChatResult } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { keepingTranslator } from "./keeping_translator.ts";

const RESULT: ChatResult = {
  id: "c1",
  model: "m",
  reasoning: "",
  text: "Rome",
  refusal: "",
  toolCalls: [],
  finish: "stop",
  usage: undefined,
};

/** Sends a request and its answer through; the id of the response. */
function exchange(translator: ReturnType<typeof keepingTranslator>, request: JsonObject, id: string): string {
  const newId = (prefix: string) => `${prefix}${id}`;
  translator.request(request);
  const writer = translator.writer({ model: "m", request, newId, now: () => 1000, arrivedAt: 0 });
  const body = writer.whole({ kind: "chat", result: RESULT }) as { id: string };
  return body.id;
}

test("a request that names the last response continues its conversation", () => {
  const translator = keepingTranslator(new Map());
  const first = exchange(translator, { model: "m", input: "Capital of Italy?" }, "1");
  const second = { model: "m", input: "And its river?", previous_response_id: first };
  const texts = (request: JsonObject) =>
    (translator.request(request).body.messages as JsonObject[]).map(({ role, content }) => `${role}: ${content}`);
  assert.deepEqual(texts(second), ["user: Capital of Italy?", "assistant: Rome", "user: And its river?"]);
  const third = { model: "m", input: "Thanks", previous_response_id: exchange(translator, second, "2") };
  assert.equal(texts(third).length, 5);
});

test("a conversation that is pushed out while its next answer comes is still answered, and stored", () => {
  const store = new Map<string, readonly unknown[]>();
  const translator = keepingTranslator(store);
  const first = exchange(translator, { model: "m", input: "Capital of Italy?" }, "1");
  const request = { model: "m", input: "And its river?", previous_response_id: first };
  translator.request(request);
  store.clear();
  const writer = translator.writer({
    model: "m",
    request,
    newId: (prefix) => `${prefix}2`,
    now: () => 1,
    arrivedAt: 0,
  });
  writer.whole({ kind: "chat", result: RESULT });
  assert.equal(store.get("resp_2")?.length, 4);
});

test("a response that was not to be stored cannot be followed", () => {
  const translator = keepingTranslator(new Map());
  const id = exchange(translator, { model: "m", input: "Hi", store: false }, "1");
  assert.throws(
    () => translator.request({ model: "m", input: "Hi", previous_response_id: id }),
    (error) => error instanceof OllaError && error.status === 400 && error.param === "previous_response_id",
  );
});

import type * as sdk from "@anthropic-ai/sdk/resources/messages";
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, RESULT, testContext } from "./anthropic_test_support.ts";
import { messageOf } from "./response.ts";
import { MessageStream } from "./stream.ts";
import type { Message, StreamEvent } from "./wire.ts";

/** The SDK's types with its lists read-only, as ours are. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

const asSdkMessage = (message: Message): Frozen<sdk.Message> => message;
const asSdkEvent = (event: Exclude<StreamEvent, { type: "ping" }>): Frozen<sdk.RawMessageStreamEvent> => event;
const asSdkUsage = (message: Message): Frozen<Required<sdk.Usage>> => message.usage;

test("What is written is what the SDK's types say, field by field", () => {
  const toolCalls = [{ id: "c", name: "f", arguments: "{}" }];
  const result = { ...RESULT, reasoning: "Hm", text: "Hi", toolCalls };
  const message = messageOf(result, testContext());
  assert.equal(asSdkMessage(message).type, "message");
  assert.equal(asSdkUsage(message).service_tier, null);

  const stream = new MessageStream(testContext());
  const events = [...eventsOf(result).flatMap((event) => stream.add(event)), ...stream.end()];
  const names = events.filter((event) => event.type !== "ping").map((event) => asSdkEvent(event).type);
  assert.equal(names.length, events.length - 1);
});

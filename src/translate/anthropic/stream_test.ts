import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult } from "../chat/chat_event.ts";
import { chatResult, eventsOf, plain, RESULT, sdkReading, streamText, testContext } from "./anthropic_test_support.ts";
import { messageOf } from "./response.ts";
import { anthropicTranslator } from "./translator.ts";

/** Every event of a stream, parsed, with the name of its `event:` line checked against its type. */
function parse(text: string): { type: string; [key: string]: unknown }[] {
  assert.ok(text.endsWith("\n\n"));
  return text.slice(0, -2).split("\n\n").map((lines) => {
    const [, name, json] = /^event: (\w+)\ndata: (.*)$/.exec(lines) ?? assert.fail(`Not an event: ${lines}`);
    const event = JSON.parse(json ?? "");
    assert.equal(event.type, name);
    return event;
  });
}

const START: ChatEvent = { kind: "start", id: "chatcmpl-1", model: "native" };
const message = messageOf(RESULT, testContext());

test("A stream has the events that Anthropic's documentation shows, in its order", () => {
  const text = streamText([
    START,
    { kind: "text", text: "Let me see." },
    { kind: "tool_call", index: 0, id: "call_1", name: "weather" },
    { kind: "tool_arguments", index: 0, text: '{"at":' },
    { kind: "tool_arguments", index: 0, text: '"Bonn"}' },
    { kind: "finish", reason: "tool_calls" },
    { kind: "usage", usage: { inputTokens: 10, outputTokens: 7, cachedTokens: 6, reasoningTokens: 2 } },
  ]);
  const use = { type: "tool_use", id: "call_1", name: "weather", input: {}, caller: { type: "direct" } };
  assert.deepEqual(parse(text), [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    { type: "ping" },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "", citations: null } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Let me see." } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: use },
    { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"at":' } },
    { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '"Bonn"}' } },
    { type: "content_block_stop", index: 1 },
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null, stop_details: null, container: null },
      usage: {
        input_tokens: 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 6,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 2 },
        server_tool_use: null,
      },
    },
    { type: "message_stop" },
  ]);
});

describe("A stream", () => {
  const typesOf = (events: ChatEvent[]) => parse(streamText(events)).map((event) => event.type);
  const block = ["content_block_start", "content_block_stop"];

  test("of nothing has one empty text, so that SDKs find a text", async () => {
    for (const events of [[], [START], [START, { kind: "finish", reason: "stop" } as const]]) {
      assert.deepEqual(typesOf(events), ["message_start", "ping", ...block, "message_delta", "message_stop"]);
      assert.equal(await sdkReading(streamText(events)).finalText(), "");
    }
  });

  test("that begins without saying so begins all the same", () => {
    assert.deepEqual(typesOf([{ kind: "text", text: "Hi" }]), typesOf([START, { kind: "text", text: "Hi" }]));
  });

  test("says at its start what tokens are known then", () => {
    const usage = { kind: "usage", usage: { inputTokens: 10, outputTokens: 0 } } as const;
    const [start] = parse(streamText([usage, START]));
    assert.equal((start as unknown as { message: typeof message }).message.usage.input_tokens, 10);
  });

  test("sends each piece at once, and nothing for what the client does not see", () => {
    const writer = anthropicTranslator.writer(testContext());
    assert.match(writer.event(START), /^event: message_start\n.*\n\nevent: ping\ndata: \{"type":"ping"\}\n\n$/);
    assert.match(writer.event({ kind: "text", text: "H" }), /"text":"H"/);
    assert.match(writer.event({ kind: "text", text: "i" }), /"text":"i"/);
    assert.match(writer.event({ kind: "finish", reason: "stop" }), /^event: content_block_stop\n.*\n\n$/);
    assert.equal(writer.event({ kind: "usage", usage: { inputTokens: 1, outputTokens: 1 } }), "");
    assert.match(writer.end(), /^event: message_delta\n.*\n\nevent: message_stop\n.*\n\n$/);
  });

  test("that names a stop sequence passes it on", async () => {
    const events: ChatEvent[] = [START, { kind: "text", text: "Hi" }, {
      kind: "finish",
      reason: "stop",
      stopSequence: "END",
    }];
    const { stop_reason, stop_sequence } = await sdkReading(streamText(events)).finalMessage();
    assert.deepEqual({ stop_reason, stop_sequence }, { stop_reason: "stop_sequence", stop_sequence: "END" });
  });

  test("with a refusal ends as one, with its words", async () => {
    const refusal = (text: string): ChatEvent => ({ kind: "refusal", text });
    const read = await sdkReading(streamText([START, refusal("I "), refusal("will not")])).finalMessage();
    assert.deepEqual(read.content.map((one) => one.type === "text" && one.text), ["I will not"]);
    assert.equal(read.stop_reason, "refusal");
    assert.equal(read.stop_details?.explanation, "I will not");
  });
});

describe("A stream that breaks off", () => {
  const error = new OllaError("upstream_error", "The model's server broke off. Try again");

  test("ends with an error and closes nothing, so that no one takes it for complete", () => {
    const writer = anthropicTranslator.writer(testContext());
    const text = writer.event(START) + writer.event({ kind: "text", text: "Hal" }) + writer.fail(error, "req_1");
    const events = parse(text);
    assert.deepEqual(events.map((event) => event.type), [
      ...["message_start", "ping", "content_block_start", "content_block_delta", "error"],
    ]);
    assert.deepEqual(events.at(-1), {
      type: "error",
      error: { type: "api_error", message: "The model's server broke off. Try again" },
      request_id: "req_1",
    });
  });

  test("is an error to the SDK", async () => {
    const writer = anthropicTranslator.writer(testContext());
    const text = writer.event(START) + writer.event({ kind: "text", text: "Hal" }) + writer.fail(error, "req_1");
    await assert.rejects(sdkReading(text).finalMessage(), /The model's server broke off/);
  });

  test("before it began is an error alone", () => {
    const events = parse(anthropicTranslator.writer(testContext()).fail(error, "req_1"));
    assert.deepEqual(events.map((event) => event.type), ["error"]);
  });
});

/** The SDK's reading of an answer as a stream. Ids count up alike in both ways of writing. */
async function readStream(events: readonly ChatEvent[]) {
  return plain(await sdkReading(streamText(events)).finalMessage());
}

/** Cuts the texts of events into pieces; cuts may fall anywhere, also into an escape. */
function inPieces(events: readonly ChatEvent[], size: number): ChatEvent[] {
  return events.flatMap((event): ChatEvent[] => {
    if (!("text" in event)) return [event];
    const count = Math.ceil(event.text.length / size);
    return Array.from({ length: count }, (_, i) => ({ ...event, text: event.text.slice(i * size, (i + 1) * size) }));
  });
}

/** Moves the arguments of all calls behind the last call's name, one piece of each by turns. */
function byTurns(events: readonly ChatEvent[]): ChatEvent[] {
  const isArguments = (event: ChatEvent) => event.kind === "tool_arguments";
  const lists = Map.groupBy(events.filter(isArguments), (event) => event.kind === "tool_arguments" ? event.index : 0);
  const rounds = Math.max(0, ...[...lists.values()].map((list) => list.length));
  const mixed = Array.from({ length: rounds }, (_, i) => [...lists.values()].flatMap((list) => list[i] ?? [])).flat();
  const others = events.filter((event) => !isArguments(event));
  const end = others.findIndex((event) => event.kind === "finish");
  return [...others.slice(0, end), ...mixed, ...others.slice(end)];
}

describe("What the SDK gathers from a stream is the whole answer", () => {
  const check = async (result: ChatResult, events: readonly ChatEvent[]) => {
    assert.deepEqual(await readStream(events), plain(messageOf(result, testContext())));
  };

  test("for any answer, in any pieces", async () => {
    await fc.assert(fc.asyncProperty(chatResult, fc.integer({ min: 1, max: 9 }), (result, size) => {
      return check(result, inPieces(eventsOf(result), size));
    }));
  });

  test("for calls that come by turns", async () => {
    await fc.assert(fc.asyncProperty(chatResult, fc.integer({ min: 1, max: 9 }), (result, size) => {
      return check(result, byTurns(inPieces(eventsOf(result), size)));
    }));
  });

  const odd = ["", "null", " {} ", '"{\\"a\\":1}"', '{"a":1}}', '{"a":1}{"a":1}', "[1]", "ls", '{"a": "}"} x'];
  for (const args of odd) {
    test(`for arguments such as ${JSON.stringify(args)}, cut at every character`, async () => {
      const call = { name: "f", arguments: args };
      const result: ChatResult = { ...RESULT, toolCalls: [{ id: "a", ...call }, { id: "b", ...call }] };
      await check(result, inPieces(eventsOf(result), 1));
      await check(result, byTurns(inPieces(eventsOf(result), 1)));
    });
  }
});

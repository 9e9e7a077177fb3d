import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ChatDecoder, LONGEST_EVENT } from "./chat_decoder.ts";
import type { ChatEvent } from "./chat_event.ts";
import { chunk, countedIds, decode, DONE, joined, lastChunk, streamText } from "./test_support.ts";

const START: ChatEvent = { kind: "start", id: "chatcmpl-a", model: "m" };
const HELLO: ChatEvent = { kind: "text", text: "Grüße 👋" };
const STOP: ChatEvent = { kind: "finish", reason: "stop" };

const hello = streamText([
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Grüße 👋" }),
  lastChunk("stop"),
  DONE,
]);

describe("an answer is read the same however it is framed", () => {
  const framings: readonly (readonly [string, string])[] = [
    ["as usual", hello],
    ["data: without a space", hello.replaceAll("data: ", "data:")],
    ["CRLF", hello.replaceAll("\n", "\r\n")],
    ["lone CR", hello.replaceAll("\n", "\r")],
    ["a byte order mark", "\ufeff" + hello],
    ["blank lines ahead", "\n\r\n\n" + hello],
    ["comments", ": OPENROUTER PROCESSING\n\n" + hello.replaceAll("data: {", ":\n\n: ping\ndata: {")],
    ["event, id and retry lines", "retry: 3000\n" + hello.replaceAll("data: {", "event: message\nid: 7\ndata: {")],
    ["empty events", "data:\n\n" + hello.replace("data: {", "data: \n\ndata: {")],
    ["fields no one knows", "data2: x\nnonsense\n" + hello],
    ["no blank line at the end", hello.trimEnd()],
    ["[DONE] with a blank", hello.replace("[DONE]", "[DONE] ")],
    ["JSON over several data: lines", hello.replaceAll('"created":1,', '"created":\ndata: 1,')],
    ["text after [DONE]", hello + streamText([chunk({ content: "more" }), { error: "late" }]) + "garbage"],
  ];
  for (const [name, answer] of framings) {
    for (const size of [undefined, 1, 2, 3, 7, 50]) {
      test(`${name}, ${size === undefined ? "in one chunk" : `in chunks of ${size} bytes`}`, () => {
        assert.deepEqual(decode(answer, size), { events: [START, HELLO, STOP], ending: { kind: "clean" } });
      });
    }
  }
});

describe("how an answer ended", () => {
  const said = chunk({ content: "Hi" });
  const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 } };
  const cases: readonly { name: string; answer: string; ending: unknown; last?: ChatEvent["kind"] }[] = [
    {
      name: "[DONE] after a finish",
      answer: streamText([said, lastChunk("stop"), DONE]),
      ending: "clean",
      last: "finish",
    },
    { name: "[DONE] without a finish", answer: streamText([said, DONE]), ending: "clean", last: "finish" },
    { name: "a finish without [DONE]", answer: streamText([said, lastChunk("stop")]), ending: "clean", last: "finish" },
    {
      name: "a finish without a line end",
      answer: streamText([said, lastChunk("stop")]).trimEnd(),
      ending: "clean",
      last: "finish",
    },
    { name: "closed in mid-text", answer: streamText([said]), ending: "cut", last: "text" },
    { name: "closed in mid-event", answer: streamText([said]) + 'data: {"id":"chat', ending: "cut", last: "text" },
    { name: "closed in the last bytes", answer: streamText([said]) + "data: [DO", ending: "cut", last: "text" },
    { name: "closed in mid-text, tokens counted", answer: streamText([said, usage]), ending: "cut", last: "usage" },
    { name: "nothing at all", answer: "", ending: "cut" },
    { name: "only comments", answer: ": waiting\n\n: waiting\n\n", ending: "cut" },
    {
      name: "[DONE] and no answer",
      answer: DONE,
      ending: { kind: "malformed", message: "The backend ended its stream without an answer" },
    },
    {
      name: "an event that is not JSON",
      answer: streamText([said, "data: {'a': 1}\n\n", chunk({ content: "lost" }), DONE]),
      ending: { kind: "malformed", message: "The backend sent an event that is not JSON" },
      last: "text",
    },
    {
      name: "an event that is no object",
      answer: streamText([said, [1], DONE]),
      ending: { kind: "malformed", message: "The backend sent an event that is not a JSON object" },
      last: "text",
    },
    {
      name: "a page",
      answer: "<html><title>502</title></html>",
      ending: { kind: "malformed", message: "The backend answered with a page instead of a stream of events" },
    },
    { name: "a text", answer: "upstream is gone", ending: "cut" },
  ];
  for (const { name, answer, ending, last } of cases) {
    test(name, () => {
      const told = decode(answer);
      assert.deepEqual(told.ending, typeof ending === "string" ? { kind: ending } : ending);
      assert.equal(told.events.at(-1)?.kind, last);
      assert.deepEqual(decode(answer, 1).ending, told.ending);
    });
  }

  test("it is known with the event that says so, and nothing is read after it", () => {
    const decoder = new ChatDecoder({ newId: countedIds() });
    const push = (text: string) => decoder.push(new TextEncoder().encode(text));
    push(streamText([said]));
    assert.equal(decoder.ending, undefined);
    push(streamText([lastChunk("stop")]));
    assert.equal(decoder.ending, undefined, "the token counts may follow");
    assert.deepEqual(push(streamText([usage, DONE])).map((event) => event.kind), ["usage"]);
    assert.deepEqual(decoder.ending, { kind: "clean" });
    assert.deepEqual(push(streamText([said])), []);
    assert.deepEqual(decoder.end(), []);
  });
});

describe("an error that the backend sends with status 200", () => {
  const said = chunk({ content: "Hi" });
  const cases: readonly { name: string; event: unknown; error: unknown }[] = [
    {
      name: "OpenAI's",
      event: { error: { message: "The server is overloaded", type: "server_error", param: null, code: "overloaded" } },
      error: { message: "The server is overloaded", type: "server_error", code: "overloaded" },
    },
    { name: "a text", event: { error: "model runner has stopped" }, error: { message: "model runner has stopped" } },
    {
      name: "vLLM's",
      event: { object: "error", message: "out of memory", type: "InternalServerError", param: null, code: 500 },
      error: { message: "out of memory", type: "InternalServerError", code: "500" },
    },
    {
      name: "OpenRouter's, with a choice beside it",
      event: { ...lastChunk("error"), error: { code: 502, message: "Provider disconnected" } },
      error: { message: "Provider disconnected", code: "502" },
    },
    {
      name: "inside of a choice",
      event: lastChunk("error", { error: { code: 429, message: "slow down" } }),
      error: { message: "slow down", code: "429" },
    },
    {
      name: "event: error with Anthropic's JSON",
      event: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      error: { message: "Overloaded", type: "overloaded_error" },
    },
    { name: "event: error with a text", event: "event: error\ndata: CUDA error\n\n", error: { message: "CUDA error" } },
    {
      name: "without a message",
      event: { error: {} },
      error: { message: "The backend reports an error, but does not say which" },
    },
    {
      name: "with the backend's address",
      event: { error: { message: "POST http://10.0.0.4:8000/v1 failed" } },
      error: { message: "POST [address] failed" },
    },
    {
      name: "as a finish reason only",
      event: lastChunk("abort"),
      error: { message: "The backend gave up before the model had finished its answer" },
    },
  ];
  for (const { name, event, error } of cases) {
    test(name, () => {
      const { events, ending } = decode(streamText([said, event, chunk({ content: "more" }), DONE]));
      assert.deepEqual(ending, { kind: "error", error });
      assert.deepEqual(events, [START, { kind: "text", text: "Hi" }]);
    });
  }

  test("as the whole answer, also in a list as Gemini sends it", () => {
    const ending = { kind: "error", error: { message: "no", code: "400" } };
    assert.deepEqual(decode('{"error":{"message":"no","code":400}}').ending, ending);
    assert.deepEqual(decode('[{"error":{"message":"no","code":400}}]').ending, ending);
  });

  test("an error of null is none", () => {
    const { events, ending } = decode(streamText([{ ...said, error: null }, lastChunk("stop"), DONE]));
    assert.deepEqual(ending, { kind: "clean" });
    assert.deepEqual(events, [START, { kind: "text", text: "Hi" }, STOP]);
  });
});

describe("JSON in answer to a request for a stream", () => {
  const whole = {
    id: "chatcmpl-a",
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "Grüße 👋" }, finish_reason: "stop" }],
  };

  for (const size of [undefined, 1, 5]) {
    test(`becomes the same events (${size ?? "all"} bytes at once)`, () => {
      const expected = { events: [START, HELLO, STOP], ending: { kind: "clean" } };
      assert.deepEqual(decode(JSON.stringify(whole), size), expected);
      assert.deepEqual(decode("\ufeff\r\n " + JSON.stringify(whole, null, 2) + "\n", size), expected);
    });
  }

  test("is a cut answer when its end is missing, and malformed when it has none", () => {
    assert.deepEqual(decode(JSON.stringify(whole).slice(0, -5)).ending, { kind: "cut" });
    assert.deepEqual(decode('{"a":1,}').ending, { kind: "malformed", message: "The backend's answer is not JSON" });
    assert.deepEqual(decode("{}").ending, { kind: "malformed", message: "The backend's answer has no choices" });
    assert.deepEqual(decode("[]").ending, { kind: "malformed", message: "The backend's answer is not a JSON object" });
  });

  test("one event may hold a whole answer, and a repeated message at the end is not told twice", () => {
    assert.deepEqual(joined(decode(streamText([whole, DONE])).events), [HELLO, STOP]);
    assert.deepEqual(joined(decode(streamText([chunk({ content: "Grüße 👋" }), whole, DONE])).events), [HELLO, STOP]);
  });
});

describe("what is long", () => {
  const long = (length: number) => new TextEncoder().encode(streamText([chunk({ content: "x".repeat(length) }), DONE]));

  test("an event of 10 MB is read, in one chunk and in small ones", () => {
    for (const size of [undefined, 65_536]) {
      const { events, ending } = decode(long(10_000_000), size);
      assert.deepEqual(ending, { kind: "clean" });
      assert.deepEqual(events.map((event) => "text" in event ? event.text.length : event.kind), [
        "start",
        10_000_000,
        "finish",
      ]);
    }
  });

  test("an event beyond the bound is an error before it is complete", () => {
    const decoder = new ChatDecoder({ newId: countedIds() });
    const bytes = long(LONGEST_EVENT + 100_000);
    let read = 0;
    for (; read < bytes.length && decoder.ending === undefined; read += 65_536) {
      decoder.push(bytes.subarray(read, read + 65_536));
    }
    assert.deepEqual(decoder.ending, {
      kind: "malformed",
      message: "The backend sent more than 16 million characters in one event",
    });
    assert.ok(read < LONGEST_EVENT + 2 * 65_536);
  });

  test("a JSON answer beyond the bound is an error", () => {
    const body = new TextEncoder().encode('{"a":"' + "x".repeat(LONGEST_EVENT));
    assert.equal(decode(body, 65_536).ending.kind, "malformed");
  });

  test("arguments nested deeper than a runtime's stack are an error at most, never a crash", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const entry = `{"index":0,"id":"a","function":{"name":"f","arguments":{"a":${deep}}}}`;
    const { ending } = decode(`data: {"choices":[{"delta":{"tool_calls":[${entry}]}}]}\n\n`);
    assert.ok(ending.kind === "malformed" || ending.kind === "cut", ending.kind);
  });
});

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json, sse, stream } from "../support/answers.ts";
import { askIn, DIALECTS } from "../support/dialect_client.ts";
import type { Answer } from "../support/fake_backend.ts";
import { chatDelta, chatOnly } from "../support/chat_script.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";

const MODEL = "odd";
const TEXT = "smørbrød ✓ 🥪";
const INPUT = { city: "Tromsø", note: 'a "quoted" 🥪\n' };
const WHOLE = { text: TEXT, calls: [], end: "whole" } as const;
const CALLED = { text: "", calls: [{ name: "weather", input: INPUT }], end: "whole" } as const;

let started: Promise<{ llm: FakeLlm; olla: OllaProcess }> | undefined;
const start = () =>
  started ??= (async () => {
    const llm = await FakeLlm.start({ name: "odd-server", kind: "openai", models: [MODEL] });
    // A server that cuts so often would soon be out of service.
    const proxy = { circuit_breaker: { failures: 1000 } };
    const config = { proxy, endpoints: [llm.endpoint({ check_interval: "30s" })] };
    return { llm, olla: await OllaProcess.start({ config, models: [MODEL] }) };
  })();
after(async () => {
  const running = await started;
  await running?.olla[Symbol.asyncDispose]();
  await running?.llm[Symbol.asyncDispose]();
});

const CHUNKS = [chatDelta({ role: "assistant", content: "smørbrød " }), chatDelta({ content: "✓ 🥪" })];
const FINISH = chatDelta({}, "stop");

function call(made: JsonObject): JsonObject {
  return chatDelta({ tool_calls: [{ index: 0, ...made }] });
}

function eventText(chunks: readonly unknown[], { colon = "data: ", newline = "\n" } = {}): string {
  return [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"]
    .map((data) => `${colon}${data}${newline}${newline}`).join("");
}

/** A text in parts of so many bytes, whatever characters that splits. */
function inBytes(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const ARGUMENTS = JSON.stringify(INPUT);
const SENSIBLE: readonly (readonly [string, Answer, typeof WHOLE | typeof CALLED])[] = [
  ["events without a space after the colon", stream([eventText([...CHUNKS, FINISH], { colon: "data:" })]), WHOLE],
  ["events with CRLF", stream([eventText([...CHUNKS, FINISH], { newline: "\r\n" })]), WHOLE],
  ["events with CR alone", stream([eventText([...CHUNKS, FINISH], { newline: "\r" })]), WHOLE],
  [
    "a stream in pieces of three bytes, which split characters",
    stream(inBytes(eventText([...CHUNKS, FINISH]), 3)),
    WHOLE,
  ],
  [
    "comments, names and blank lines between events",
    stream([`: hello\n\nevent: chunk\nid: 7\n${eventText([...CHUNKS, FINISH])}: bye\n\n`]),
    WHOLE,
  ],
  ["a stream without [DONE] after its finish", sse([...CHUNKS, FINISH], { done: false }), WHOLE],
  [
    "tool arguments in pieces of one character",
    sse([
      call({ id: "c1", function: { name: "weather", arguments: "" } }),
      ...[...ARGUMENTS].map((character) => call({ function: { arguments: character } })),
      chatDelta({}, "tool_calls"),
    ]),
    CALLED,
  ],
  [
    "a tool call's id, name and arguments in chunks of their own",
    sse([
      call({ id: "c1", type: "function" }),
      call({ function: { name: "weather" } }),
      call({ function: { arguments: ARGUMENTS } }),
      chatDelta({}, "tool_calls"),
    ]),
    CALLED,
  ],
  [
    "arguments that come before the name",
    sse([
      call({ id: "c1", function: { arguments: ARGUMENTS.slice(0, 9) } }),
      call({ function: { name: "weather", arguments: ARGUMENTS.slice(9) } }),
      chatDelta({}, "tool_calls"),
    ]),
    CALLED,
  ],
  [
    "a tool call that ends with the word stop",
    sse([call({ id: "c1", function: { name: "weather", arguments: ARGUMENTS } }), FINISH]),
    CALLED,
  ],
  ["JSON instead of a stream", json(wholeAnswer()), WHOLE],
  [
    "compressed JSON, which nobody asked for",
    bytes(gzipSync(JSON.stringify(wholeAnswer())), zipped("application/json")),
    WHOLE,
  ],
  [
    "a compressed stream",
    stream(halves(gzipSync(eventText([...CHUNKS, FINISH]))), { ...zipped("text/event-stream"), gapMs: 5 }),
    WHOLE,
  ],
];

function zipped(type: string) {
  return { headers: { "Content-Type": type, "Content-Encoding": "gzip" } };
}

function halves(data: Uint8Array): Uint8Array[] {
  return [data.subarray(0, data.length / 2), data.subarray(data.length / 2)];
}

function wholeAnswer(): JsonObject {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "x",
    choices: [{
      index: 0,
      message: { role: "assistant", content: TEXT },
      finish_reason: "stop",
    }],
  };
}

for (const dialect of DIALECTS) {
  describe(`an odd but whole answer for a client of ${dialect}`, () => {
    for (const [what, answer, expected] of SENSIBLE) {
      for (const streaming of [true, false]) {
        test(`${what}, asked for ${streaming ? "a stream" : "a whole answer"}`, async () => {
          const { llm, olla } = await start();
          llm.inference = chatOnly(answer);
          const told = await askIn(dialect, olla.url, { model: MODEL, stream: streaming, tools: expected === CALLED });
          assert.equal(told.status, 200, told.raw);
          assert.deepEqual({ text: told.text, calls: told.calls, end: told.end }, expected, told.raw);
          const type = streaming
            ? dialect === "ollama" ? "application/x-ndjson" : "text/event-stream"
            : "application/json";
          assert.ok(told.headers.get("content-type")?.startsWith(type), told.headers.get("content-type") ?? "none");
        });
      }
    }

    test("an event of ten megabytes", { timeout: 20_000 }, async () => {
      const { llm, olla } = await start();
      const long = "smørbrød ".repeat(1_000_000);
      llm.inference = chatOnly(sse([chatDelta({ content: long }), FINISH]));
      const told = await askIn(dialect, olla.url, { model: MODEL, stream: true });
      assert.equal(told.end, "whole");
      assert.ok(told.text === long, `${told.text.length} characters came`);
    });
  });
}

const UNFINISHED: readonly (readonly [string, Answer, RegExp])[] = [
  ["that ends without a finish and without [DONE]", sse(CHUNKS, { done: false }), /broke off/],
  ["that is cut", sse(CHUNKS, { done: false, ending: "cut" }), /broke off/],
  ["that is reset", sse(CHUNKS, { done: false, ending: "reset" }), /broke off/],
  ["whose connection is closed", sse(CHUNKS, { done: false, framing: "close", ending: "cut" }), /broke off/],
  ["that is cut in the middle of an event", stream([eventText(CHUNKS).slice(0, -30)], { ending: "cut" }), /broke off/],
  [
    "with an error object in it",
    sse([...CHUNKS, { error: { message: "CUDA out of memory", type: "server_error" } }]),
    /CUDA out of memory/,
  ],
  ["with an error that is a text", sse([...CHUNKS, { error: "the runner died" }]), /the runner died/],
  [
    "with a named error event",
    stream([
      eventText(CHUNKS).replace("data: [DONE]\n\n", ""),
      'event: error\ndata: {"error":{"message":"overheated"}}\n\n',
    ]),
    /overheated/,
  ],
  ["with an event that is no JSON", stream([eventText(CHUNKS).replace("[DONE]", "{not JSON")]), /./],
];

for (const dialect of DIALECTS) {
  describe(`a stream that is never whole, for a client of ${dialect}`, () => {
    for (const [what, answer, reason] of UNFINISHED) {
      test(what, async () => {
        const { llm, olla } = await start();
        llm.inference = chatOnly(answer);
        const told = await askIn(dialect, olla.url, { model: MODEL, stream: true });
        assert.equal(told.end, "failed", told.raw);
        assert.match(told.error ?? "", reason);
        assert.doesNotMatch(told.raw, /end_turn|response\.completed|"done":true|message_stop/);
        assert.doesNotMatch(told.raw, /127\.0\.0\.1/);
        assert.ok(TEXT.startsWith(told.text) && told.text !== "", "what came before stays");
      });
    }

    test("does not keep the endpoint from serving the next request", async () => {
      const { llm, olla } = await start();
      llm.inference = chatOnly(sse([...CHUNKS, FINISH]));
      const told = await askIn(dialect, olla.url, { model: MODEL, stream: true });
      assert.deepEqual([told.status, told.end], [200, "whole"], told.raw);
      assert.equal((await olla.endpoint("odd-server")).active_connections, 0);
    });
  });
}

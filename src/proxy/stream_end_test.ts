import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Dialect } from "../errors.ts";
import { beginsWithError, endsCleanly, framingOf, type StreamFraming } from "./stream_end.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("framingOf", () => {
  const cases: [type: string | null, framing: StreamFraming][] = [
    ["text/event-stream; charset=utf-8", "sse"],
    ["Text/Event-Stream", "sse"],
    ["application/x-ndjson", "ndjson"],
    ["application/json", "opaque"],
    ["audio/mpeg", "opaque"],
    [null, "opaque"],
  ];
  for (const [type, framing] of cases) test(String(type), () => assert.equal(framingOf(type), framing));
});

describe("an error event may follow", () => {
  const cases: [framing: StreamFraming, tail: string, clean: boolean][] = [
    ["sse", "data: x\n\n", true],
    ["sse", "data: x\r\n\r\n", true],
    ["sse", "data: x\n", false],
    ["sse", "data: x", false],
    ["sse", "\r\n", false],
    ["ndjson", "{}\n", true],
    ["ndjson", "{", false],
    ["opaque", "\n\n", false],
  ];
  for (const [framing, tail, clean] of cases) {
    test(`${framing} after ${JSON.stringify(tail)}: ${clean}`, () => {
      assert.equal(endsCleanly(framing, bytes(tail).slice(-4)), clean);
    });
  }
});

describe("a stream that begins with an error has not begun", () => {
  const cases: [start: string, dialect: Dialect, error: boolean][] = [
    ['data: {"error":{"message":"x"}}\n\n', "openai", true],
    ['data:{"error": {"message":"x"}}\n\n', "openai", true],
    ["event: error\ndata: {}\n\n", "anthropic", true],
    ['{"error":"x"}\n', "ollama", true],
    ['data: {"id":"1","choices":[{"delta":{"content":"\\"error\\""}}]}\n\n', "openai", false],
    ['data: {"error":null,"choices":[]}\n\n', "openai", false],
    ["event: message_start\ndata: {}\n\n", "anthropic", false],
  ];
  for (const [start, dialect, error] of cases) {
    test(JSON.stringify(start), () => assert.equal(beginsWithError(start, dialect), error));
  }
});

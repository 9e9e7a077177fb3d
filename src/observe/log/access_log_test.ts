import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { makePaint } from "../../lib/paint.ts";
import { accessJson, accessLevel, type AccessRecord, accessText, makeAccessLog } from "./access_log.ts";
import { clockTime } from "./log_line.ts";

const plain = makePaint(false);
const STARTED = Date.UTC(2026, 0, 2, 3, 4, 5, 0);

const chat: AccessRecord = {
  requestId: "req_abcdefghij0123456789",
  remoteAddress: "127.0.0.1",
  method: "POST",
  path: "/v1/chat/completions",
  query: "",
  status: 200,
  requestBytes: 1234,
  responseBytes: 56,
  startedAt: STARTED,
  durationMs: 2341.12345,
  firstByteMs: 210.5,
  endpoint: "gpu-1",
  backendType: "vllm",
  model: "llama3.2",
  attempts: [{ endpoint: "gpu-1", outcome: "ok" }],
  stream: true,
  errorCode: undefined,
  outcome: "ok",
  userAgent: "curl/8",
};
const poll: AccessRecord = { ...chat, method: "GET", path: "/internal/status", model: undefined, endpoint: undefined };

describe("accessLevel", () => {
  const cases: [name: string, record: AccessRecord, level: string][] = [
    ["a served request is information", chat, "info"],
    ["a poll of a status route is for debugging", poll, "debug"],
    ["so is its 304", { ...poll, status: 304 }, "debug"],
    ["a failing status route is not", { ...poll, status: 503 }, "info"],
    ["nor one that changes something", { ...poll, method: "POST" }, "info"],
    ["a request that every backend failed is a warning", { ...chat, status: 502, outcome: "failed" }, "warn"],
    ["so is a stream that a backend cut", { ...chat, outcome: "cut" }, "warn"],
    ["a client that left is information", { ...chat, status: 499, outcome: "client_gone" }, "info"],
  ];
  for (const [name, record, level] of cases) test(name, () => assert.equal(accessLevel(record), level));
});

/** The line for programs, read as programs read it. */
function parsed(record: AccessRecord): Record<string, unknown> {
  const line = accessJson(record);
  assert.match(line, /^[^\n]*\n$/);
  return JSON.parse(line) as Record<string, unknown>;
}

describe("accessJson", () => {
  test("has every field, timed at the request's end", () => {
    assert.deepEqual(parsed(chat), {
      timestamp: "2026-01-02T03:04:07.341Z",
      level: "info",
      message: "Access log",
      request_id: "req_abcdefghij0123456789",
      remote_addr: "127.0.0.1",
      method: "POST",
      path: "/v1/chat/completions",
      status: 200,
      request_bytes: 1234,
      response_bytes: 56,
      duration_ms: 2341.123,
      ttfb_ms: 210.5,
      endpoint: "gpu-1",
      backend_type: "vllm",
      model: "llama3.2",
      attempts: 1,
      stream: true,
      outcome: "ok",
      user_agent: "curl/8",
    });
  });

  test("hides the secrets of the query and tells of every attempt", () => {
    const attempts = [{ endpoint: "gpu-1", outcome: "unreachable" }, { endpoint: "gpu-2", outcome: "ok" }];
    const fields = parsed({ ...chat, query: "?token=s3cret&a=1", attempts, errorCode: "upstream_error" });
    assert.equal(fields.query, "token=[REDACTED]&a=1");
    assert.equal(fields.attempts, 2);
    assert.equal(fields.tried, "gpu-1: unreachable, gpu-2: ok");
    assert.equal(fields.error_code, "upstream_error");
  });
});

test("accessJson is one line of valid JSON, whatever a client puts into it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const fields = parsed({ ...chat, path: `/${text}`, model: text, userAgent: text });
    assert.deepEqual([fields.path, fields.model, fields.user_agent], [`/${text}`, text, text]);
  }));
});

describe("accessText", () => {
  const cases: [name: string, record: AccessRecord, expected: string][] = [
    [
      "a stream",
      chat,
      "INFO   200  POST /v1/chat/completions  llama3.2  -> gpu-1  2.34s, first byte 211ms  1.2 kB in, 56 B out  req_abcdefghij0123456789",
    ],
    [
      "a second attempt and a refusal's code",
      {
        ...chat,
        stream: false,
        status: 502,
        outcome: "failed",
        errorCode: "upstream_error",
        durationMs: 5.25,
        attempts: [{ endpoint: "a", outcome: "reset" }, { endpoint: "b", outcome: "closed" }],
      },
      "WARN   502  POST /v1/chat/completions  llama3.2  -> a: reset, b: closed  5.3ms  1.2 kB in, 56 B out  upstream_error  req_abcdefghij0123456789",
    ],
    [
      "a client that left, and a path that tries to forge a line",
      {
        ...chat,
        stream: false,
        status: 499,
        outcome: "client_gone",
        model: undefined,
        endpoint: undefined,
        path: "/a\nb",
        query: "?key=1",
      },
      'INFO   499  POST "/a\\nb?key=[REDACTED]"  2.34s  1.2 kB in, 56 B out  client left  req_abcdefghij0123456789',
    ],
  ];
  for (const [name, record, expected] of cases) {
    test(
      name,
      () =>
        assert.equal(accessText(record, plain), `${clockTime(record.startedAt + record.durationMs)}  ${expected}\n`),
    );
  }
});

test("makeAccessLog writes one line a record and skips what is below the level", () => {
  const lines: string[] = [];
  const log = makeAccessLog({
    writer: { write: (line) => lines.push(line) },
    level: "info",
    format: "json",
    paint: plain,
  });
  log(chat);
  log(poll);
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "");
  assert.equal(line.model, "llama3.2");
  assert.equal("query" in line, false);
});

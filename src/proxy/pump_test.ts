import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AnswerBody, ChunkReader } from "./answer_body.ts";
import { type PumpOptions, pumpStream, type StreamOutcome } from "./pump.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

interface Script {
  /** Chunks behind the first one. */
  readonly chunks: readonly string[];
  /** How the backend ends it. */
  readonly end: "done" | "error";
  readonly closeDelimited?: boolean;
}

/** A backend's stream that does as it is told; `many` makes it Bun-like. */
function body(script: Script, many: boolean): Extract<AnswerBody, { kind: "stream" }> {
  const waiting = [...script.chunks];
  const read = () => {
    const chunk = waiting.shift();
    if (chunk !== undefined) return Promise.resolve({ done: false, value: bytes(chunk) });
    if (script.end === "error") return Promise.reject(new Error("reset"));
    return Promise.resolve({ done: true, value: undefined });
  };
  const reader: ChunkReader = { read, cancel: () => Promise.resolve() };
  if (many) {
    reader.readMany = async () => {
      const { done, value } = await read();
      return { done, value: value === undefined ? [] : [value] };
    };
  }
  return { kind: "stream", first: [bytes("data: 1\n\n")], reader, closeDelimited: script.closeDelimited ?? false };
}

/** What the client got, and what the pump told. */
async function run(script: Script, options: Partial<PumpOptions> = {}, many = true) {
  const ends: [StreamOutcome, number][] = [];
  const { stream } = pumpStream({
    body: body(script, many),
    framing: "sse",
    terminator: undefined,
    encoded: false,
    translation: undefined,
    onPiece: undefined,
    onWaiting: () => {},
    errorEvent: () => "data: ERROR\n\n",
    onEnd: (outcome, count) => ends.push([outcome, count]),
    ...options,
  });
  let got: string;
  try {
    got = await new Response(stream).text();
  } catch {
    got = "aborted";
  }
  return { got, ends };
}

for (const many of [true, false]) {
  describe(`a pump over ${many ? "readMany" : "read"}`, () => {
    test("passes every byte on and tells the end once", async () => {
      const { got, ends } = await run({ chunks: ["data: 2\n\n", "data: [DONE]\n\n"], end: "done" }, {}, many);
      assert.equal(got, "data: 1\n\ndata: 2\n\ndata: [DONE]\n\n");
      assert.deepEqual(ends, [["ok", got.length]]);
    });

    test("puts an error event behind a stream that was cut between events", async () => {
      const { got, ends } = await run({ chunks: ["data: 2\n", "\n"], end: "error" }, {}, many);
      assert.equal(got, "data: 1\n\ndata: 2\n\ndata: ERROR\n\n");
      assert.deepEqual(ends, [["cut", "data: 1\n\ndata: 2\n\n".length]]);
    });

    test("aborts a stream that was cut inside an event", async () => {
      const { got, ends } = await run({ chunks: ["data: 2"], end: "error" }, {}, many);
      assert.equal(got, "aborted");
      assert.equal(ends[0]?.[0], "cut");
      assert.equal(ends.length, 1);
    });
  });
}

test("a compressed stream that was cut is aborted: no readable event can follow it", async () => {
  assert.equal((await run({ chunks: [], end: "error" }, { encoded: true })).got, "aborted");
});

test("an opaque body that was cut is aborted", async () => {
  assert.equal((await run({ chunks: [], end: "error" }, { framing: "opaque" })).got, "aborted");
});

describe("a close-delimited stream", () => {
  const terminator = /^data: ?\[DONE\]/m;
  test("is complete when its terminator was there, even split over chunks", async () => {
    const script: Script = { chunks: ["data: [DO", "NE]\n\n"], end: "done", closeDelimited: true };
    assert.equal((await run(script, { terminator })).ends[0]?.[0], "ok");
  });

  test("was cut when it ends without its terminator", async () => {
    const { got, ends } = await run({ chunks: ["data: 2\n\n"], end: "done", closeDelimited: true }, { terminator });
    assert.ok(got.endsWith("data: ERROR\n\n"));
    assert.equal(ends[0]?.[0], "cut");
  });

  test("is complete at its end where no terminator is known", async () => {
    assert.equal((await run({ chunks: [], end: "done", closeDelimited: true })).ends[0]?.[0], "ok");
  });
});

test("a client that leaves ends the stream once, and not as a cut", async () => {
  const ends: StreamOutcome[] = [];
  const { stream, clientGone } = pumpStream({
    body: body({ chunks: ["data: 2\n\n"], end: "error" }, true),
    framing: "sse",
    terminator: undefined,
    encoded: false,
    translation: undefined,
    onPiece: undefined,
    onWaiting: () => {},
    errorEvent: () => "",
    onEnd: (outcome) => ends.push(outcome),
  });
  const reader = stream.getReader();
  await reader.read();
  clientGone();
  await reader.cancel();
  assert.deepEqual(ends, ["client_gone"]);
});

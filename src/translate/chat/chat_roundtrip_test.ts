import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { collect, eventsOf, resultOf } from "./chat_answer.ts";
import type { ChatResult, ChatUsage } from "./chat_event.ts";
import { ChatDecoder } from "./chat_decoder.ts";
import { countedIds, decodePieces } from "./test_support.ts";

const word = fc.string({ minLength: 1, maxLength: 12 });
/** Any text that UTF-8 can carry: other texts never reach the decoder. */
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const count = fc.nat(100_000);

const usage: fc.Arbitrary<ChatUsage> = fc.record(
  { inputTokens: count, outputTokens: count, cachedTokens: count, reasoningTokens: count },
  { requiredKeys: ["inputTokens", "outputTokens"], noNullPrototype: true },
);

const toolCall = fc.record({ id: word, name: word, arguments: fc.json({ maxDepth: 2 }) }, { noNullPrototype: true });

/** Results that a backend can express: calls have different ids, and `tool_calls` is said when there are calls only. */
const result: fc.Arbitrary<ChatResult> = fc.record({
  id: word,
  model: word,
  reasoning: text,
  text,
  refusal: text,
  toolCalls: fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.id }),
  reason: fc.constantFrom("natural", "length", "content_filter"),
  stop: fc.option(word.map((end) => `#${end}`), { nil: undefined }),
  usage: fc.option(usage, { nil: undefined }),
}).map(({ reason, stop, ...said }) => {
  const natural = said.toolCalls.length > 0 ? "tool_calls" : "stop";
  const finish = reason === "length" || reason === "content_filter" ? reason : natural;
  return { ...said, finish, ...(finish === "stop" && stop !== undefined ? { stopSequence: stop } : {}) };
});

/** How a server likes to write its stream. */
interface Manner {
  readonly cuts: readonly number[];
  readonly lineEnd: string;
  readonly prefix: string;
  readonly comments: boolean;
  readonly done: boolean;
  readonly indexed: boolean;
  readonly callInPieces: boolean;
}

const manner: fc.Arbitrary<Manner> = fc.record({
  cuts: fc.array(fc.nat(4000), { maxLength: 60 }),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  prefix: fc.constantFrom("data: ", "data:"),
  comments: fc.boolean(),
  done: fc.boolean(),
  indexed: fc.boolean(),
  callInPieces: fc.boolean(),
});

/** A text in pieces of one to three code points. */
function pieces(text: string): string[] {
  return text.match(/.{1,3}/gsu) ?? [];
}

function usageJson(counts: ChatUsage): unknown {
  return {
    prompt_tokens: counts.inputTokens,
    completion_tokens: counts.outputTokens,
    prompt_tokens_details: { cached_tokens: counts.cachedTokens },
    completion_tokens_details: { reasoning_tokens: counts.reasoningTokens },
  };
}

function callDeltas(said: ChatResult, how: Manner): unknown[] {
  return said.toolCalls.flatMap((call, i) => {
    const index = how.indexed ? i : undefined;
    const entries: unknown[] = how.callInPieces
      ? [{ index, id: call.id }, { index, function: { name: call.name, arguments: "" } }]
      : [{ index, id: call.id, function: { name: call.name } }];
    entries.push(...pieces(call.arguments).map((piece) => ({ index, function: { arguments: piece } })));
    return entries.map((entry) => ({ tool_calls: [entry] }));
  });
}

function chunksOf(said: ChatResult, how: Manner): unknown[] {
  const deltas = [
    { role: "assistant", content: "" },
    ...pieces(said.reasoning).map((piece) => ({ reasoning_content: piece })),
    ...pieces(said.text).map((piece) => ({ content: piece })),
    ...pieces(said.refusal).map((piece) => ({ refusal: piece })),
    ...callDeltas(said, how),
  ];
  const head = { id: said.id, object: "chat.completion.chunk", model: said.model };
  const chunks: unknown[] = deltas.map((delta) => ({ ...head, choices: [{ index: 0, delta, finish_reason: null }] }));
  const finish = { index: 0, delta: {}, finish_reason: said.finish, matched_stop: said.stopSequence ?? null };
  chunks.push({ ...head, choices: [finish] });
  if (said.usage !== undefined) chunks.push({ ...head, choices: [], usage: usageJson(said.usage) });
  return chunks;
}

function bytesOf(said: ChatResult, how: Manner): Uint8Array {
  const events = chunksOf(said, how).map((chunk) => how.prefix + JSON.stringify(chunk));
  if (how.done) events.push(`${how.prefix}[DONE]`);
  const separator = how.lineEnd.repeat(2) + (how.comments ? `: ping${how.lineEnd.repeat(2)}` : "");
  return new TextEncoder().encode(events.map((event) => event + separator).join(""));
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

function wholeJson(said: ChatResult): unknown {
  const message = {
    role: "assistant",
    content: said.text,
    reasoning_content: said.reasoning,
    refusal: said.refusal,
    tool_calls: said.toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: "function",
      function: { name, arguments: text },
    })),
  };
  const choice = { index: 0, message, finish_reason: said.finish, matched_stop: said.stopSequence ?? null };
  const counts = said.usage === undefined ? {} : { usage: usageJson(said.usage) };
  return { id: said.id, object: "chat.completion", model: said.model, choices: [choice], ...counts };
}

describe("any answer", () => {
  test("survives its way through a stream, however it is written and split", () => {
    fc.assert(
      fc.property(result, manner, (said, how) => {
        const { events, ending } = decodePieces(cut(bytesOf(said, how), how.cuts));
        assert.deepEqual(ending, { kind: "clean" });
        assert.deepEqual(collect(events), said);
      }),
      { numRuns: 400 },
    );
  });

  test("is the same whole as in a stream, and as JSON in place of a stream", () => {
    fc.assert(fc.property(result, manner, (said, how) => {
      const json = wholeJson(said);
      assert.deepEqual(resultOf(json, { newId: countedIds() }), said);
      const { events, ending } = decodePieces(cut(new TextEncoder().encode(JSON.stringify(json)), how.cuts));
      assert.deepEqual(ending, { kind: "clean" });
      assert.deepEqual(events, eventsOf(said));
    }));
  });

  test("survives becoming events", () => {
    fc.assert(fc.property(result, (said) => assert.deepEqual(collect(eventsOf(said)), said)));
  });

  test("that is cut anywhere is never taken for a whole one", () => {
    fc.assert(fc.property(result, manner, fc.nat(), (said, how, at) => {
      const bytes = bytesOf(said, how);
      const finish = new TextDecoder("latin1").decode(bytes).indexOf(`"finish_reason":"${said.finish}"`);
      const { ending } = decodePieces(cut(bytes.subarray(0, at % finish), how.cuts));
      assert.deepEqual(ending, { kind: "cut" });
    }));
  });
});

describe("any bytes", () => {
  /** Bytes that often look like a stream. */
  const fragment = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(
      ...[
        "data: ",
        "data:",
        "\n",
        "\n\n",
        "\r",
        "event: error\n",
        "[DONE]",
        '{"choices":[{"delta":',
        "}]}",
        "{",
        "]",
        "\ufeff",
      ],
      ...[
        '{"tool_calls":[{"index":0,"function":{"arguments":"x"}}]}',
        '"finish_reason":"stop"',
        '{"error":"e"}',
        "null",
      ],
    ).map((text) => new TextEncoder().encode(text)),
    fc.json().map((json) => new TextEncoder().encode(`data: {"choices":[{"delta":${json}}]}\n\n`)),
  );

  test("are decoded without a throw, and have an ending", () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (chunks) => {
        const decoder = new ChatDecoder({ newId: countedIds() });
        const events = [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
        assert.notEqual(decoder.ending, undefined);
        const kinds = events.map((event) => event.kind);
        for (const once of ["start", "finish", "usage"] as const) {
          assert.ok(kinds.filter((kind) => kind === once).length <= 1);
        }
        if (kinds.length > 0) assert.equal(kinds[0], "start");
        if (decoder.ending?.kind === "clean") assert.ok(kinds.includes("finish"));
      }),
      { numRuns: 2000 },
    );
  });

  test("are told call by call: a call once and before its arguments, without gaps", () => {
    const entry = fc.record({
      index: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      id: fc.constantFrom(undefined, null, "", "a", "b"),
      function: fc.record({
        name: fc.constantFrom(undefined, "", "f", "g"),
        arguments: fc.constantFrom<unknown>(undefined, null, "", "{", "}", { x: 1 }),
      }),
    });
    fc.assert(fc.property(fc.array(fc.array(entry, { maxLength: 3 }), { maxLength: 8 }), (chunks) => {
      const stream = chunks.map((entries) =>
        `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: entries } }] })}\n\n`
      );
      const { events } = decodePieces([new TextEncoder().encode(stream.join("") + "data: [DONE]\n\n")]);
      let told = 0;
      for (const event of events) {
        if (event.kind === "tool_call") assert.equal(event.index, told++);
        if (event.kind === "tool_arguments") assert.ok(event.index < told);
      }
    }));
  });
});

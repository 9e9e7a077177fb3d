import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatResponse, GenerateResponse } from "ollama";
import { OllaError } from "../../errors.ts";
import type { ChatEvent, FinishReason } from "../chat/chat_event.ts";
import type { AnswerEnd, ChatLine, GenerateLine } from "./answer_line.ts";
import { ollamaChatTranslator } from "./chat_translator.ts";
import { ollamaGenerateTranslator } from "./generate_translator.ts";
import { answerContext, chatResult, linesOf, streamed } from "./test_support.ts";

const SECOND = 1e9;
const USAGE = { inputTokens: 11, outputTokens: 7 };

const chatWriter = () => ollamaChatTranslator.writer(answerContext());
const generateWriter = () => ollamaGenerateTranslator.writer(answerContext());

const start: ChatEvent = { kind: "start", id: "chatcmpl-1", model: "native" };
const finish = (reason: FinishReason): ChatEvent => ({ kind: "finish", reason });
const called = (index: number, name: string): ChatEvent => ({ kind: "tool_call", index, id: `id${index}`, name });
const args = (index: number, text: string): ChatEvent => ({ kind: "tool_arguments", index, text });

describe("a streamed /api/chat", () => {
  test("has a line for each piece, and the end with counts and durations", () => {
    const lines = streamed(chatWriter(), [
      start,
      { kind: "reasoning", text: "Hm" },
      { kind: "text", text: "Hel" },
      { kind: "text", text: "lo" },
      finish("stop"),
      { kind: "usage", usage: USAGE },
    ]);
    const line = (second: number, message: object) => ({
      model: "asked:8b",
      created_at: `2025-06-01T10:00:0${second}.000000000Z`,
      message: { role: "assistant", ...message },
      done: false,
    });
    assert.deepEqual(lines, [
      line(1, { content: "", thinking: "Hm" }),
      line(2, { content: "Hel" }),
      line(3, { content: "lo" }),
      {
        ...line(5, { content: "" }),
        done: true,
        done_reason: "stop",
        total_duration: 4 * SECOND,
        load_duration: 0,
        prompt_eval_duration: 0,
        eval_duration: 4 * SECOND,
        prompt_eval_count: 11,
        eval_count: 7,
      },
    ]);
  });

  test("writes a refusal as content", () => {
    const [line] = streamed(chatWriter(), [start, { kind: "refusal", text: "No." }, finish("stop")]);
    assert.deepEqual(line?.message, { role: "assistant", content: "No." });
  });

  test("writes nothing for what says nothing", () => {
    const writer = chatWriter();
    for (const kind of ["reasoning", "text", "refusal"] as const) assert.equal(writer.event({ kind, text: "" }), "");
    assert.equal(writer.event(start), "");
    assert.equal(writer.event({ kind: "usage", usage: USAGE }), "");
  });

  test("ends an answer without a word", () => {
    const lines = streamed(chatWriter(), [start, finish("stop")]);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.done, true);
  });

  test("keeps a line a line whatever the model says", () => {
    const text = 'a\nb\r\n"\u2028\u2029\u0085\u0000😀';
    const line = chatWriter().event({ kind: "text", text });
    // Python's clients split at the last three, too.
    assert.match(line, /^[^\n\r\u0085\u2028\u2029]+\n$/);
    assert.equal((JSON.parse(line) as ChatLine).message.content, text);
  });

  test("leaves counts out that the backend has not made", () => {
    const end = streamed(chatWriter(), [start, { kind: "text", text: "x" }, finish("stop")]).at(-1);
    assert.ok(end !== undefined && !("eval_count" in end) && !("prompt_eval_count" in end));
  });

  test("passes logprobs on with their text", () => {
    const logprobs = [{ token: "x", logprob: -0.5, top_logprobs: [{ token: "y", logprob: -2 }] }];
    const lines = streamed(chatWriter(), [{ kind: "text", text: "x", logprobs }, finish("stop")]);
    assert.deepEqual(lines.map((line) => line.logprobs), [logprobs, undefined]);
  });

  const reasons: [FinishReason, string][] = [
    ["stop", "stop"],
    ["tool_calls", "stop"],
    ["length", "length"],
    ["content_filter", "content_filter"],
  ];
  for (const [reason, word] of reasons) {
    test(`says "${word}" for ${reason}, whole as in a stream`, () => {
      assert.equal(streamed(chatWriter(), [start, finish(reason)]).at(-1)?.done_reason, word);
      const whole = chatWriter().whole({ kind: "chat", result: chatResult({ finish: reason }) }) as ChatLine;
      assert.equal(whole.done_reason, word);
    });
  }

  test("breaks off with an error, and neither with an end nor with half a call", () => {
    const writer = chatWriter();
    const sent = writer.event({ kind: "text", text: "Hel" }) + writer.event(called(0, "a")) +
      writer.event(args(0, "{"));
    const lines = linesOf(sent + writer.fail(new OllaError("upstream_error", "The backend broke off"), "req_1"));
    assert.equal(lines.length, 2);
    assert.deepEqual(lines[1], { error: "The backend broke off" });
  });
});

describe("tool calls in a stream", () => {
  /** What each step of a stream writes: the names of the calls, with their arguments. */
  const steps = (events: readonly ChatEvent[]) => {
    const writer = chatWriter();
    return events.map((event) =>
      linesOf(writer.event(event)).map((line) => {
        const { message } = line as unknown as ChatLine;
        const { name, arguments: values } = message.tool_calls?.[0]?.function ?? assert.fail("no call");
        return `${name} ${JSON.stringify(values)}`;
      })
    );
  };

  const cases: [string, ChatEvent[], string[][]][] = [
    ["come whole when the model ends", [
      called(0, "a"),
      args(0, `{"x"`),
      args(0, `:1}`),
      finish("tool_calls"),
    ], [[], [], [], [`a {"x":1}`]]],
    ["come as soon as the next one begins", [
      called(0, "a"),
      args(0, "{}"),
      called(1, "b"),
      args(1, "{}"),
      finish("tool_calls"),
    ], [[], [], ["a {}"], [], ["b {}"]]],
    ["wait for each other when their arguments are mixed", [
      called(0, "a"),
      args(0, `{"x":`),
      called(1, "b"),
      args(1, `{"y":2}`),
      args(0, `1}`),
      called(2, "c"),
      finish("tool_calls"),
    ], [[], [], [], [], [], [`a {"x":1}`, `b {"y":2}`], ["c {}"]]],
    ["keep their order when a later one is whole first", [
      called(0, "a"),
      args(0, `{"x":`),
      called(1, "b"),
      args(1, "{}"),
      called(2, "c"),
      args(0, "1}"),
      args(2, "{}"),
      finish("tool_calls"),
    ], [[], [], [], [], [], [], [], [`a {"x":1}`, "b {}", "c {}"]]],
    ["keep blanks that come late from doing harm", [
      called(0, "a"),
      args(0, "{}"),
      called(1, "b"),
      args(0, "\n"),
      finish("tool_calls"),
    ], [[], [], ["a {}"], [], ["b {}"]]],
    ["keep arguments that were cut off as text", [
      called(0, "a"),
      args(0, `{"x":`),
      finish("length"),
    ], [[], [], [`a {"unparsed_arguments":"{\\"x\\":"}`]]],
  ];
  for (const [title, events, expected] of cases) {
    test(title, () => assert.deepEqual(steps(events), expected));
  }

  test("come at the end when the backend gives no reason for it", () => {
    const lines = streamed(chatWriter(), [called(0, "a"), args(0, "{}")]);
    assert.deepEqual(lines.map((line) => line.done), [false, true]);
  });

  test("have an id and a place, for clients that send them back", () => {
    const [line] = streamed(chatWriter(), [called(0, "a"), args(0, `{"x":1}`), finish("tool_calls")]);
    assert.deepEqual(line?.message, {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "id0", function: { index: 0, name: "a", arguments: { x: 1 } } }],
    });
  });

  test("split at every letter come out the same", () => {
    const json = JSON.stringify({ text: 'a "}" é😀 \\ ', list: [1, { b: null }] });
    const events = [called(0, "a"), ...[...json].map((letter) => args(0, letter)), finish("tool_calls")];
    assert.deepEqual(steps(events).flat(), [`a ${json}`]);
  });
});

describe("durations", () => {
  test("count the wait until the first token as the prompt's", () => {
    let now = 0;
    const writer = ollamaChatTranslator.writer({ ...answerContext(), arrivedAt: 1000, now: () => now });
    now = 3500;
    writer.event({ kind: "text", text: "a" });
    now = 5500;
    const [end] = linesOf(writer.end());
    assert.equal(end?.prompt_eval_duration, 2.5 * SECOND);
    assert.equal(end?.eval_duration, 2 * SECOND);
    assert.equal(end?.total_duration, 4.5 * SECOND);
  });

  test("begin with the first call where there is no text", () => {
    let now = 3000;
    const writer = ollamaChatTranslator.writer({ ...answerContext(), arrivedAt: 1000, now: () => now });
    writer.event(called(0, "a"));
    now = 4000;
    const end = linesOf(writer.end()).at(-1);
    assert.equal(end?.prompt_eval_duration, 2 * SECOND);
  });

  test("of writing are never nothing, since clients divide by them", () => {
    const writer = ollamaChatTranslator.writer({ ...answerContext(), arrivedAt: 1000, now: () => 990 });
    const [end] = linesOf(writer.end());
    assert.equal(end?.eval_duration, 1_000_000);
    assert.equal(end?.prompt_eval_duration, 0);
  });
});

type Counts = "prompt_eval_count" | "eval_count";
type DatesAsText<T> = { [Key in keyof T]: T[Key] extends Date ? string : T[Key] };
/** The package's types as JSON has them. Ollama leaves counts of 0 out as well, and has no `context` any more. */
type InJson<T extends Record<Counts, number>> =
  & DatesAsText<Omit<T, "context" | Counts>>
  & Partial<Record<Counts, number>>;

describe("an answer that is not streamed", () => {
  const result = chatResult({
    reasoning: "Hm",
    text: "Hello",
    refusal: " No.",
    toolCalls: [
      { id: "x", name: "a", arguments: `{"b":1}` },
      { id: "y", name: "c", arguments: "" },
    ],
    finish: "tool_calls",
    usage: USAGE,
  });
  const times: Omit<AnswerEnd, "done_reason"> = {
    total_duration: 1_000_000,
    load_duration: 0,
    prompt_eval_duration: 0,
    eval_duration: 1_000_000,
    prompt_eval_count: 11,
    eval_count: 7,
  };
  const tool_calls = [
    { id: "x", function: { index: 0, name: "a", arguments: { b: 1 } } },
    { id: "y", function: { index: 1, name: "c", arguments: {} } },
  ];

  test("of /api/chat is one object", () => {
    const expected: InJson<ChatResponse> = {
      model: "asked:8b",
      created_at: "2025-06-01T10:00:01.000000000Z",
      message: { role: "assistant", content: "Hello No.", thinking: "Hm", tool_calls },
      done: true,
      done_reason: "stop",
      ...times,
    };
    // The clock is read for the durations first.
    assert.deepEqual(chatWriter().whole({ kind: "chat", result }), expected);
  });

  test("of /api/generate is one object", () => {
    const expected: InJson<GenerateResponse> = {
      model: "asked:8b",
      created_at: "2025-06-01T10:00:01.000000000Z",
      response: "Hello",
      thinking: "Hm",
      done: true,
      done_reason: "length",
      ...times,
    };
    const plain = chatResult({ reasoning: "Hm", text: "Hello", finish: "length", usage: USAGE });
    assert.deepEqual(generateWriter().whole({ kind: "chat", result: plain }), expected);
  });

  test("has logprobs, where there are any", () => {
    const logprobs = [{ token: "x", logprob: -0.5 }];
    const whole = chatWriter().whole({ kind: "chat", result: chatResult({ text: "x", logprobs }) }) as ChatLine;
    assert.deepEqual(whole.logprobs, logprobs);
  });

  test("is refused when the backend has sent embeddings", () => {
    const answer = { kind: "embeddings", vectors: [], model: "", inputTokens: 0 } as const;
    assert.throws(() => chatWriter().whole(answer), { code: "upstream_error" });
  });
});

test("a streamed /api/generate says it in `response` and `thinking`", () => {
  const lines = streamed(generateWriter(), [
    start,
    { kind: "reasoning", text: "Hm" },
    { kind: "text", text: "Hi" },
    finish("length"),
  ]) as unknown as GenerateLine[];
  assert.deepEqual(lines.map(({ response, thinking, done }) => [response, thinking, done]), [
    ["", "Hm", false],
    ["Hi", undefined, false],
    ["", undefined, true],
  ]);
  assert.ok(lines.every((line) => !("message" in line) && !("context" in line)));
});

type Writable<T> = T extends readonly (infer Item)[] ? Writable<Item>[]
  : T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> }
  : T;
type Known<Type, Line extends Partial<Type>> = keyof Line & keyof Type;
/** Does not compile when a field of ours is not of the package's type. */
export type ChatFields = Known<InJson<ChatResponse>, Writable<Omit<ChatLine, "logprobs">>>;
export type GenerateFields = Known<InJson<GenerateResponse>, Writable<Omit<GenerateLine, "logprobs">>>;

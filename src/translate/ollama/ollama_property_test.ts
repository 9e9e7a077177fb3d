import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import { collect, eventsOf } from "../chat/chat_answer.ts";
import type { ChatEvent, ChatResult } from "../chat/chat_event.ts";
import type { ChatMessage, JsonObject } from "../chat/chat_request.ts";
import type { Translator } from "../translator.ts";
import type { ChatLine } from "./answer_line.ts";
import { ollamaChatTranslator } from "./chat_translator.ts";
import { ollamaEmbeddingsTranslator, ollamaEmbedTranslator } from "./embed_translators.ts";
import { ollamaGenerateTranslator } from "./generate_translator.ts";
import { isLoadRequest, loadAnswer, type OllamaApi } from "./load_request.ts";
import { answerContext, streamed } from "./test_support.ts";

const text = fc.string({ unit: "grapheme", maxLength: 30 });
const word = fc.stringMatching(/^[a-z]\w{0,8}$/);
const values = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
  noNullPrototype: true,
});

const result: fc.Arbitrary<ChatResult> = fc.record({
  id: fc.constant("chatcmpl-1"),
  model: fc.constant("native"),
  reasoning: text,
  text,
  refusal: fc.constant(""),
  toolCalls: fc.array(
    fc.record({ id: word, name: word, arguments: values.map((value) => JSON.stringify(value)) }, {
      noNullPrototype: true,
    }),
    {
      maxLength: 4,
    },
  ),
  finish: fc.constantFrom("stop", "length"),
  usage: fc.option(fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }), { nil: undefined }),
}, { noNullPrototype: true });

/** The same answer in pieces; calls in turn or mixed, as backends may send them. */
const pieces = fc.tuple(result, fc.nat(6), fc.boolean()).map(([whole, size, mixed]) => {
  const cut = eventsOf(whole).flatMap((event): ChatEvent[] => {
    if (!("text" in event)) return [event];
    const letters = [...event.text];
    const parts: ChatEvent[] = [];
    for (let at = 0; at < letters.length; at += size + 1) {
      parts.push({ ...event, text: letters.slice(at, at + size + 1).join("") });
    }
    return parts;
  });
  if (!mixed) return { whole, events: cut };
  const isArguments = (event: ChatEvent) => event.kind === "tool_arguments";
  const end = cut.findIndex(({ kind }) => kind === "finish");
  const before = cut.slice(0, end);
  const pieces = [...before.filter((event) => !isArguments(event)), ...before.filter(isArguments)];
  return { whole, events: [...pieces, ...cut.slice(end)] };
});

const write = (whole: ChatResult) =>
  ollamaChatTranslator.writer(answerContext()).whole({ kind: "chat", result: whole }) as ChatLine;

/** What a client puts together from the lines. */
function joined(lines: readonly JsonObject[]): ChatLine {
  const said = lines as unknown as readonly ChatLine[];
  const last = said.at(-1) ?? assert.fail("no line");
  const thinking = said.map(({ message }) => message.thinking ?? "").join("");
  const calls = said.flatMap(({ message }) => message.tool_calls ?? []);
  return {
    ...last,
    message: {
      role: "assistant",
      content: said.map(({ message }) => message.content).join(""),
      ...(thinking === "" ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
}

describe("answers", () => {
  test("say the same in a stream as whole", () => {
    fc.assert(fc.property(pieces, ({ whole, events }) => {
      assert.deepEqual(collect(events), whole);
      const { message, done, done_reason, eval_count, prompt_eval_count } = joined(
        streamed(ollamaChatTranslator.writer(answerContext()), events),
      );
      const once = write(whole);
      assert.deepEqual(message, once.message);
      assert.deepEqual([done, done_reason], [once.done, once.done_reason]);
      assert.deepEqual([eval_count, prompt_eval_count], [once.eval_count, once.prompt_eval_count]);
    }));
  });

  test("come back as they were when they are part of the next request, with ids and without", () => {
    fc.assert(fc.property(result, fc.boolean(), (whole, keepsIds) => {
      const { message } = JSON.parse(JSON.stringify(write(whole))) as ChatLine;
      const calls = message.tool_calls?.map((call) => keepsIds ? call : { function: call.function });
      const results = whole.toolCalls.map(({ id, name }) => {
        return { role: "tool", content: name, ...(keepsIds ? { tool_call_id: id } : { tool_name: name }) };
      });
      const { body } = ollamaChatTranslator.request({
        messages: [{ role: "user", content: "?" }, { ...message, tool_calls: calls }, ...results],
      });
      const [, back, ...answers] = body.messages as ChatMessage[];
      assert.ok(back?.role === "assistant");
      assert.equal(back.content ?? "", whole.text);
      assert.equal(back.reasoning_content ?? "", whole.reasoning);
      const made = back.tool_calls ?? [];
      assert.deepEqual(
        made.map(({ function: { name, arguments: json } }) => [name, JSON.parse(json)]),
        whole.toolCalls.map(({ name, arguments: json }) => [name, JSON.parse(json)]),
      );
      if (keepsIds) assert.deepEqual(made.map(({ id }) => id), whole.toolCalls.map(({ id }) => id));
      else assert.equal(new Set(made.map(({ id }) => id)).size, made.length);
      // Each result belongs to the call whose name it carries.
      assert.deepEqual(
        answers.map((answer) => answer.role === "tool" && [answer.tool_call_id, answer.content]),
        made.map(({ id, function: { name } }) => [id, name]),
      );
    }));
  });
});

describe("requests of any shape", () => {
  const apis: [OllamaApi, Translator][] = [
    ["chat", ollamaChatTranslator],
    ["generate", ollamaGenerateTranslator],
    ["embed", ollamaEmbedTranslator],
    ["embeddings", ollamaEmbeddingsTranslator],
  ];
  const anything = fc.jsonValue({ maxDepth: 3 });
  /** Mostly as it should be, so that a whole request has a chance. */
  const mostly = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: anything });
  const some = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) => fc.record(fields, { requiredKeys: [] });
  const list = (entry: fc.Arbitrary<unknown>) => mostly(fc.array(entry, { maxLength: 3 }));

  const image = mostly(fc.base64String({ minLength: 4 }));
  const made = mostly(fc.record({ name: mostly(word), arguments: mostly(fc.oneof(values, text)) }));
  const message = mostly(fc.record({
    role: mostly(fc.constantFrom("user", "assistant", "tool", "system")),
    content: mostly(text),
    thinking: mostly(text),
    tool_calls: list(mostly(fc.record({ id: mostly(text), function: made }))),
    tool_call_id: mostly(text),
    tool_name: mostly(word),
    images: mostly(fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(image) })),
  }, { requiredKeys: ["role"] }));
  const number = mostly(fc.double({ noNaN: true, noDefaultInfinity: true }));
  const flag = mostly(fc.boolean());
  const body = some<Record<string, unknown>>({
    messages: list(message),
    prompt: mostly(text),
    input: mostly(fc.oneof(text, fc.array(text))),
    suffix: mostly(text),
    system: mostly(text),
    options: mostly(
      some({ stop: list(mostly(text)), seed: number, num_predict: number, top_k: number, num_ctx: number }),
    ),
    tools: list(mostly(fc.record({ function: mostly(fc.record({ name: mostly(word), parameters: anything })) }))),
    format: mostly(fc.oneof(fc.constantFrom("json", ""), values)),
    think: mostly(fc.constantFrom(true, false, "low", "medium", "high")),
    images: list(image),
    keep_alive: mostly(fc.constantFrom(0, "0s", -1, "5m")),
    raw: flag,
    stream: flag,
    logprobs: flag,
    top_logprobs: number,
    dimensions: number,
    truncate: flag,
  });

  for (const [api, translator] of apis) {
    test(`to /api/${api} are translated or refused as invalid, and never break`, () => {
      let translated = 0;
      fc.assert(
        fc.property(body, (request) => {
          if (isLoadRequest(api, request)) return void loadAnswer(api, { body: request, model: "m", now: 0 });
          try {
            const made = translator.request(request);
            assert.ok(Object.values(made.body).every((value) => value !== undefined));
            assert.ok(!("model" in made.body) && !("stream" in made.body));
            translated++;
          } catch (error) {
            assert.ok(error instanceof OllaError, String(error));
            assert.equal(error.code, "invalid_request");
            assert.ok(error.param !== undefined && error.message.includes(error.param));
          }
        }),
        { numRuns: 400 },
      );
      assert.ok(translated > 0);
    });
  }
});

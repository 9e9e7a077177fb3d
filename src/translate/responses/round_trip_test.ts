import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ChatEvent, ChatResult, TokenLogprob } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { OutputItem, ResponseBody } from "./response_types.ts";
import { chatOf, streamOf, wholeOf, wireEvents, withoutIds } from "./responses_test_support.ts";

const TOOLS = [
  { type: "function", name: "find" },
  { type: "custom", name: "edit" },
  { type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }, { type: "custom", name: "note" }] },
  { type: "local_shell" },
  { type: "shell" },
  { type: "apply_patch" },
];
/** Without half pairs, which no JSON parser but JavaScript's takes. */
const text = fc.string({ unit: "grapheme", maxLength: 30 });
const json = fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

/** A tool's name with arguments in the form that it wants. */
const wellCalled = fc.oneof(
  fc.tuple(fc.constantFrom("find", "crm__find", "made_up"), json),
  fc.tuple(fc.constantFrom("edit", "crm__note"), fc.record({ input: text })),
  fc.record({ command: fc.array(text), timeout_ms: fc.nat(), working_directory: text, env: fc.constant({ A: "b" }) })
    .map((args): [string, JsonObject] => ["local_shell", args]),
  fc.record({ commands: fc.array(text), timeout_ms: fc.nat(), max_output_length: fc.nat() })
    .map((args): [string, JsonObject] => ["shell", args]),
  fc.record({ type: fc.constantFrom("create_file", "update_file"), path: text, diff: text })
    .map((args): [string, JsonObject] => ["apply_patch", args]),
).map(([name, args]) => ({ name, arguments: JSON.stringify(args) }));
const badlyCalled = fc.record({ name: fc.constantFrom("find", "edit", "shell"), arguments: text });

function resultsOf(
  call: fc.Arbitrary<{ readonly name: string; readonly arguments: string }>,
  finish: fc.Arbitrary<ChatResult["finish"]>,
): fc.Arbitrary<ChatResult> {
  const calls = fc.array(call, { maxLength: 4 }).map((all) => all.map((one, at) => ({ ...one, id: `call_${at}` })));
  const usage = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() });
  return fc.record({
    id: fc.constant("x"),
    model: fc.constant("m"),
    reasoning: text,
    text,
    refusal: text,
    toolCalls: calls,
    finish,
    usage: fc.option(usage, { nil: undefined }),
  });
}

/** A text in pieces of this length. */
function pieces(value: string, length: number): string[] {
  return Array.from(
    { length: Math.ceil(value.length / length) },
    (_, at) => value.slice(at * length, (at + 1) * length),
  );
}

/** Two forms of what backends send, one without what they may leave out. */
function logprobOf(token: string): TokenLogprob {
  if (token.length % 2 === 0) return { token, logprob: -1 };
  return { token, logprob: -1, bytes: [65], top_logprobs: [{ token, logprob: -1 }] };
}

/** The result as a stream in pieces of this length; with `inTurns`, each call's arguments come piece by piece in turn. */
function eventsOf(result: ChatResult, length: number, inTurns: boolean): ChatEvent[] {
  const { reasoning, text: said, refusal, toolCalls, finish, usage } = result;
  const starts = toolCalls.map(({ id, name }, index): ChatEvent => ({ kind: "tool_call", index, id, name }));
  const args = toolCalls.map((call, index) =>
    pieces(call.arguments, length).map((piece): ChatEvent => ({ kind: "tool_arguments", index, text: piece }))
  );
  const longest = Math.max(0, ...args.map((list) => list.length));
  const turns = Array.from({ length: longest }, (_, at) => args.flatMap((list) => list.slice(at, at + 1)));
  return [
    { kind: "start", id: "x", model: "m" },
    ...pieces(reasoning, length).map((piece): ChatEvent => ({ kind: "reasoning", text: piece })),
    ...pieces(said, length).map((piece): ChatEvent => ({ kind: "text", text: piece, logprobs: [logprobOf(piece)] })),
    ...pieces(refusal, length).map((piece): ChatEvent => ({ kind: "refusal", text: piece })),
    ...(inTurns ? [...starts, ...turns.flat()] : starts.flatMap((start, at) => [start, ...args[at] ?? []])),
    { kind: "finish", reason: finish },
    ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
  ];
}

/** Puts the output together from the events alone, as the documentation of the API says. */
function accumulated(stream: string): { readonly items: OutputItem[]; readonly final: ResponseBody } {
  const items: Record<string, unknown>[] = [];
  let final: unknown;
  const grow = (holder: Record<string, unknown> | undefined, key: string, delta: unknown): void => {
    assert.ok(holder !== undefined && typeof holder[key] === "string");
    holder[key] += delta as string;
  };
  for (const event of wireEvents(stream)) {
    const { type, delta, output_index, content_index, summary_index } = event as JsonObject;
    const item = items[output_index as number];
    if (typeof output_index === "number" && type !== "response.output_item.added") {
      assert.equal(event["item_id"] ?? (event["item"] as JsonObject)["id"], item?.["id"]);
    }
    const part = () => (item?.["content"] as Record<string, unknown>[])[content_index as number];
    if (type === "response.output_item.added") {
      assert.equal(output_index, items.length);
      items.push(event["item"] as Record<string, unknown>);
    } else if (type === "response.content_part.added") (item?.["content"] as unknown[]).push(event["part"]);
    else if (type === "response.reasoning_summary_part.added") (item?.["summary"] as unknown[]).push(event["part"]);
    else if (type === "response.output_text.delta" || type === "response.reasoning_text.delta") {
      grow(part(), "text", delta);
      if (type === "response.output_text.delta") (part()?.["logprobs"] as unknown[]).push(...event["logprobs"] as []);
    } else if (type === "response.refusal.delta") grow(part(), "refusal", delta);
    else if (type === "response.reasoning_summary_text.delta") {
      grow((item?.["summary"] as Record<string, unknown>[])[summary_index as number], "text", delta);
    } else if (type === "response.function_call_arguments.delta") grow(item, "arguments", delta);
    else if (type === "response.custom_tool_call_input.delta") grow(item, "input", delta);
    else if (type === "response.output_item.done") {
      const done = event["item"] as Record<string, unknown>;
      // Calls that the client runs, and what carries the reasoning, come only here.
      const told = item?.["type"] === "message" || item?.["type"] === "function_call" ||
        item?.["type"] === "custom_tool_call";
      if (told) assert.deepEqual({ ...item, status: done["status"] }, done);
      items[output_index as number] = done;
    }
    final = event["response"] ?? final;
  }
  return { items: items as unknown as OutputItem[], final: final as ResponseBody };
}

const request = fc.record({
  tools: fc.constant(TOOLS),
  include: fc.constantFrom([], ["reasoning.encrypted_content"]),
  reasoning: fc.constantFrom(null, { summary: "auto" }),
});
const anyFinish = fc.constantFrom<ChatResult["finish"]>("stop", "length", "tool_calls", "content_filter");

describe("stream and whole answer", () => {
  test("are the same response, however the stream is cut", () => {
    const results = resultsOf(fc.oneof(wellCalled, badlyCalled), anyFinish);
    fc.assert(
      fc.property(results, request, fc.integer({ min: 1, max: 9 }), fc.boolean(), (result, asked, length, inTurns) => {
        const { items, final } = accumulated(streamOf(eventsOf(result, length, inTurns), asked));
        const logprobs = pieces(result.text, length).map(logprobOf);
        const { output, ...fields } = wholeOf({ ...result, logprobs }, asked);
        assert.deepEqual(items, final.output);
        assert.deepEqual(withoutIds(final.output), withoutIds(output));
        assert.deepEqual({ ...final, output: [] }, JSON.parse(JSON.stringify({ ...fields, output: [] })));
      }),
    );
  });
});

describe("an answer that is sent back as input", () => {
  test("is the same to the model: reasoning, text, refusal and calls", () => {
    fc.assert(fc.property(resultsOf(wellCalled, fc.constant("stop")), request, (result, asked) => {
      const { output } = wholeOf(result, asked);
      const input = [{ role: "user", content: "a" }, ...output, { role: "user", content: "b" }];
      const [, assistant, ...rest] = chatOf({ ...asked, input }).messages;
      const { reasoning, text: said, refusal, toolCalls } = result;
      if (reasoning === "" && said === "" && refusal === "" && toolCalls.length === 0) {
        assert.deepEqual(assistant, { role: "user", content: "b" });
        return;
      }
      assert.ok(assistant?.role === "assistant" && rest.length === 1);
      assert.equal(assistant.reasoning_content ?? "", reasoning);
      assert.equal(assistant.content ?? "", said);
      assert.equal(assistant.refusal ?? "", refusal);
      const calls = (assistant.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
        id,
        name,
        args,
      }));
      assert.deepEqual(
        calls.map((call) => ({ ...call, args: JSON.parse(call.args) as unknown })),
        toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args: JSON.parse(args) as unknown })),
      );
    }));
  });

  test("gives its reasoning back when the client keeps only what it cannot read", () => {
    const [item] = wholeOf({ reasoning: "hm ü" }, { include: ["reasoning.encrypted_content"] }).output;
    assert.ok(item?.type === "reasoning");
    const { encrypted_content } = item;
    const input = [{ role: "user", content: "a" }, { type: "reasoning", id: "rs_1", summary: [], encrypted_content }];
    const assistant = chatOf({ input }).messages[1];
    assert.ok(assistant?.role === "assistant");
    assert.equal(assistant.reasoning_content, "hm ü");
  });
});

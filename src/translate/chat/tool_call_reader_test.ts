import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collect } from "./chat_answer.ts";
import type { ChatEvent } from "./chat_event.ts";
import { countedIds } from "./test_support.ts";
import { ToolCallReader } from "./tool_call_reader.ts";

type Entry = Record<string, unknown>;

/** An entry of `tool_calls`; fields that are undefined are left out, as servers do. */
function entry(index?: number, id?: string, name?: string, args?: unknown): Entry {
  return JSON.parse(JSON.stringify({ index, id, type: "function", function: { name, arguments: args } })) as Entry;
}

/** The events of chunks of entries. */
function read(chunks: readonly (readonly Entry[])[]): ChatEvent[] {
  const reader = new ToolCallReader(countedIds());
  const out: ChatEvent[] = [];
  for (const entries of chunks) reader.delta(entries, out);
  reader.finish(out);
  return out;
}

/** `id name arguments` of each call. */
function calls(events: readonly ChatEvent[]): string[] {
  return collect(events).toolCalls.map((call) => `${call.id} ${call.name} ${call.arguments}`);
}

describe("tool calls are put together from pieces", () => {
  const cases: readonly (readonly [string, readonly (readonly Entry[])[], readonly string[]])[] = [
    ["as OpenAI sends them", [[entry(0, "a", "f", "")], [entry(0, undefined, undefined, '{"x"')], [
      entry(0, undefined, undefined, ":1}"),
    ]], ['a f {"x":1}']],
    ["all at once", [[entry(0, "a", "f", "{}"), entry(1, "b", "g", "{}")]], ["a f {}", "b g {}"]],
    ["id first, then the name", [[entry(0, "a")], [entry(0, undefined, "f")], [entry(0, undefined, undefined, "{}")]], [
      "a f {}",
    ]],
    ["name first, then the id", [[entry(0, undefined, "f")], [entry(0, "a")], [entry(0, undefined, undefined, "{}")]], [
      "a f {}",
    ]],
    ["arguments before both", [[entry(0, undefined, undefined, '{"x":')], [entry(0, "a")], [
      entry(0, undefined, "f", "1}"),
    ]], [
      'a f {"x":1}',
    ]],
    ["arguments, name, id", [[entry(0, undefined, undefined, "{}")], [entry(0, undefined, "f")], [entry(0, "a")]], [
      "a f {}",
    ]],
    ["name and id in each piece", [[entry(0, "a", "f", '{"x"')], [entry(0, "a", "f", ":1}")]], ['a f {"x":1}']],
    ["the name in each piece", [[entry(0, "a", "f", '{"x"')], [entry(0, undefined, "f", ":1}")]], ['a f {"x":1}']],
    ["an empty name and a null id later", [[entry(0, "a", "f", '{"x"')], [
      { index: 0, id: null, function: { name: "", arguments: ":1}" } },
    ]], ['a f {"x":1}']],
    ["a new id with each piece, as old vLLM", [[entry(0, "a", "f", "")], [entry(0, "b", undefined, "{}")]], ["a f {}"]],
    ["indexes that start at 1 and jump", [[entry(1, "a", "f", "{}")], [entry(7, "b", "g", "{}")]], [
      "a f {}",
      "b g {}",
    ]],
    ["interleaved", [
      [entry(0, "a", "f", "[")],
      [entry(1, "b", "g", "{")],
      [entry(0, undefined, undefined, "]"), entry(1, undefined, undefined, "}")],
    ], ["a f []", "b g {}"]],
    ["every index 0, told apart by their ids", [[entry(0, "a", "f", "{}")], [entry(0, "b", "f", "[]")]], [
      "a f {}",
      "b f []",
    ]],
    ["every index 0, told apart by their names", [[entry(0, undefined, "f", "{}")], [entry(0, undefined, "g", "[]")]], [
      "call_1 f {}",
      "call_2 g []",
    ]],
    ["every index 0, the same function twice in one chunk", [[
      entry(0, undefined, "f", "{}"),
      entry(0, undefined, "f", "[]"),
    ]], [
      "call_1 f {}",
      "call_2 f []",
    ]],
    ["no index, with ids", [[entry(undefined, "a", "f", '{"x"')], [entry(undefined, "a", undefined, ":1}")], [
      entry(undefined, "b", "g", "{}"),
    ]], ['a f {"x":1}', "b g {}"]],
    ["no index, pieces without an id", [[entry(undefined, "a", "f")], [entry(undefined, undefined, undefined, "{}")]], [
      "a f {}",
    ]],
    ["no index, name before the id", [[entry(undefined, undefined, "f")], [entry(undefined, "a")], [
      entry(undefined, undefined, undefined, "{}"),
    ]], ["a f {}"]],
    ["an index only with the arguments", [[entry(undefined, "a", "f")], [entry(0, undefined, undefined, "{")], [
      entry(0, undefined, undefined, "}"),
    ]], ["a f {}"]],
    ["arguments as an object", [[entry(undefined, undefined, "f", { x: 1 })], [
      entry(undefined, undefined, "f", { x: 2 }),
    ]], [
      'call_1 f {"x":1}',
      'call_2 f {"x":2}',
    ]],
    ["no id at all", [[entry(0, undefined, "f", "")], [entry(0, undefined, undefined, "{}")]], ["call_1 f {}"]],
    ["no id and no arguments", [[entry(0, undefined, "f")]], ["call_1 f {}"]],
    ["an id that comes too late", [[entry(0, undefined, "f", "{")], [entry(0, "a", undefined, "}")]], ["call_1 f {}"]],
    ["no arguments", [[entry(0, "a", "f")]], ["a f {}"]],
    ["name and arguments beside the id", [[{ id: "a", name: "f", arguments: "{}" }]], ["a f {}"]],
    ["an id and nothing else", [[entry(0, "a")]], []],
  ];
  for (const [name, chunks, expected] of cases) {
    test(name, () => assert.deepEqual(calls(read(chunks)), expected));
  }

  test("arguments split at every byte come out whole", () => {
    const text = '{"city":"Zürich","emoji":"👋","n":[1,2]}';
    const pieces = Array.from({ length: text.length }, (_, i) => [entry(0, undefined, undefined, text[i])]);
    assert.deepEqual(calls(read([[entry(0, "a", "f", "")], ...pieces])), [`a f ${text}`]);
  });

  test("a function_call of old has one name, no id and pieces of arguments", () => {
    const reader = new ToolCallReader(countedIds());
    const out: ChatEvent[] = [];
    for (const piece of [{ name: "f", arguments: "" }, { arguments: '{"x"' }, { arguments: ":1}" }]) {
      reader.legacy(piece, out);
    }
    reader.finish(out);
    assert.deepEqual(calls(out), ['call_1 f {"x":1}']);
  });
});

describe("a call is told", () => {
  test("once, before its arguments, and numbered without gaps", () => {
    const events = read([[entry(3, "a", "f", "[")], [entry(9, "b", "g", "{}")], [entry(3, undefined, undefined, "]")]]);
    assert.deepEqual(events, [
      { kind: "tool_call", index: 0, id: "a", name: "f" },
      { kind: "tool_arguments", index: 0, text: "[" },
      { kind: "tool_call", index: 1, id: "b", name: "g" },
      { kind: "tool_arguments", index: 1, text: "{}" },
      { kind: "tool_arguments", index: 0, text: "]" },
    ]);
  });

  test("as soon as its id and name are known, not at the end", () => {
    const reader = new ToolCallReader(countedIds());
    const out: ChatEvent[] = [];
    reader.delta([entry(0, "a", "f")], out);
    assert.deepEqual(out, [{ kind: "tool_call", index: 0, id: "a", name: "f" }]);
  });
});

describe("what no backend should send", () => {
  test("arguments of a call that never gets a name are an error, not lost", () => {
    assert.throws(() => read([[entry(0, "a", undefined, "{}")]]), {
      name: "AnswerError",
      message: "The backend sent a tool call without the name of a function",
    });
  });

  test("calls without end are stopped", () => {
    const flood = Array.from({ length: 5000 }, (_, i) => [entry(i, `id${i}`, "f", "{}")]);
    assert.throws(() => read(flood), { name: "AnswerError", message: "The backend sent more than 4096 tool calls" });
  });

  test("arguments that wait for a name are bounded", () => {
    const held = (place: number) => [entry(place, undefined, undefined, "x".repeat(1024 * 1024))];
    assert.throws(() => read(Array.from({ length: 20 }, () => held(0))), { name: "AnswerError" });
    const named = Array.from({ length: 20 }, (_, i) => [held(i), [entry(i, `id${i}`, "f")]]).flat();
    assert.equal(calls(read(named)).length, 20, "what has its name waits no more");
  });
});

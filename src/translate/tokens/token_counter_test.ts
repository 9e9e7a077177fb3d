import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Encoding } from "./encoding.ts";
import { FAMILIES, type TokenFamily } from "./families.ts";
import { loadEncoding } from "./load_encoding.ts";
import { TokenCounter, type TokenCounterOptions } from "./token_counter.ts";
import { toolText } from "./tool_text.ts";

const pause = () => Promise.resolve();
const shared = new TokenCounter({ pause, load: loadEncoding });
const tokens = async (body: unknown, family: TokenFamily = "o200k_base") => {
  return (await shared.countTokens(body, { family })).tokens;
};
const HEAD = FAMILIES.o200k_base.base;
const MESSAGE = FAMILIES.o200k_base.perMessage;
const CALL = FAMILIES.o200k_base.perToolCall;
const EMPTY = HEAD + MESSAGE;

const user = (content: unknown) => ({ messages: [{ role: "user", content }] });

describe("countTokens()", () => {
  const cases: [name: string, body: unknown, tokens: number][] = [
    ["a plain message", user("hello world"), EMPTY + 2],
    ["a block of text", user([{ type: "text", text: "hello world" }]), EMPTY + 2],
    ["a block that is not in a list", user({ type: "text", text: "hello world" }), EMPTY + 2],
    ["a system text", { system: "hello world", messages: [] }, EMPTY + 2],
    ["system blocks", { system: [{ type: "text", text: "hello" }, { type: "text", text: " world" }] }, EMPTY + 2],
    ["two messages", { messages: [{ content: "hello" }, { content: "world" }] }, HEAD + 2 * MESSAGE + 2],
    ["thinking", user([{ type: "thinking", thinking: "hello world", signature: "abcdefgh" }]), EMPTY + 2],
    ["sealed thinking", user([{ type: "redacted_thinking", data: "abcdefgh" }]), EMPTY],
    ["a call", user([{ type: "tool_use", id: "toolu_1", name: "hello", input: {} }]), EMPTY + CALL + 2],
    ["a call without input", user([{ type: "tool_use", name: "hello" }]), EMPTY + CALL + 1],
    ["a result", user([{ type: "tool_result", tool_use_id: "x", content: "hello world" }]), EMPTY + MESSAGE + 2],
    [
      "a result of blocks",
      user([{
        type: "tool_result",
        content: [{ type: "text", text: "hello" }, { type: "image", source: { type: "url", url: "https://a/b.png" } }],
      }]),
      EMPTY + MESSAGE + 1 + 1600,
    ],
    ["a result without content", user([{ type: "tool_result", tool_use_id: "x" }]), EMPTY + MESSAGE],
    ["an image", user([{ type: "image", source: { type: "base64", data: "AAAA" } }]), EMPTY + 1600],
    ["an image without a source", user([{ type: "image" }]), EMPTY + 1600],
    [
      "a document of text",
      user([{ type: "document", title: "hello", source: { type: "text", data: "hello world" } }]),
      EMPTY + 3,
    ],
    [
      "a document of blocks",
      user([{ type: "document", source: { type: "content", content: [{ type: "text", text: "hello world" }] } }]),
      EMPTY + 2,
    ],
    ["a PDF", user([{ type: "document", source: { type: "base64", data: "AAAA" } }]), EMPTY + 2250],
    ["a file by its id", user([{ type: "document", source: { type: "file", file_id: "f" } }]), EMPTY],
    [
      "a result of a search",
      user([{ type: "search_result", title: "hello", source: "world", content: [{ type: "text", text: "hello" }] }]),
      EMPTY + 3,
    ],
    ["an unknown block, as JSON", user([{ type: "new" }]), EMPTY + 5],
    ["a message that is a text", { messages: ["hello world"] }, EMPTY + 2],
    ["numbers for texts, as JSON", user([{ type: "text", text: 12 }, 7, null]), EMPTY + 1],
    ["a body without anything", {}, HEAD],
    ["a body that is no object", "hello", 1],
    ["null", null, 1],
  ];
  for (const [name, body, expected] of cases) {
    test(`counts ${name}`, async () => assert.equal(await tokens(body), expected));
  }

  test("counts tools with what tells the model of them", async () => {
    const tool = { name: "get_weather", description: "Current weather", input_schema: { type: "object" } };
    const none = await tokens(user("hi"), "qwen");
    const one = await tokens({ ...user("hi"), tools: [tool] }, "qwen");
    const two = await tokens({ ...user("hi"), tools: [tool, tool] }, "qwen");
    assert.ok(one - none > FAMILIES.qwen.toolsHead + 20 && one - none < FAMILIES.qwen.toolsHead + 50, `${one - none}`);
    assert.ok(Math.abs(two - one - (one - none - FAMILIES.qwen.toolsHead)) <= 1);
    assert.ok(await tokens({ tools: [{ type: "web_search_20250305", name: "web_search" }] }, "qwen") > one - none - 30);
  });

  test("counts the schema of the output", async () => {
    const format = { type: "json_schema", schema: { type: "object", properties: { name: { type: "string" } } } };
    assert.ok(await tokens({ ...user("hi"), output_config: { format } }) > await tokens(user("hi")) + 10);
  });

  test("knows what it estimated", async () => {
    const estimated = async (body: unknown, family: TokenFamily) => {
      return (await shared.countTokens(body, { family })).estimated;
    };
    assert.equal(await estimated(user("hi"), "o200k_base"), false);
    assert.equal(await estimated(user("hi"), "cl100k_base"), false);
    assert.equal(await estimated(user("hi"), "qwen"), true);
    assert.equal(await estimated(user([{ type: "image" }]), "o200k_base"), true);
    assert.equal(await estimated({ ...user("hi"), tools: [{ name: "a", input_schema: {} }] }, "o200k_base"), true);
    assert.equal(await estimated({ ...user("hi"), tools: [] }, "o200k_base"), false);
  });

  test("never fails and is never 0, whatever a client sends", async () => {
    const block = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom("text", "image", "document", "tool_use", "tool_result"),
        content: fc.jsonValue(),
      }),
    );
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({
        system: fc.jsonValue(),
        messages: fc.array(fc.record({ role: fc.string(), content: fc.oneof(fc.jsonValue(), fc.array(block)) })),
        tools: fc.array(fc.oneof(fc.jsonValue(), fc.record({ name: fc.string(), input_schema: fc.jsonValue() }))),
      }),
    );
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom<TokenFamily>("o200k_base", "qwen"), async (body, family) => {
        const count = await tokens(body, family);
        assert.ok(Number.isSafeInteger(count) && count >= 1);
      }),
      { numRuns: 200 },
    );
  });

  test("does not follow content in content for ever", async () => {
    let content: unknown = "hello";
    for (let i = 0; i < 10_000; i++) content = [{ type: "tool_result", content }];
    assert.ok(await tokens(user(content)) > 0);
  });
});

/** A counter that tells how often it paused and loaded. */
function counting(load: TokenCounterOptions["load"]) {
  const told = { pauses: 0, loads: 0 };
  const counter = new TokenCounter({
    pause: () => Promise.resolve(told.pauses++),
    load: (name, pause) => {
      told.loads++;
      return load(name, pause);
    },
  });
  return { counter, told };
}

describe("a TokenCounter", () => {
  const long = user("The quick brown fox jumps over the lazy dog. ".repeat(4000));

  test("lets others run every few thousand characters of a long body", async () => {
    const { counter, told } = counting(loadEncoding);
    await counter.countTokens(user("hi"), { family: "other" });
    told.pauses = 0;
    await counter.countTokens(user("hi"), { family: "other" });
    assert.equal(told.pauses, 0);
    await counter.countTokens(long, { family: "other" });
    assert.ok(told.pauses >= 20 && told.pauses <= 24, String(told.pauses));
  });

  test("lets others run in a body of many small messages, too", async () => {
    const { counter, told } = counting(loadEncoding);
    await counter.countTokens(user("hi"), { family: "other" });
    told.pauses = 0;
    await counter.countTokens({ messages: Array(10_000).fill({ role: "user", content: "a" }) }, { family: "other" });
    assert.ok(told.pauses > 10, String(told.pauses));
  });

  test("loads an encoding when it is first needed, once", async () => {
    const { counter, told } = counting(loadEncoding);
    assert.equal(told.loads, 0);
    await Promise.all([1, 2, 3].map(() => counter.countTokens(long, { family: "qwen" })));
    await counter.countTokens(long, { family: "llama3" });
    assert.equal(told.loads, 1);
    await counter.countTokens(long, { family: "cl100k_base" });
    assert.equal(told.loads, 2);
  });

  test("counts bodies at the same time as it counts each alone", async () => {
    const other = user("漢字かな交じり文 and some words 12345. ".repeat(3000));
    const alone = [await tokens(long, "qwen"), await tokens(other, "qwen")];
    assert.deepEqual(await Promise.all([tokens(long, "qwen"), tokens(other, "qwen")]), alone);
  });

  test("estimates by size while no encoding can be loaded, and tries again", async () => {
    let isBroken = true;
    const { counter } = counting((name, pause): Promise<Encoding> => {
      return isBroken ? Promise.reject(new Error("no such file")) : loadEncoding(name, pause);
    });
    const body = user("hello wörld!");
    assert.deepEqual(await counter.countTokens(body, { family: "o200k_base" }), { tokens: EMPTY + 3, estimated: true });
    isBroken = false;
    assert.deepEqual(await counter.countTokens(body, { family: "o200k_base" }), {
      tokens: EMPTY + 5,
      estimated: false,
    });
  });
});

describe("a tool in TypeScript", () => {
  test("looks as OpenAI's models see it", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string", description: "Name of the city" },
        unit: { enum: ["c", "f"], default: "c" },
        days: { type: "array", items: { type: "integer" } },
        place: { anyOf: [{ type: "object", properties: { lat: { type: "number" } } }, { type: "null" }] },
        mode: { const: 1 },
        any: { type: ["string", "null"] },
        odd: 7,
      },
      required: ["city"],
    };
    assert.equal(
      toolText({ name: "weather", description: "Tells the weather.", schema }, "typescript"),
      `// Tells the weather.
type weather = (_: {
// Name of the city
city: string,
unit?: "c" | "f", // default: "c"
days?: number[],
place?: {
lat?: number,
} | null,
mode?: 1,
any?: string | null,
odd?: any,
}) => any;

`,
    );
  });

  test("that has no parameters, or refers to itself, ends", () => {
    const loop: Record<string, unknown> = { type: "array" };
    loop.items = loop;
    assert.match(toolText({ name: "a", description: "", schema: loop }, "typescript"), /^type a = \(_: any(\[\])+\)/);
    assert.equal(toolText({ name: "a", description: "", schema: loop }, "json"), "");
    assert.equal(toolText({ name: "a", description: "", schema: null }, "typescript"), "type a = (_: any) => any;\n\n");
  });
});

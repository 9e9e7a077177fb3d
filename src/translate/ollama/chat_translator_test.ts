import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatRequest } from "ollama";
import { ollamaChatTranslator } from "./chat_translator.ts";
import { refusal } from "./test_support.ts";

const MESSAGES = [{ role: "user", content: "Hi" }];

const translated = (more: Omit<Partial<ChatRequest>, "think"> & { think?: unknown; own?: unknown }) =>
  ollamaChatTranslator.request({ model: "m", messages: MESSAGES, ...more });

describe("ollamaChatTranslator.request", () => {
  test("leaves out what the attempt adds, and what only Ollama knows", () => {
    const request = translated({ keep_alive: "5m", options: { num_ctx: 4096 }, own: 1, stream: false });
    assert.deepEqual(request, { target: "chat", body: { messages: MESSAGES }, stream: false });
  });

  const streams: [unknown, boolean][] = [[undefined, true], [null, true], [true, true], [false, false]];
  for (const [stream, expected] of streams) {
    test(`${expected ? "streams" : "does not stream"} for stream: ${stream}`, () => {
      assert.equal(ollamaChatTranslator.request({ messages: MESSAGES, stream }).stream, expected);
    });
  }

  const weather = { name: "weather", description: "Tells it", parameters: { type: "object", required: ["city"] } };
  const schema = { type: "object", properties: { age: { type: "integer" } } };
  const fields: [string, Parameters<typeof translated>[0], Record<string, unknown>][] = [
    ["keeps tools", { tools: [{ type: "function", function: weather }] }, {
      tools: [{ type: "function", function: weather }],
    }],
    ["gives a tool without parameters an empty schema", { tools: [{ type: "function", function: { name: "now" } }] }, {
      tools: [{ type: "function", function: { name: "now", parameters: { type: "object", properties: {} } } }],
    }],
    ["leaves an empty list of tools out", { tools: [] }, {}],
    ["maps options", { options: { temperature: 0.5, num_predict: 9 } }, { temperature: 0.5, max_tokens: 9 }],
    ["maps format json", { format: "json" }, { response_format: { type: "json_object" } }],
    ["maps a schema", { format: schema }, {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    }],
    ["takes an empty format for none", { format: "" }, {}],
    ["maps think: true", { think: true }, { chat_template_kwargs: { enable_thinking: true, thinking: true } }],
    ["maps think: false", { think: false }, { chat_template_kwargs: { enable_thinking: false, thinking: false } }],
    ["maps a level of thinking", { think: "low" }, {
      reasoning_effort: "low",
      chat_template_kwargs: { enable_thinking: true, thinking: true, reasoning_effort: "low" },
    }],
    ["maps the highest level to one that all know", { think: "max" }, {
      reasoning_effort: "high",
      chat_template_kwargs: { enable_thinking: true, thinking: true, reasoning_effort: "high" },
    }],
    ["takes think: null for absent", { think: null }, {}],
    ["maps logprobs", { logprobs: true }, { logprobs: true }],
    ["maps top_logprobs", { logprobs: true, top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
    ["leaves top_logprobs out without logprobs", { top_logprobs: 3 }, {}],
    ["leaves logprobs: false out", { logprobs: false, top_logprobs: 3 }, {}],
  ];
  for (const [title, more, expected] of fields) {
    test(title, () => assert.deepEqual(translated(more).body, { messages: MESSAGES, ...expected }));
  }

  const wrong: [Record<string, unknown>, string][] = [
    [{ messages: "Hi" }, "messages"],
    [{ messages: [] }, "messages"],
    [{ messages: null }, "messages"],
    [{ stream: "yes" }, "stream"],
    [{ tools: {} }, "tools"],
    [{ tools: ["weather"] }, "tools[0]"],
    [{ tools: [{ type: "function" }] }, "tools[0].function"],
    [{ tools: [{ function: {} }] }, "tools[0].function.name"],
    [{ format: "xml" }, "format"],
    [{ format: [] }, "format"],
    [{ think: "hard" }, "think"],
    [{ think: 1 }, "think"],
    [{ logprobs: 1 }, "logprobs"],
    [{ options: [] }, "options"],
  ];
  for (const [more, field] of wrong) {
    test(`refuses ${JSON.stringify(more)} naming "${field}"`, () => {
      const refused = refusal(ollamaChatTranslator, { messages: MESSAGES, ...more });
      assert.equal(refused.field, field);
      assert.match(refused.message, new RegExp(`^"${field.replace(/[[\]]/g, "\\$&")}" must be `));
    });
  }

  test("does not repeat a long text in an error", () => {
    assert.ok(refusal(ollamaChatTranslator, { messages: "x".repeat(5000) }).message.length < 100);
  });
});

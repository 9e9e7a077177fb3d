import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { chatFor, refusalOf } from "./anthropic_test_support.ts";
import { translateRequest } from "./request.ts";

const messages = [{ role: "user", content: "Hi" }];

test("A request of Claude Code becomes a chat request with all that a chat can say", () => {
  const request: MessageCreateParamsStreaming = {
    model: "claude-local",
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: "text", text: "You are Claude Code.", cache_control: { type: "ephemeral" } },
      { type: "text", text: "Be short." },
    ],
    messages: [
      { role: "user", content: [{ type: "text", text: "<system-reminder>" }, { type: "text", text: "List files" }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Use ls.", signature: "" },
          { type: "text", text: "I look." },
          { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } },
        ],
      },
      {
        role: "user",
        content: [{
          type: "tool_result",
          tool_use_id: "toolu_1",
          content: "a.txt",
          cache_control: { type: "ephemeral" },
        }],
      },
    ],
    tools: [{
      name: "Bash",
      description: "Runs",
      input_schema: { type: "object", properties: { command: { type: "string" } } },
    }],
    metadata: { user_id: "user_1" },
    thinking: { type: "enabled", budget_tokens: 31_999 },
  };
  const body = {
    messages: [
      { role: "system", content: "You are Claude Code.\n\nBe short." },
      { role: "user", content: "<system-reminder>\n\nList files" },
      {
        role: "assistant",
        content: "I look.",
        tool_calls: [{ id: "toolu_1", type: "function", function: { name: "Bash", arguments: '{"command":"ls"}' } }],
        reasoning_content: "Use ls.",
      },
      { role: "tool", tool_call_id: "toolu_1", content: "a.txt" },
    ],
    max_tokens: 32_000,
    temperature: 1,
    user: "user_1",
    reasoning_effort: "high",
    tools: [{
      type: "function",
      function: {
        name: "Bash",
        description: "Runs",
        parameters: { type: "object", properties: { command: { type: "string" } } },
      },
    }],
  } as const;
  const translated = translateRequest({ ...request, temperature: 1 });
  assert.deepEqual(translated, { target: "chat", stream: true, body });
  // But for the reasoning and the thinned types of messages, OpenAI's own SDK would send the same.
  const { messages: _, tools: __, ...rest } = body;
  const typed: Omit<ChatCompletionCreateParams, "model" | "messages" | "tools"> = rest;
  assert.equal(typed.reasoning_effort, "high");
});

describe("Parameters", () => {
  const cases: [name: string, request: JsonObject, expected: JsonObject][] = [
    ["are not made up", {}, {}],
    ["that are null are left out", {
      temperature: null,
      top_k: null,
      metadata: null,
      stop_sequences: null,
      thinking: null,
    }, {}],
    ["for sampling keep their names", { temperature: 0, top_p: 0.5, top_k: 40 }, {
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
    }],
    ["out of Anthropic's range are the backend's matter", { temperature: 1.9, top_p: 7 }, {
      temperature: 1.9,
      top_p: 7,
    }],
    ["for stopping", { stop_sequences: ["END", "\n"] }, { stop: ["END", "\n"] }],
    ["for stopping nowhere", { stop_sequences: [] }, {}],
    ["for the user, as long as OpenAI takes", { metadata: { user_id: "u".repeat(70) } }, { user: "u".repeat(64) }],
    ["for no user", { metadata: { user_id: null } }, {}],
    [
      "for a schema",
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: { type: "object" }, strict: true },
        },
      },
    ],
    [
      "for a schema, in the older place",
      { output_format: { type: "json_schema", schema: { type: "object" } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: { type: "object" }, strict: true },
        },
      },
    ],
    ["for a format of another kind", { output_format: { type: "poem" } }, {}],
    [
      "that only Anthropic knows are left out, and unknown ones too",
      {
        ...{ service_tier: "auto", container: "c", mcp_servers: [], context_management: {}, betas: ["b"] },
        ...{ inference_geo: "us", speed: "fast", cache_control: {}, diagnostics: {}, hologram: 1 },
      },
      {},
    ],
  ];
  for (const [name, request, expected] of cases) {
    test(name, () => assert.deepEqual(chatFor(request), { messages, ...expected }));
  }

  test("leave out model, stream and what goes with it: the attempt adds them", () => {
    const translated = translateRequest({ model: "m", stream: true, messages });
    assert.deepEqual(translated, { target: "chat", stream: true, body: { messages } });
    assert.equal(translateRequest({ messages }).stream, false);
    assert.equal(translateRequest({ messages, stream: null }).stream, false);
  });

  test("cut a user's name between characters", () => {
    const { user } = chatFor({ metadata: { user_id: "u".repeat(63) + "😀" } });
    assert.equal((user as string).isWellFormed(), true);
  });
});

describe("A parameter is refused with its path", () => {
  const cases: [request: JsonObject, path: string, message: RegExp][] = [
    [{ max_tokens: 0 }, "max_tokens", /1 or more/],
    [{ max_tokens: "9" }, "max_tokens", /a whole number, received a string/],
    [{ max_tokens: 1.5 }, "max_tokens", /a whole number/],
    [{ temperature: "hot" }, "temperature", /a number/],
    [{ top_k: [] }, "top_k", /a number, received a list/],
    [{ stop_sequences: "END" }, "stop_sequences", /a list/],
    [{ stop_sequences: ["a", 7] }, "stop_sequences.1", /a string/],
    [{ metadata: "me" }, "metadata", /an object/],
    [{ metadata: { user_id: 7 } }, "metadata.user_id", /a string/],
    [{ stream: "yes" }, "stream", /true or false/],
    [{ output_config: { format: { type: "json_schema" } } }, "output_config.format.schema", /give it a JSON schema/],
  ];
  for (const [request, path, message] of cases) {
    test(`${path}: ${JSON.stringify(request)}`, () => {
      const [param, complaint] = refusalOf(() => chatFor(request));
      assert.equal(param, path);
      assert.match(complaint, message);
    });
  }
});

/** Values that look like requests, with anything anywhere. */
function anyRequest(): fc.Arbitrary<JsonObject> {
  const words = fc.constantFrom(
    ...[
      "text",
      "image",
      "document",
      "tool_use",
      "tool_result",
      "thinking",
      "base64",
      "url",
      "content",
      "user",
      "assistant",
    ],
    ...["system", "json_schema", "enabled", "tool", "any", "search_result", "web_search_tool_result", "bash_20250124"],
  );
  const keys = fc.constantFrom(
    ...["type", "text", "content", "source", "data", "media_type", "url", "id", "name", "input", "tool_use_id", "role"],
    ...["is_error", "thinking", "title", "context", "citations", "schema", "format", "effort", "user_id", "toString"],
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      words,
      fc.string({ maxLength: 5 }),
      fc.jsonValue({ maxDepth: 1 }),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
  }));
  const block = fc.dictionary(keys, value, { maxKeys: 6 }).chain((rest) => words.map((type) => ({ ...rest, type })));
  const content = fc.oneof(fc.string(), fc.array(block, { maxLength: 4 }), value);
  const message = fc.record({ role: fc.constantFrom("user", "assistant", "system"), content });
  const top = fc.dictionary(
    fc.constantFrom("system", "tools", "tool_choice", "metadata", "thinking", "output_config", "stop_sequences"),
    fc.oneof(value, fc.array(block, { maxLength: 3 })),
  );
  return fc.tuple(top, fc.oneof(fc.array(message, { maxLength: 5 }), value))
    .map(([rest, list]) => JSON.parse(JSON.stringify({ ...rest, messages: list })));
}

test("Whatever a request holds, it is translated or refused, and never changed", () => {
  let translated = 0;
  fc.assert(
    fc.property(anyRequest(), (request) => {
      const before = JSON.stringify(request);
      try {
        const { body } = translateRequest(request);
        assert.ok(Array.isArray(body.messages) && body.messages.length > 0);
        translated++;
      } catch (error) {
        assert.ok(error instanceof OllaError && error.param !== undefined, `Thrown: ${error}`);
      }
      assert.equal(JSON.stringify(request), before);
    }),
    { numRuns: 500 },
  );
  assert.ok(translated > 0, "The property says nothing when every request is refused");
});

test("Deep nesting is no way to break it", () => {
  const nest = (depth: number) => {
    let value: JsonObject = { type: "text", text: "in" };
    for (let i = 0; i < depth; i++) value = { type: "document", source: { type: "content", content: [value] } };
    return value;
  };
  const body =
    translateRequest({ messages: [{ role: "user", content: [nest(100_000), { type: "text", text: "Hi" }] }] }).body;
  assert.deepEqual(body.messages, [{ role: "user", content: "<document>\n</document>\n\nHi" }]);
});

test("An input nested too deeply to be written is refused", () => {
  const input = JSON.parse("[".repeat(150_000) + "]".repeat(150_000));
  const use = { type: "tool_use", id: "a", name: "f", input };
  const [path] = refusalOf(() => translateRequest({ messages: [{ role: "assistant", content: [use] }] }));
  assert.equal(path, "messages.0.content.0.input");
});

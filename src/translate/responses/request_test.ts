import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OllaError } from "../../errors.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { requestWith } from "./request.ts";
import { responseWriter } from "./response_writer.ts";
import { responsesTranslator } from "./responses_translator.ts";
import { anyJson, chatOf, contextOf, refusalOf } from "./responses_test_support.ts";
import { conversationItems } from "./input_list.ts";
import { storedItems } from "./stored_items.ts";

const MESSAGES = [{ role: "user", content: "Hi" }];
const FIND = { type: "function", name: "find", parameters: { type: "object" } };
const CHAT_FIND = { type: "function", function: { name: "find", parameters: { type: "object" } } };
const SCHEMA = { type: "object", properties: {} };

describe("a request for a response", () => {
  const cases: [what: string, fields: JsonObject, expected: JsonObject][] = [
    ["the bare input", {}, {}],
    ["max_output_tokens as max_tokens", { max_output_tokens: 50 }, { max_tokens: 50 }],
    ["sampling", { temperature: 0.2, top_p: 0.9 }, { temperature: 0.2, top_p: 0.9 }],
    ["top_logprobs", { top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
    ["logprobs asked for by include", { include: ["message.output_text.logprobs"] }, { logprobs: true }],
    ["the user", { user: "u", safety_identifier: "s" }, { user: "u" }],
    ["the safety identifier as the user", { safety_identifier: "s" }, { user: "s" }],
    ["the effort", { reasoning: { effort: "high", summary: "auto" } }, { reasoning_effort: "high" }],
    ["the verbosity", { text: { verbosity: "low" } }, { verbosity: "low" }],
    ["plain text as no format", { text: { format: { type: "text" } } }, {}],
    ["JSON", { text: { format: { type: "json_object" } } }, { response_format: { type: "json_object" } }],
    [
      "a schema",
      { text: { format: { type: "json_schema", name: "n", schema: SCHEMA, strict: true, description: "d" } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: SCHEMA, strict: true, description: "d" },
        },
      },
    ],
    ["a schema without the rest", { text: { format: { type: "json_schema", schema: SCHEMA, strict: null } } }, {
      response_format: { type: "json_schema", json_schema: { name: "response", schema: SCHEMA } },
    }],
    ["tools", { tools: [FIND], tool_choice: "required", parallel_tool_calls: false }, {
      tools: [CHAT_FIND],
      tool_choice: "required",
      parallel_tool_calls: false,
    }],
    ["no choice where hosted tools were all", {
      tools: [{ type: "web_search" }],
      tool_choice: "auto",
      parallel_tool_calls: true,
    }, {}],
    ["fields of local servers", { top_k: 5, min_p: 0.1, seed: 1, stop: ["x"], chat_template_kwargs: { a: 1 } }, {
      top_k: 5,
      min_p: 0.1,
      seed: 1,
      stop: ["x"],
      chat_template_kwargs: { a: 1 },
    }],
    ["nothing of what only OpenAI knows", {
      store: true,
      include: ["reasoning.encrypted_content"],
      metadata: { a: "b" },
      truncation: "auto",
      service_tier: "flex",
      prompt_cache_key: "k",
      background: false,
      stream_options: { include_obfuscation: false },
      max_tool_calls: 3,
    }, {}],
    ["null as missing", {
      instructions: null,
      max_output_tokens: null,
      temperature: null,
      tools: null,
      tool_choice: null,
      reasoning: null,
      text: null,
      previous_response_id: null,
      conversation: null,
      prompt: null,
      user: null,
    }, {}],
  ];
  for (const [what, fields, expected] of cases) {
    test(`translates ${what}`, () => {
      assert.deepEqual(chatOf({ model: "m", input: "Hi", ...fields }), { messages: MESSAGES, ...expected });
    });
  }

  test("tells whether a stream is wanted, and leaves that and the model to the attempt", () => {
    const { target, stream, body } = responsesTranslator.request({ model: "m", input: "Hi", stream: true });
    assert.deepEqual([target, stream, body], ["chat", true, { messages: MESSAGES }]);
    assert.equal(responsesTranslator.request({ model: "m", input: "Hi", stream: null }).stream, false);
  });

  test("takes tools and settings out of the conversation, the last ones last", () => {
    const schema = { type: "json_schema", name: "n", schema: SCHEMA };
    const update = (reasoning: JsonObject, format: JsonObject) => ({
      type: "configuration_update",
      reasoning,
      text: { format },
    });
    const chat = chatOf({
      input: [
        { role: "user", content: "Hi" },
        { type: "additional_tools", role: "developer", tools: [FIND] },
        update({ effort: "low" }, schema),
        update({ effort: "max" }, { type: "text" }),
      ],
      reasoning: { effort: "none" },
    });
    assert.deepEqual(chat, { messages: MESSAGES, tools: [CHAT_FIND], reasoning_effort: "max" });
  });

  test("leaves tools out that are not allowed, but knows them in the conversation", () => {
    const chat = chatOf({
      input: [{ type: "function_call", call_id: "c", name: "add", namespace: "crm", arguments: "{}" }],
      tools: [FIND, { type: "namespace", name: "crm", tools: [{ type: "function", name: "add" }] }],
      tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "find" }] },
    });
    assert.deepEqual(chat.tools, [CHAT_FIND]);
    const [message] = chat.messages;
    assert.ok(message?.role === "assistant");
    assert.equal(message.tool_calls?.[0]?.function.name, "crm__add");
  });

  const wrong: [fields: JsonObject, param: string, says: RegExp][] = [
    [
      { previous_response_id: "resp_1" },
      "previous_response_id",
      /keeps no responses, so send the whole conversation in input/,
    ],
    [{ conversation: "conv_1" }, "conversation", /send it whole in input/],
    [{ conversation: { id: "conv_1" } }, "conversation", /keeps none/],
    [{ prompt: { id: "pmpt_1" } }, "prompt", /send its text in instructions/],
    [{ background: true }, "background", /leave background out/],
    [{ tools: [FIND], tool_choice: { type: "web_search" } }, "tool_choice", /asks for "web_search"/],
    [{ tools: [{ type: "web_search" }], tool_choice: "required" }, "tool_choice", /Choose one/],
    [{ tools: {} }, "tools", /list/],
    [{ input: "", instructions: 5 }, "instructions", /string/],
    [{ input: [] }, "input", /at least one message/],
    [{ input: undefined }, "input", /at least one message/],
    [{ input: 5 }, "input", /string or a list/],
    [{ input: { role: "user" } }, "input", /string or a list/],
    [{ max_output_tokens: "5" }, "max_output_tokens", /number/],
    [{ temperature: "hot" }, "temperature", /number/],
    [{ parallel_tool_calls: 1 }, "parallel_tool_calls", /true or false/],
    [{ text: "json" }, "text", /object/],
    [{ text: { format: "json" } }, "text.format", /object/],
    [{ text: { format: { type: "xml" } } }, "text.format.type", /json_schema/],
    [{ text: { format: { type: "json_schema" } } }, "text.format.schema", /JSON schema/],
    [{ reasoning: { effort: 3 } }, "reasoning.effort", /string/],
  ];
  for (const [fields, param, says] of wrong) {
    test(`refuses ${JSON.stringify(fields)}`, () => {
      assert.match(refusalOf(() => chatOf({ input: "Hi", ...fields }), param), says);
    });
  }
});

describe("a request that builds on kept responses", () => {
  const kept = [{ role: "user", content: "a" }, { type: "message", id: "msg_1", role: "assistant", content: "b" }];

  test("has the earlier conversation before its own input", () => {
    const { body } = requestWith({ input: "c", previous_response_id: "resp_1" }, { previous: kept });
    assert.deepEqual(body["messages"], [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
      { role: "user", content: "c" },
    ]);
  });

  test("has the items that it refers to, and refuses those that are gone", () => {
    const found = { previous: [], find: (id: string) => kept.find((item) => item.id === id) };
    const { body } = requestWith(
      { input: [{ type: "item_reference", id: "msg_1" }, { role: "user", content: "c" }] },
      found,
    );
    assert.deepEqual(body["messages"], [{ role: "assistant", content: "b" }, { role: "user", content: "c" }]);
    refusalOf(() => requestWith({ input: [{ type: "item_reference", id: "msg_2" }] }, found), "input[0]");
  });

  test("still refuses what is stored at OpenAI", () => {
    refusalOf(() => requestWith({ input: "c", conversation: "conv_1" }, { previous: kept }), "conversation");
  });

  test("can be built on in turn: the items of request and response are the next one's earlier conversation", () => {
    const request = { input: "c", instructions: "Be brief", previous_response_id: "resp_1" };
    const writer = responseWriter(contextOf(request), { previous: kept });
    writer.event({ kind: "text", text: "d" });
    writer.end();
    const { ended } = writer;
    assert.ok(ended !== undefined);
    assert.deepEqual([ended.store, ended.previous_response_id], [true, "resp_1"]);
    const { body } = requestWith({ input: "e" }, {
      previous: storedItems(conversationItems(request, { previous: kept }), ended),
    });
    assert.deepEqual((body["messages"] as { content: string }[]).map(({ content }) => content), [
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });

  test("is not kept itself when it says so", () => {
    const response = responseWriter(contextOf({ store: false }), { previous: [] });
    response.end();
    assert.equal(response.ended?.store, false);
  });
});

describe("any JSON at all", () => {
  const words = [
    ...["message", "reasoning", "function_call", "custom_tool_call", "function_call_output", "local_shell_call"],
    ...["shell_call", "shell_call_output", "apply_patch_call", "tool_search_call", "tool_search_output", "mcp_call"],
    ...[
      "item_reference",
      "additional_tools",
      "configuration_update",
      "compaction",
      "input_text",
      "input_image",
      "refusal",
    ],
    ...[
      "input_file",
      "function",
      "custom",
      "namespace",
      "allowed_tools",
      "user",
      "assistant",
      "developer",
      "json_schema",
    ],
    ...["local_shell", "shell", "client", "auto", "required", "constructor", "__proto__"],
  ];
  const keys = [
    ...[
      "type",
      "role",
      "content",
      "text",
      "name",
      "namespace",
      "call_id",
      "id",
      "arguments",
      "input",
      "output",
      "tools",
    ],
    ...[
      "tool_choice",
      "reasoning",
      "summary",
      "encrypted_content",
      "action",
      "operation",
      "format",
      "schema",
      "include",
    ],
    ...["instructions", "image_url", "file_data", "file_url", "mode", "environment", "execution", "metadata", "stop"],
  ];

  test("is translated or refused, and what is translated can be answered", () => {
    const field = anyJson(words, keys);
    const list = fc.array(fc.dictionary(fc.constantFrom(...keys), field, { maxKeys: 6 }), { maxLength: 4 });
    const body = fc.record({ input: fc.oneof(list, field), tools: fc.oneof(list, field) }, { requiredKeys: ["input"] });
    const others = fc.dictionary(fc.constantFrom(...keys), field, { maxKeys: 4 });
    let translated = 0;
    fc.assert(
      fc.property(body, others, (given, more) => {
        const request: JsonObject = { ...more, ...given };
        try {
          responsesTranslator.request(request);
        } catch (error) {
          assert.ok(error instanceof OllaError, String(error));
          assert.equal(error.code, "invalid_request");
          return;
        }
        translated++;
        const writer = responsesTranslator.writer(contextOf(request));
        writer.event({ kind: "tool_call", index: 0, id: "c", name: "local_shell" });
        assert.match(writer.end(), /response\.completed/);
      }),
      { numRuns: 1000 },
    );
    assert.ok(translated > 50, `only ${translated} were translated`);
  });
});

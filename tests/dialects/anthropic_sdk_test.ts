import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { nativeText } from "../fakes/native_answers.ts";
import { greeting, STRUCTURED, THOUGHT } from "../support/chat_script.ts";
import { KIND_NAMES, type KindName, modelOf, ServerKinds, speaks } from "../support/server_kinds.ts";

const TOOL: Anthropic.Tool = {
  name: "weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const CALLED = { city: "Oslo", note: "smørbrød ✓" };
const USAGE = { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 5 };
const REQUEST_ID = /^req_[a-z0-9]{20}$/;
const TRANSLATED = KIND_NAMES.filter((kind) => !speaks(kind, "messages"));

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start();
after(async () => (await started)?.[Symbol.asyncDispose]());

async function connect() {
  const kinds = await start();
  const baseURL = `${kinds.olla.url}/olla/anthropic`;
  return { kinds, anthropic: new Anthropic({ baseURL, apiKey: "sk-ant-client", maxRetries: 0 }) };
}

function ask(kind: KindName): Anthropic.MessageCreateParamsNonStreaming {
  return { model: modelOf(kind), max_tokens: 100, messages: [{ role: "user", content: "Hi" }] };
}

function bodyOf(kinds: ServerKinds, kind: KindName) {
  return JSON.parse(kinds.lastOf(kind).body.toString());
}

function assertUsage(usage: Anthropic.Usage): void {
  const { input_tokens, cache_read_input_tokens, output_tokens } = usage;
  assert.deepEqual({ input_tokens, cache_read_input_tokens, output_tokens }, USAGE);
}

for (const kind of KIND_NAMES) {
  const isNative = speaks(kind, "messages");
  const text = isNative ? nativeText(kind) : greeting(kind);
  const path = isNative ? "/v1/messages" : "/v1/chat/completions";

  describe(`the Anthropic SDK with ${kind}`, () => {
    test("creates a message", async () => {
      const { anthropic, kinds } = await connect();
      const message = await anthropic.messages.create(ask(kind));
      assert.deepEqual([message.type, message.role, message.model], ["message", "assistant", modelOf(kind)]);
      assert.deepEqual(message.content.map((block) => block.type === "text" ? block.text : block.type), [text]);
      assert.equal(message.stop_reason, "end_turn");
      assert.match(message._request_id ?? "", REQUEST_ID);
      if (!isNative) assertUsage(message.usage);
      const received = kinds.lastOf(kind);
      assert.equal(received.target, path);
      assert.equal(received.header("x-api-key"), undefined);
      assert.equal(received.header("anthropic-version") !== undefined, isNative);
    });

    test("streams a message", async () => {
      const { anthropic, kinds } = await connect();
      const pieces: string[] = [];
      const stream = anthropic.messages.stream(ask(kind)).on("text", (piece) => pieces.push(piece));
      const message = await stream.finalMessage();
      assert.equal(await stream.finalText(), text);
      assert.equal(pieces.join(""), text);
      assert.equal(message.stop_reason, "end_turn");
      if (isNative) return;
      assert.ok(pieces.length > 2, "it comes in pieces");
      assertUsage(message.usage);
      assert.deepEqual(bodyOf(kinds, kind).stream_options, { include_usage: true });
    });
  });
}

for (const kind of TRANSLATED) {
  describe(`the Anthropic SDK with ${kind}, translated`, () => {
    for (const how of ["whole", "streamed"] as const) {
      const send = async (anthropic: Anthropic, request: Anthropic.MessageCreateParamsNonStreaming) =>
        how === "whole"
          ? await anthropic.messages.create(request)
          : await anthropic.messages.stream(request).finalMessage();

      test(`goes round with a tool and its result, ${how}`, async () => {
        const { anthropic, kinds } = await connect();
        const request = { ...ask(kind), tools: [TOOL], tool_choice: { type: "any" } as const };
        const message = await send(anthropic, request);
        assert.equal(message.stop_reason, "tool_use");
        const call = message.content.find((block) => block.type === "tool_use");
        assert.ok(call !== undefined);
        assert.deepEqual([call.name, call.input], ["weather", CALLED]);
        const sent = bodyOf(kinds, kind);
        assert.equal(sent.tool_choice, "required");
        assert.deepEqual(sent.tools[0].function.parameters, TOOL.input_schema);

        const result: Anthropic.ToolResultBlockParam = {
          type: "tool_result",
          tool_use_id: call.id,
          content: [{ type: "text", text: "7 degrees" }],
        };
        const answer = await send(anthropic, {
          ...request,
          tool_choice: { type: "auto" },
          messages: [
            ...request.messages,
            { role: "assistant", content: message.content },
            { role: "user", content: [result] },
          ],
        });
        assert.deepEqual(answer.content.map((block) => block.type === "text" ? block.text : block.type), [
          "The tool says: 7 degrees",
        ]);
        const [, assistant, tool] = bodyOf(kinds, kind).messages;
        assert.equal(assistant.tool_calls[0].id, tool.tool_call_id);
        assert.deepEqual(JSON.parse(assistant.tool_calls[0].function.arguments), CALLED);
      });

      test(`thinks, ${how}, and takes its thoughts back`, async () => {
        const { anthropic, kinds } = await connect();
        const thinking = { type: "enabled", budget_tokens: 2048 } as const;
        const request = { ...ask(kind), max_tokens: 4096, thinking };
        const message = await send(anthropic, request);
        const [thought, said] = message.content;
        assert.ok(thought?.type === "thinking" && said?.type === "text");
        assert.equal(thought.thinking, THOUGHT);
        assert.equal(typeof thought.signature, "string");
        assert.equal(said.text, greeting(kind));
        assert.equal(typeof bodyOf(kinds, kind).reasoning_effort, "string");
        const messages: Anthropic.MessageParam[] = [
          ...request.messages,
          { role: "assistant", content: message.content },
          { role: "user", content: "Go on" },
        ];
        assert.equal((await send(anthropic, { ...request, messages })).stop_reason, "end_turn");
      });
    }

    test("gives all that chat completions have a place for", async () => {
      const { anthropic, kinds } = await connect();
      const sampling = { temperature: 0.5, top_k: 20 };
      await anthropic.messages.create({
        ...ask(kind),
        system: [{ type: "text", text: "Be kind", cache_control: { type: "ephemeral" } }],
        metadata: { user_id: "user-7" },
        stop_sequences: ["END"],
        ...sampling,
        tools: [TOOL],
        tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
        messages: [{
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
            { type: "image", source: { type: "url", url: "https://example.com/cat.png" } },
          ],
        }],
      });
      const sent = bodyOf(kinds, kind);
      assert.deepEqual(sent.messages, [
        { role: "system", content: "Be kind" },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
            { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
          ],
        },
      ]);
      assert.deepEqual([sent.user, sent.stop, sent.temperature, sent.top_k], ["user-7", ["END"], 0.5, 20]);
      assert.deepEqual(sent.tool_choice, { type: "function", function: { name: "weather" } });
      assert.equal(sent.parallel_tool_calls, false);
      assert.equal(sent.model, modelOf(kind));
    });

    test("gets what a JSON schema asks for", async () => {
      const { anthropic, kinds } = await connect();
      const schema = { type: "object", properties: { city: { type: "string" }, degrees: { type: "number" } } };
      const message = await anthropic.messages.create({
        ...ask(kind),
        output_config: { format: { type: "json_schema", schema } },
      });
      assert.deepEqual(message.content.map((block) => block.type === "text" && block.text), [STRUCTURED]);
      assert.deepEqual(bodyOf(kinds, kind).response_format.json_schema.schema, schema);
    });
  });
}

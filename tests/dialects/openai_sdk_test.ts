import OpenAI from "openai";
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { nativeText } from "../fakes/native_answers.ts";
import { ARGUMENTS, greeting, STRUCTURED, THOUGHT } from "../support/chat_script.ts";
import { KIND_NAMES, type KindName, modelOf, ServerKinds, speaks } from "../support/server_kinds.ts";

const PARAMETERS = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const TOOL: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "weather",
  description: "The weather of a city",
  parameters: PARAMETERS,
  strict: true,
};
const TRANSLATED = KIND_NAMES.filter((kind) => !speaks(kind, "responses"));

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start();
after(async () => (await started)?.[Symbol.asyncDispose]());

async function connect() {
  const kinds = await start();
  return { kinds, openai: new OpenAI({ baseURL: `${kinds.olla.url}/v1`, apiKey: "sk-client", maxRetries: 0 }) };
}

function isFunctionCall(item: OpenAI.Responses.ResponseOutputItem): item is OpenAI.Responses.ResponseFunctionToolCall {
  return item.type === "function_call";
}

function bodyOf(kinds: ServerKinds, kind: KindName) {
  return JSON.parse(kinds.lastOf(kind).body.toString());
}

for (const kind of KIND_NAMES) {
  const isNative = speaks(kind, "responses");
  const text = isNative ? nativeText(kind) : greeting(kind);
  const model = modelOf(kind);

  describe(`the OpenAI SDK with ${kind}`, () => {
    test("completes a chat, whole and streamed, of which not a byte is changed", async () => {
      const { openai, kinds } = await connect();
      const request = { model, messages: [{ role: "user" as const, content: "Hi" }] };
      const whole = await openai.chat.completions.create(request);
      assert.equal(whole.choices[0]?.message.content, greeting(kind));
      assert.equal(whole.model, "the backend's own name");
      assert.deepEqual(bodyOf(kinds, kind), request);
      const pieces: string[] = [];
      for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) {
        pieces.push(chunk.choices[0]?.delta.content ?? "");
      }
      assert.equal(pieces.join(""), greeting(kind));
      assert.deepEqual(bodyOf(kinds, kind), { ...request, stream: true });
    });

    test("creates a response", async () => {
      const { openai, kinds } = await connect();
      const response = await openai.responses.create({ model, input: "Hi" });
      assert.equal(response.output_text, text);
      assert.deepEqual([response.object, response.status, response.model], ["response", "completed", model]);
      assert.equal(kinds.lastOf(kind).target, isNative ? "/v1/responses" : "/v1/chat/completions");
      if (isNative) return;
      const { input_tokens, input_tokens_details, output_tokens, total_tokens } = response.usage ?? {};
      assert.deepEqual([input_tokens, input_tokens_details?.cached_tokens, output_tokens, total_tokens], [
        12,
        4,
        5,
        17,
      ]);
    });

    test("streams a response", async () => {
      const { openai } = await connect();
      const stream = openai.responses.stream({ model, input: "Hi" });
      const types: string[] = [];
      const pieces: string[] = [];
      for await (const event of stream) {
        types.push(event.type);
        if (event.type === "response.output_text.delta") pieces.push(event.delta);
      }
      assert.equal(pieces.join(""), text);
      assert.equal((await stream.finalResponse()).output_text, text);
      assert.equal(types[0], "response.created");
      assert.equal(types.at(-1), "response.completed");
    });
  });
}

for (const kind of TRANSLATED) {
  const model = modelOf(kind);
  describe(`the OpenAI SDK's responses with ${kind}, translated`, () => {
    for (const how of ["whole", "streamed"] as const) {
      const send = async (
        openai: OpenAI,
        request: OpenAI.Responses.ResponseCreateParamsNonStreaming,
      ): Promise<OpenAI.Responses.Response> =>
        how === "whole"
          ? await openai.responses.create(request)
          : await openai.responses.stream(request as Parameters<typeof openai.responses.stream>[0]).finalResponse();

      test(`goes round with a tool and its result, ${how}`, async () => {
        const { openai, kinds } = await connect();
        const request = { model, input: [{ role: "user" as const, content: "Weather?" }], tools: [TOOL] };
        const response = await send(openai, { ...request, tool_choice: "required" });
        const call = response.output.find(isFunctionCall);
        assert.ok(call !== undefined);
        assert.deepEqual([call.name, call.arguments, call.status], ["weather", ARGUMENTS, "completed"]);
        const sent = bodyOf(kinds, kind);
        assert.equal(sent.tool_choice, "required");
        assert.deepEqual(sent.tools[0].function.parameters, PARAMETERS);
        const result = { type: "function_call_output" as const, call_id: call.call_id, output: "7 degrees" };
        const answer = await send(openai, { ...request, input: [...request.input, call, result] });
        assert.equal(answer.output_text, "The tool says: 7 degrees");
        const [, assistant, tool] = bodyOf(kinds, kind).messages;
        assert.equal(assistant.tool_calls[0].id, tool.tool_call_id);
        assert.equal(assistant.tool_calls[0].function.arguments, ARGUMENTS);
      });

      test(`thinks, ${how}`, async () => {
        const { openai, kinds } = await connect();
        const response = await send(openai, { model, input: "Hi", reasoning: { effort: "high", summary: "auto" } });
        const [thought] = response.output;
        assert.ok(thought?.type === "reasoning");
        assert.match(JSON.stringify(thought), new RegExp(THOUGHT));
        assert.equal(bodyOf(kinds, kind).reasoning_effort, "high");
        assert.equal(response.output_text, greeting(kind));
      });
    }

    test("gets what a JSON schema asks for", async () => {
      const { openai, kinds } = await connect();
      const format = { type: "json_schema", name: "weather", schema: PARAMETERS, strict: true } as const;
      const response = await openai.responses.parse({ model, input: "Weather?", text: { format } });
      assert.deepEqual(response.output_parsed, JSON.parse(STRUCTURED));
      const { name, schema } = bodyOf(kinds, kind).response_format.json_schema;
      assert.deepEqual([name, schema], ["weather", PARAMETERS]);
    });

    test("is told plainly that earlier responses are not kept", async () => {
      const { openai, kinds } = await connect();
      const before = kinds.server(kind).backend.requests.length;
      const asked = openai.responses.create({ model, input: "Go on", previous_response_id: "resp_1" });
      await assert.rejects(asked, (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.equal(error.param, "previous_response_id");
        assert.match(error.message, /previous_response_id/);
        return true;
      });
      assert.equal(kinds.server(kind).backend.requests.length, before);
    });
  });
}

describe("the OpenAI SDK's responses where something is wrong", () => {
  const cases = [
    ["an unknown model", { model: "model-of-nobody", input: "Hi" }, OpenAI.NotFoundError, "model_not_found"],
    ["no input", { model: modelOf("sglang") }, OpenAI.BadRequestError, "invalid_request"],
  ] as const;
  for (const [what, request, expected, code] of cases) {
    test(`${what} is an error of the right class`, async () => {
      const { openai } = await connect();
      await assert.rejects(openai.responses.create(request), (error) => {
        assert.ok(error instanceof expected);
        assert.equal(error.code, code);
        assert.match(error.headers.get("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/);
        return true;
      });
    });
  }
});

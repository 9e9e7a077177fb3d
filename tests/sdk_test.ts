import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import OpenAI, { APIUserAbortError, NotFoundError } from "openai";
import { failure, json, sse } from "./support/answers.ts";
import { eventually } from "./support/eventually.ts";
import type { Answer } from "./support/fake_backend.ts";
import { chatAnswer, chatChunk, FakeLlm } from "./support/fake_llm.ts";
import { OllaProcess } from "./support/olla_process.ts";

const MODEL = "llama3.2";
const ABORT_MS = 100;
const VECTOR = [0.5, -0.25, 1];

const TOOL: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const CALL = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };

/** A server that answers as OpenAI's own would: tools when there are any, vectors in base64 as the SDK wants them. */
const server: Answer = (exchange) => {
  const body = JSON.parse(exchange.request.body.toString()) as { stream?: boolean; tools?: unknown; input?: unknown };
  if (exchange.request.target.endsWith("/embeddings")) {
    const embedding = Buffer.from(new Float32Array(VECTOR).buffer).toString("base64");
    const usage = { prompt_tokens: 1, total_tokens: 1 };
    return json({ object: "list", model: MODEL, data: [{ object: "embedding", index: 0, embedding }], usage })(
      exchange,
    );
  }
  if (body.tools !== undefined) return (body.stream === true ? streamedCall : wholeCall)(exchange);
  if (body.stream === true) return sse([chatChunk("Hello"), chatChunk(" there"), chatChunk(undefined)])(exchange);
  return json(chatAnswer("Hello there"))(exchange);
};

const wholeCall = json({
  ...chatAnswer(""),
  choices: [{
    index: 0,
    message: { role: "assistant", content: null, tool_calls: [CALL] },
    finish_reason: "tool_calls",
  }],
});

function callChunk(delta: unknown, finish_reason: string | null = null): Record<string, unknown> {
  return { ...chatChunk(undefined), choices: [{ index: 0, delta, finish_reason }] };
}

const streamedCall = sse([
  callChunk({
    role: "assistant",
    tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } }],
  }),
  callChunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  callChunk({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }),
  callChunk({}, "tool_calls"),
]);

const endless: Answer = async (exchange) => {
  await exchange.head(200, { "Content-Type": "text/event-stream", "Transfer-Encoding": "chunked" });
  const event = `data: ${JSON.stringify(chatChunk("tick"))}\n\n`;
  while (!exchange.gone.aborted) {
    await exchange.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    await exchange.pause(10);
  }
};

let started: Promise<{ llm: FakeLlm; olla: OllaProcess }> | undefined;
function start() {
  return started ??= (async () => {
    const llm = await FakeLlm.start({ name: "gpu", kind: "openai", models: [MODEL], inference: server });
    const olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: [MODEL] });
    return { llm, olla };
  })();
}

after(async () => {
  const running = await started;
  await running?.olla[Symbol.asyncDispose]();
  await running?.llm[Symbol.asyncDispose]();
});

for (const base of ["/v1", "/olla/openai/v1"]) {
  const connect = async () => {
    const { llm, olla } = await start();
    llm.inference = server;
    return { llm, olla, openai: new OpenAI({ baseURL: `${olla.url}${base}`, apiKey: "sk-client", maxRetries: 0 }) };
  };
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hi" }];

  describe(`the openai SDK at ${base}`, () => {
    test("chats, and its key never reaches the backend", { timeout: 20_000 }, async () => {
      const { openai, llm } = await connect();
      const answer = await openai.chat.completions.create({ model: MODEL, messages });
      assert.equal(answer.choices[0]?.message.content, "Hello there");
      assert.equal(answer.usage?.total_tokens, 2);
      assert.equal(llm.inferences.at(-1)?.header("authorization"), undefined);
      assert.equal(llm.inferences.at(-1)?.target, "/v1/chat/completions");
    });

    test("streams a chat", async () => {
      const { openai } = await connect();
      const parts: string[] = [];
      for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages, stream: true })) {
        parts.push(chunk.choices[0]?.delta.content ?? "");
      }
      assert.deepEqual(parts, ["Hello", " there", ""]);
    });

    test("calls tools, streamed and not, and the backend gets the tool as it was given", async () => {
      const { openai, llm } = await connect();
      const request = { model: MODEL, messages, tools: [TOOL], tool_choice: "auto" as const };
      const whole = await openai.chat.completions.create(request);
      assert.deepEqual(whole.choices[0]?.message.tool_calls, [CALL]);
      assert.deepEqual(JSON.parse(llm.inferences.at(-1)?.body.toString() ?? ""), request);
      const runner = openai.chat.completions.stream(request);
      const final = await runner.finalChatCompletion();
      assert.equal(final.choices[0]?.finish_reason, "tool_calls");
      const call = final.choices[0]?.message.tool_calls?.[0];
      assert.ok(call?.type === "function" && call.function.arguments === '{"city":"Oslo"}');
    });

    test("gets embeddings", async () => {
      const { openai } = await connect();
      const answer = await openai.embeddings.create({ model: MODEL, input: "text" });
      assert.deepEqual(answer.data[0]?.embedding, VECTOR);
    });

    test("lists the models", async () => {
      const { openai } = await connect();
      const models = await Array.fromAsync(openai.models.list());
      assert.deepEqual(models.map(({ id, object }) => [id, object]), [[MODEL, "model"]]);
    });

    test(`aborts a stream, which the backend sees within ${ABORT_MS} ms`, async () => {
      const { openai, llm, olla } = await connect();
      llm.inference = endless;
      const chat = await openai.chat.completions.create({ model: MODEL, messages, stream: true });
      let leftAt = 0;
      for await (const _chunk of chat) {
        leftAt = performance.now();
        chat.controller.abort();
      }
      const goneAt = await eventually("the backend sees it", () => llm.inferences.at(-1)?.goneAt, { every: 2 });
      assert.ok(goneAt - leftAt < ABORT_MS, `it took ${goneAt - leftAt} ms`);
      await eventually("nothing is active", async () => (await olla.endpoint("gpu")).active_connections === 0);
    });

    test(`aborts a request that waits, which the backend sees within ${ABORT_MS} ms`, async () => {
      const { openai, llm } = await connect();
      llm.inference = (exchange) => exchange.untilGone();
      const before = llm.inferences.length;
      const stop = new AbortController();
      const answer = openai.chat.completions.create({ model: MODEL, messages }, { signal: stop.signal });
      const rejected = assert.rejects(answer, APIUserAbortError);
      const request = await eventually("the request arrives", () => llm.inferences[before], { every: 2 });
      const leftAt = performance.now();
      stop.abort();
      const goneAt = await eventually("the backend sees it", () => request.goneAt, { every: 2 });
      assert.ok(goneAt - leftAt < ABORT_MS, `it took ${goneAt - leftAt} ms`);
      await rejected;
    });

    test("throws NotFoundError for an unknown model, with the code and a name that is close", async () => {
      const { openai, llm } = await connect();
      const before = llm.inferences.length;
      const asked = openai.chat.completions.create({ model: "llama3.3", messages });
      await assert.rejects(asked, (error) => {
        assert.ok(error instanceof NotFoundError);
        assert.equal(error.status, 404);
        assert.equal(error.code, "model_not_found");
        assert.match(error.message, /llama3\.2/);
        return true;
      });
      assert.equal(llm.inferences.length, before);
    });

    test("throws the class that fits the backend's own error, with its message", async () => {
      const { openai, llm } = await connect();
      const classes = [[400, OpenAI.BadRequestError], [422, OpenAI.UnprocessableEntityError]] as const;
      for (const [status, expected] of classes) {
        llm.inference = failure(status, "The context is too long");
        await assert.rejects(openai.chat.completions.create({ model: MODEL, messages }), (error) => {
          assert.ok(error instanceof expected);
          assert.match(error.message, /The context is too long/);
          assert.match(error.headers?.get("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/);
          return true;
        });
      }
    });
  });
}

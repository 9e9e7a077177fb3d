import { type ChatRequest, Ollama } from "ollama";
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { FakeOpenAi } from "../fakes/openai.ts";
import { greeting, STRUCTURED, THOUGHT } from "../support/chat_script.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { KIND_NAMES, type KindName, modelOf, ServerKinds, speaks } from "../support/server_kinds.ts";

const TOOL = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string", description: "Its name" } } },
  },
};
const CALLED = { city: "Oslo", note: "smørbrød ✓" };
const PICTURE = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64");
const TRANSLATED = KIND_NAMES.filter((kind) => !speaks(kind, "ollama"));
const NATIVE = KIND_NAMES.filter((kind) => speaks(kind, "ollama"));
const messages = [{ role: "user", content: "Hi" }];

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start();
after(async () => (await started)?.[Symbol.asyncDispose]());

async function connect() {
  const kinds = await start();
  return { kinds, ollama: new Ollama({ host: kinds.olla.url }) };
}

function bodyOf(kinds: ServerKinds, kind: KindName) {
  return JSON.parse(kinds.lastOf(kind).body.toString());
}

for (const kind of NATIVE) {
  const model = modelOf(kind);
  describe(`the Ollama SDK with ${kind}`, () => {
    test("gets the server's own bytes, whole and streamed", async () => {
      const { ollama, kinds } = await connect();
      const whole = await ollama.chat({ model, messages });
      assert.equal(whole.message.content, `from ${kind}`);
      assert.equal(kinds.lastOf(kind).target, "/api/chat");
      const pieces: string[] = [];
      for await (const part of await ollama.generate({ model, prompt: "Hi", stream: true })) {
        pieces.push(part.response ?? "");
      }
      assert.deepEqual(pieces, ["from ", kind, ""]);
      assert.equal(kinds.lastOf(kind).target, "/api/generate");
      assert.deepEqual(bodyOf(kinds, kind), { model, prompt: "Hi", stream: true });
    });
  });
}

for (const kind of TRANSLATED) {
  const model = modelOf(kind);
  describe(`the Ollama SDK with ${kind}, translated`, () => {
    for (const how of ["whole", "streamed"] as const) {
      const chat = async (ollama: Ollama, request: Omit<ChatRequest, "stream">) => {
        if (how === "whole") return await ollama.chat({ ...request, stream: false });
        const parts = await Array.fromAsync(await ollama.chat({ ...request, stream: true }));
        const last = parts.at(-1);
        assert.ok(last?.done === true && parts.slice(0, -1).every(({ done }) => !done));
        const content = parts.map(({ message }) => message.content).join("");
        const thinking = parts.map(({ message }) => message.thinking ?? "").join("");
        const tool_calls = parts.flatMap(({ message }) => message.tool_calls ?? []);
        return { ...last, message: { role: "assistant", content, thinking, tool_calls } };
      };

      test(`chats, ${how}, with counts and times`, async () => {
        const { ollama, kinds } = await connect();
        const answer = await chat(ollama, {
          model,
          messages,
          options: { temperature: 0.5, num_predict: 50, stop: ["END"] },
        });
        assert.equal(answer.message.content, greeting(kind));
        assert.deepEqual([answer.model, answer.done_reason], [model, "stop"]);
        assert.deepEqual([answer.prompt_eval_count, answer.eval_count], [12, 5]);
        assert.ok(answer.total_duration > 0 && answer.total_duration < 10e9);
        const sent = bodyOf(kinds, kind);
        assert.equal(kinds.lastOf(kind).target, "/v1/chat/completions");
        assert.deepEqual([sent.temperature, sent.max_tokens, sent.stop], [0.5, 50, ["END"]]);
      });

      test(`goes round with a tool and its result, ${how}`, async () => {
        const { ollama, kinds } = await connect();
        const asked = await chat(ollama, { model, messages, tools: [TOOL] });
        const [call] = asked.message.tool_calls ?? [];
        assert.deepEqual([call?.function.name, call?.function.arguments], ["weather", CALLED]);
        const result = { role: "tool", content: "7 degrees", tool_name: "weather" };
        const history = [...messages, asked.message, result];
        const answer = await chat(ollama, { model, messages: history, tools: [TOOL] });
        assert.equal(answer.message.content, "The tool says: 7 degrees");
        const [, assistant, tool] = bodyOf(kinds, kind).messages;
        assert.equal(assistant.tool_calls[0].id, tool.tool_call_id);
        assert.deepEqual(JSON.parse(assistant.tool_calls[0].function.arguments), CALLED);
      });

      test(`thinks, ${how}`, async () => {
        const { ollama } = await connect();
        const answer = await chat(ollama, { model, messages, think: true });
        assert.equal(answer.message.thinking, THOUGHT);
        assert.equal(answer.message.content, greeting(kind));
      });

      test(`gets what a JSON schema asks for, ${how}`, async () => {
        const { ollama, kinds } = await connect();
        const format = { type: "object", properties: { city: { type: "string" } } };
        const answer = await chat(ollama, { model, messages, format });
        assert.equal(answer.message.content, STRUCTURED);
        assert.deepEqual(bodyOf(kinds, kind).response_format.json_schema.schema, format);
      });
    }

    test("generates, with a system prompt and a picture", async () => {
      const { ollama, kinds } = await connect();
      const request = { model, prompt: "What is it?", system: "Be kind", images: [PICTURE] };
      assert.equal((await ollama.generate({ ...request, stream: false })).response, greeting(kind));
      const [system, user] = bodyOf(kinds, kind).messages;
      assert.deepEqual(system, { role: "system", content: "Be kind" });
      assert.deepEqual(user.content, [
        { type: "text", text: "What is it?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PICTURE}` } },
      ]);
      const parts = await Array.fromAsync(await ollama.generate({ ...request, stream: true }));
      assert.equal(parts.map(({ response }) => response).join(""), greeting(kind));
      assert.equal(parts.at(-1)?.done, true);
    });

    test("shows the model with what it can do", async () => {
      const { ollama, kinds } = await connect();
      const shown = await ollama.show({ model });
      assert.ok(shown.capabilities.includes("completion"));
      assert.equal(typeof shown.model_info, "object");
      assert.equal(kinds.server(kind).asked("/api/show"), 0, "olla says it from what it knows");
    });
  });
}

describe("the Ollama SDK over all servers", () => {
  test("lists the models of every kind", async () => {
    const { ollama } = await connect();
    const { models } = await ollama.list();
    assert.deepEqual(models.map(({ model }) => model).sort(), KIND_NAMES.map(modelOf).sort());
    for (const { name, size, digest, details } of models) {
      assert.deepEqual([typeof name, typeof size, typeof digest, typeof details], [
        "string",
        "number",
        "string",
        "object",
      ]);
    }
  });

  test("lists the models that are in memory", async () => {
    const { ollama } = await connect();
    const { models } = await ollama.ps();
    assert.ok(models.some(({ model }) => model === modelOf("vllm")), "vLLM has its model in memory");
    for (const { expires_at } of models) assert.ok(!Number.isNaN(Date.parse(String(expires_at))));
  });

  test("loads a model where there is nothing to load", async () => {
    const { ollama, kinds } = await connect();
    const asked = kinds.server("sglang").backend.requests.length;
    const loaded = await ollama.generate({ model: modelOf("sglang"), prompt: "", stream: false });
    assert.deepEqual([loaded.done, loaded.done_reason], [true, "load"]);
    assert.equal(kinds.server("sglang").backend.requests.length, asked);
  });

  test("is told of an unknown model, by all that it can ask", async () => {
    const { ollama } = await connect();
    const model = "model-of-nobody";
    const calls = [
      () => ollama.chat({ model, messages }),
      () => ollama.chat({ model, messages, stream: true }),
      () => ollama.generate({ model, prompt: "Hi", stream: false }),
      () => ollama.embed({ model, input: "Hi" }),
      () => ollama.show({ model }),
    ];
    for (const call of calls) {
      await assert.rejects(call, (error: Error & { status_code?: number }) => {
        assert.equal(error.status_code, 404);
        assert.match(error.message, /model-of-nobody/);
        return true;
      });
    }
  });

  test("embeds through a server that only speaks OpenAI's dialect", async () => {
    await using server = await FakeOpenAi.start({ name: "cloud", models: [{ name: "embedder", embeddings: true }] });
    const config = { endpoints: [server.endpoint()] };
    await using olla = await OllaProcess.start({ config, models: ["embedder"] });
    const ollama = new Ollama({ host: olla.url });
    const many = await ollama.embed({ model: "embedder", input: ["one", "two"] });
    assert.deepEqual(many.embeddings, [[0.25, -0.5, 1], [0.25, -0.5, 1]]);
    assert.deepEqual([many.model, many.prompt_eval_count], ["embedder", 2]);
    const old = await ollama.embeddings({ model: "embedder", prompt: "one" });
    assert.deepEqual(old.embedding, [0.25, -0.5, 1]);
    assert.deepEqual(server.inferences.map(({ path }) => path), ["/v1/embeddings", "/v1/embeddings"]);
  });
});

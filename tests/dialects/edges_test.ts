import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { failure, json, sse, stream } from "../support/answers.ts";
import { chatScript, greeting } from "../support/chat_script.ts";
import { askIn } from "../support/dialect_client.ts";
import { chatAnswer, chatChunk } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";

const MODEL = "m";
/** Far below the half minute after which something else would end a hanging stream. */
const SOON_MS = 3000;

async function startChat(proxy: Record<string, unknown> = {}) {
  const chat = await FakeOpenAi.start({ name: "chat", models: [MODEL] });
  chat.instead.set("/v1/chat/completions", chatScript("chat"));
  const olla = await OllaProcess.start({ config: { proxy, endpoints: [chat.endpoint()] }, models: [MODEL] });
  return { chat, olla };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

describe("a translated stream", () => {
  for (const ending of ["hang", "reset"] as const) {
    test(`ends with its last event, whatever the server does to the connection then (${ending})`, async () => {
      const { chat, olla } = await startChat();
      await using _chat = chat;
      await using _olla = olla;
      chat.instead.set("/v1/chat/completions", sse([chatChunk("Hello"), chatChunk(undefined)], { ending }));
      const began = performance.now();
      const told = await askIn("anthropic", olla.url, { model: MODEL, stream: true });
      assert.deepEqual([told.text, told.end], ["Hello", "whole"]);
      assert.ok(performance.now() - began < SOON_MS);
      assert.equal((await olla.endpoint("chat")).failure_count, 0);
    });
  }
});

test("answers that break off while they are collected leave nothing behind that a stop would wait for", async () => {
  const { chat, olla } = await startChat();
  await using _chat = chat;
  const cut = stream(['{"id":"x","choices":[{"mess'], { type: "application/json", ending: "reset" });
  chat.instead.set("/v1/chat/completions", cut);
  for (let round = 0; round < 3; round++) {
    const told = await askIn("anthropic", olla.url, { model: MODEL, stream: false });
    assert.equal(told.status, 502, told.raw);
  }
  const began = performance.now();
  await olla.stop();
  assert.ok(performance.now() - began < SOON_MS);
});

describe("a field that a server refuses", () => {
  test("is left out of the same request, and of those that follow", async () => {
    const { chat, olla } = await startChat();
    await using _chat = chat;
    await using _olla = olla;
    const bodies: Record<string, unknown>[] = [];
    chat.instead.set("/v1/chat/completions", (exchange) => {
      const body = JSON.parse(exchange.request.body.toString()) as Record<string, unknown>;
      bodies.push(body);
      const refusal = failure(400, "Unrecognized request argument supplied: top_k");
      return ("top_k" in body ? refusal : json(chatAnswer("fine")))(exchange);
    });
    for (let round = 0; round < 2; round++) {
      const told = await askIn("anthropic", olla.url, { model: MODEL, stream: false, more: { top_k: 5 } });
      assert.deepEqual([told.status, told.text], [200, "fine"], told.raw);
    }
    assert.deepEqual(bodies.map((body) => "top_k" in body), [true, false, false]);
    assert.equal((await olla.endpoint("chat")).request_count, 2);
  });
});

describe("of a server that speaks the dialect and one that does not", () => {
  async function startPair(priorities: readonly [chat: number, native: number]) {
    const chat = await FakeOpenAi.start({ name: "chat", models: [MODEL] });
    chat.instead.set("/v1/chat/completions", chatScript("chat"));
    const native = await FakeVllm.start({ name: "native", models: [MODEL] });
    const endpoints = [chat, native].map((server, i) => server.endpoint({ priority: priorities[i] }));
    const olla = await OllaProcess.start({ config: { endpoints }, models: [MODEL] });
    return { chat, native, olla };
  }

  test("equals are asked in the dialect, so that a conversation is not translated at every other turn", async () => {
    const { chat, native, olla } = await startPair([100, 100]);
    await using _chat = chat;
    await using _native = native;
    await using _olla = olla;
    for (let round = 0; round < 4; round++) {
      const told = await askIn("anthropic", olla.url, { model: MODEL, stream: false });
      assert.equal(told.headers.get("x-olla-mode"), "passthrough");
    }
  });

  test("the better one is passed over for what cannot be translated", async () => {
    const { chat, native, olla } = await startPair([100, 50]);
    await using _chat = chat;
    await using _native = native;
    await using _olla = olla;
    const plain = await askIn("anthropic", olla.url, { model: MODEL, stream: false });
    assert.equal(plain.text, greeting("chat"));
    const content = [{ type: "image", source: { type: "file", file_id: "file_1" } }];
    const body = { model: MODEL, max_tokens: 9, messages: [{ role: "user", content }] };
    const response = await post(`${olla.url}/v1/messages`, body);
    assert.deepEqual([response.status, response.headers.get("x-olla-endpoint")], [200, "native"]);
  });
});

test("a response that follows another goes to the server that keeps it", async () => {
  const servers = await Promise.all(["a", "b", "c"].map((name) => FakeVllm.start({ name, models: [MODEL] })));
  for (const server of servers) {
    server.instead.set("/v1/responses", json({ id: `resp_of_${server.name}`, object: "response", output: [] }));
  }
  const endpoints = servers.map((server) => server.endpoint());
  await using olla = await OllaProcess.start({ config: { endpoints }, models: [MODEL] });
  const first = await post(`${olla.url}/v1/responses`, { model: MODEL, input: "Hi" });
  const owner = first.headers.get("x-olla-endpoint");
  const { id } = await first.json() as { id: string };
  for (let round = 0; round < 6; round++) {
    const next = await post(`${olla.url}/v1/responses`, { model: MODEL, input: "Go on", previous_response_id: id });
    assert.equal(next.headers.get("x-olla-endpoint"), owner);
    await next.arrayBuffer();
  }
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
});

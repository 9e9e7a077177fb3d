import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DemoListen } from "./faulty_server.ts";
import { memoryListener } from "./memory_listener_test_support.ts";
import { DEMO_MODEL, DEMO_MODEL_MINI, type DemoOptions, startDemo } from "./start_demo.ts";

async function demo(options: Partial<DemoOptions> = {}) {
  const { listen, handlers } = memoryListener();
  const sleeps: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void sleeps.push(ms));
  const running = await startDemo({ listen, now: () => 1_700_000_000_000, sleep, servers: "pair", ...options });
  const ask = (name: string, path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const endpoint = running.endpoints.find((entry) => entry.name === name);
    assert.ok(endpoint, `no endpoint ${name}`);
    const handler = handlers.get(Number(new URL(endpoint.url).port));
    assert.ok(handler, `${name} is closed`);
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return handler(new Request(`${endpoint.url}${path}`, init));
  };
  return { running, handlers, sleeps, ask };
}

const CHAT = { model: DEMO_MODEL, messages: [{ role: "user", content: "ping" }] };

describe("startDemo()", () => {
  test("opens an OpenAI-style and an Ollama-style server that share one model", async () => {
    const { running, ask } = await demo();
    assert.deepEqual(running.endpoints.map(({ name, type }) => [name, type]), [
      ["demo-openai", "openai-compatible"],
      ["demo-ollama", "ollama"],
    ]);
    const openai = await (await ask("demo-openai", "/v1/models")).json();
    assert.deepEqual(openai.data.map((model: { id: string }) => model.id), [DEMO_MODEL, DEMO_MODEL_MINI]);
    const ollama = await (await ask("demo-ollama", "/api/tags")).json();
    assert.deepEqual(ollama.models.map((model: { name: string }) => model.name), [DEMO_MODEL]);
  });

  test("opens one server with the one model when asked for a single one", async () => {
    const { running, ask } = await demo({ servers: "single" });
    assert.equal(running.endpoints.length, 1);
    const list = await (await ask("demo-ollama", "/v1/models")).json();
    assert.deepEqual(list.data.map((model: { id: string }) => model.id), [DEMO_MODEL]);
  });

  test("opens the pair on ports that can be written into a command, and on others when those are taken", async () => {
    const urls = async (options: Partial<DemoOptions>) => (await demo(options)).running.endpoints.map(({ url }) => url);
    assert.deepEqual(await urls({}), ["http://127.0.0.1:40115", "http://127.0.0.1:40116"]);
    const { listen } = memoryListener();
    await listen(() => Promise.resolve(new Response()), 40115);
    assert.deepEqual(await urls({ listen }), ["http://127.0.0.1:50000", "http://127.0.0.1:40116"]);
  });

  test("closes every server", async () => {
    const { running, handlers } = await demo();
    await running.close();
    assert.equal(handlers.size, 0);
  });

  test("closes the first server when the second cannot open", async () => {
    const { listen, handlers } = memoryListener();
    const failing: DemoListen = (handler, port) =>
      handlers.size === 1 ? Promise.reject(new Error("no port")) : listen(handler, port);
    const sleep = () => Promise.resolve();
    await assert.rejects(startDemo({ listen: failing, now: () => 0, sleep, servers: "pair" }), /no port/);
    assert.equal(handlers.size, 0);
  });
});

describe("the simulated servers", () => {
  for (const name of ["demo-openai", "demo-ollama"]) {
    test(`${name} answers a chat with a sentence that names it`, async () => {
      const { ask } = await demo();
      const answer = await (await ask(name, "/v1/chat/completions", CHAT)).json();
      assert.match(answer.choices[0].message.content, new RegExp(`${name}.*demo.*"ping"`));
      assert.equal(answer.model, DEMO_MODEL);
      assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    });

    test(`${name} streams word by word, with usage when asked, and ends with [DONE]`, async () => {
      const { ask, sleeps } = await demo({ wordDelayMs: 7 });
      const stream_options = { include_usage: true };
      const response = await ask(name, "/v1/chat/completions", { ...CHAT, stream: true, stream_options });
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      const events = (await response.text()).trimEnd().split("\n\n").map((event) => event.slice("data: ".length));
      assert.equal(events.pop(), "[DONE]");
      const chunks = events.map((event) => JSON.parse(event));
      assert.ok(chunks.pop().usage.completion_tokens > 10);
      assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
      const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
      assert.match(text, /"ping"/);
      assert.ok(sleeps.length > 10 && sleeps.every((ms) => ms === 7));
    });
  }

  test("Ollama's chat and generate stream lines by default, and answer whole on stream: false", async () => {
    const { ask } = await demo();
    const lines = (await (await ask("demo-ollama", "/api/chat", CHAT)).text()).trimEnd().split("\n");
    const parts = lines.map((line) => JSON.parse(line));
    assert.match(parts.map((part) => part.message.content).join(""), /"ping"/);
    assert.deepEqual(parts.map((part) => part.done), [...parts.slice(1).map(() => false), true]);
    const whole = await (await ask("demo-ollama", "/api/generate", { model: DEMO_MODEL, prompt: "x", stream: false }))
      .json();
    assert.match(whole.response, /"x"/);
    assert.equal(whole.done, true);
  });

  test("embeddings come for one text and for many, as numbers or as base64", async () => {
    const { ask } = await demo();
    const input = ["a", "b"];
    const plain = await (await ask("demo-openai", "/v1/embeddings", { model: DEMO_MODEL, input })).json();
    assert.equal(plain.data.length, 2);
    const body = { model: DEMO_MODEL, input: "a", encoding_format: "base64" };
    const packed = await (await ask("demo-openai", "/v1/embeddings", body)).json();
    const bytes = Uint8Array.from(atob(packed.data[0].embedding), (char) => char.charCodeAt(0));
    const vector = [...new Float32Array(bytes.buffer)];
    assert.ok(vector.every((value, index) => Math.abs(value - plain.data[0].embedding[index]) < 1e-6));
    const native = await (await ask("demo-ollama", "/api/embed", { model: DEMO_MODEL, input: "a" })).json();
    assert.deepEqual(native.embeddings[0], plain.data[0].embedding);
  });

  const refused: [string, string, string, unknown, number][] = [
    ["an unknown model in OpenAI's dialect", "demo-openai", "/v1/chat/completions", { model: "nope" }, 404],
    ["an unknown model in Ollama's dialect", "demo-ollama", "/api/chat", { model: "nope" }, 404],
    ["a body without a model", "demo-openai", "/v1/completions", {}, 400],
    ["a body that is no object", "demo-ollama", "/api/generate", [1], 400],
    ["an unknown path", "demo-openai", "/v1/nothing", {}, 404],
  ];
  for (const [what, name, path, body, status] of refused) {
    test(`refuse ${what} with ${status} and an error that names the trouble`, async () => {
      const { ask } = await demo();
      const response = await ask(name, path, body);
      assert.equal(response.status, status);
      const { error } = await response.json();
      assert.ok((typeof error === "string" ? error : error.message).length > 10);
    });
  }

  test("a stream stops at once when its reader leaves", async () => {
    let aborted = 0;
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(void aborted++)));
    const { ask } = await demo({ sleep });
    const response = await ask("demo-openai", "/v1/chat/completions", { ...CHAT, stream: true });
    const reader = response.body?.getReader();
    const pending = reader?.read();
    await reader?.cancel();
    await pending;
    assert.equal(aborted, 1);
  });
});

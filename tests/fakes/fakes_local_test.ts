import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { detectType } from "../../src/endpoints/detect.ts";
import { realClient, testEndpoint } from "../../src/endpoints/test_support.ts";
import type { DiscoveredModel } from "../../src/models/model.ts";
import { parseModelList } from "../../src/models/parse_list.ts";
import { upstreamFetch } from "../../src/runtime.ts";
import { failure } from "../support/answers.ts";
import type { FakeModelInput, FakeServer } from "./fake_server.ts";
import { FakeLlamaSwap } from "./llama_swap.ts";
import { FakeLlamaCpp, FakeLlamaCppRouter } from "./llamacpp.ts";
import { FakeLmStudio } from "./lmstudio.ts";
import { FakeOllama } from "./ollama.ts";

const MODELS: readonly FakeModelInput[] = [
  { name: "plain:8b", quantization: "Q4_K_M" },
  { name: "all:12b", vision: true, tools: true, reasoning: true, loaded: true, contextLength: 32768 },
  { name: "vectors:1b", embeddings: true, contextLength: 2048 },
];

async function get(server: FakeServer, path: string) {
  const response = await fetch(server.url + path);
  return { status: response.status, json: JSON.parse(await response.text()) };
}

async function post(server: FakeServer, path: string, body: object) {
  const response = await fetch(server.url + path, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith("{") && !text.includes("\n{") ? JSON.parse(text) : {} };
}

async function listed(server: FakeServer, format: string, path: string): Promise<DiscoveredModel[]> {
  return parseModelList(format, (await get(server, path)).json);
}

const IMAGE = { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] }] };
const TOOLS = { messages: [], tools: [{ type: "function", function: { name: "f" } }] };

describe("a fake's list says of its models what they are", () => {
  test("Ollama", async () => {
    await using server = await FakeOllama.start({ name: "o", models: MODELS });
    const [plain, all, vectors] = await listed(server, "ollama", "/api/tags");
    assert.deepEqual([plain?.id, plain?.parameterSize, plain?.quantization], ["plain:8b", "8B", "Q4_K_M"]);
    assert.deepEqual([plain?.capabilities?.vision, plain?.capabilities?.tools, plain?.capabilities?.chat], [
      false,
      false,
      true,
    ]);
    assert.deepEqual([all?.capabilities?.vision, all?.capabilities?.tools, all?.capabilities?.reasoning], [
      true,
      true,
      true,
    ]);
    assert.deepEqual([vectors?.capabilities?.embeddings, vectors?.capabilities?.chat], [true, false]);
    assert.deepEqual((await get(server, "/api/ps")).json.models.map((model: { name: string }) => model.name), [
      "all:12b",
    ]);
    const shown = await post(server, "/api/show", { model: "all:12b" });
    assert.equal(shown.json.model_info["llama.context_length"], 32768);
    assert.deepEqual(shown.json.capabilities, ["completion", "vision", "tools", "thinking"]);
  });

  test("an older Ollama, which leaves capabilities to /api/show", async () => {
    await using server = await FakeOllama.start({ name: "o", models: MODELS, listsCapabilities: false });
    const [plain] = await listed(server, "ollama", "/api/tags");
    assert.equal(plain?.capabilities, undefined);
    assert.deepEqual((await post(server, "/api/show", { model: "plain:8b" })).json.capabilities, ["completion"]);
  });

  for (const path of ["/api/v0/models", "/api/v1/models"]) {
    test(`LM Studio, ${path}`, async () => {
      await using server = await FakeLmStudio.start({ name: "l", models: MODELS });
      const [plain, all, vectors] = await listed(server, "lmstudio", path);
      assert.deepEqual([plain?.id, plain?.loaded, plain?.contextLength], ["plain:8b", false, 8192]);
      assert.deepEqual([all?.id, all?.loaded, all?.contextLength], ["all:12b", true, 4096]);
      assert.deepEqual([plain?.capabilities?.vision, plain?.capabilities?.tools], [false, undefined]);
      assert.deepEqual([all?.capabilities?.vision, all?.capabilities?.tools], [true, true]);
      assert.deepEqual([vectors?.capabilities?.embeddings, vectors?.capabilities?.chat], [true, false]);
    });
  }

  test("llama.cpp with one model", async () => {
    await using server = await FakeLlamaCpp.start({ name: "c", models: [{ name: "one", quantization: "Q5_K_S" }] });
    assert.deepEqual(await listed(server, "llamacpp", "/v1/models"), [{
      id: "one",
      format: "gguf",
      contextLength: 8192,
      sizeBytes: 1_000_000_000,
      parameterSize: "8B",
      quantization: "Q5_K_S",
      loaded: true,
      capabilities: { vision: false, audio: false },
    }]);
  });

  test("llama.cpp as a router", async () => {
    await using server = await FakeLlamaCppRouter.start({ name: "r", models: MODELS });
    const [plain, all, vectors] = await listed(server, "llamacpp", "/models");
    assert.deepEqual(plain, { id: "plain:8b", format: "gguf", loaded: false });
    assert.deepEqual([all?.loaded, all?.contextLength, all?.capabilities], [true, 32768, { vision: true }]);
    assert.deepEqual(vectors?.capabilities, { embeddings: true });
  });

  test("llama-swap", async () => {
    await using server = await FakeLlamaSwap.start({ name: "s", models: MODELS });
    const ids = (await listed(server, "llama-swap", "/v1/models")).map((model) => model.id);
    assert.deepEqual(ids, ["plain:8b", "all:12b", "vectors:1b"]);
    const { running } = (await get(server, "/running")).json;
    assert.deepEqual(running.map((entry: { model: string; state: string }) => [entry.model, entry.state]), [
      ["all:12b", "ready"],
    ]);
  });
});

describe("a fake", () => {
  const starts: [string, string, () => Promise<FakeServer>, readonly string[]][] = [
    ["Ollama", "/v1/chat/completions", () => FakeOllama.start({ name: "x", models: MODELS }), [
      "/",
      "/api/version",
      "/api/tags",
      "/api/ps",
      "/v1/models",
    ]],
    ["LM Studio", "/v1/chat/completions", () => FakeLmStudio.start({ name: "x", models: MODELS }), [
      "/api/v0/models",
      "/api/v1/models",
      "/v1/models",
    ]],
    ["llama.cpp router", "/v1/chat/completions", () => FakeLlamaCppRouter.start({ name: "x", models: MODELS }), [
      "/health",
      "/props",
      "/models",
      "/v1/models",
    ]],
    ["llama-swap", "/v1/chat/completions", () => FakeLlamaSwap.start({ name: "x", models: MODELS }), [
      "/health",
      "/v1/models",
      "/running",
    ]],
  ];
  for (const [kind, chat, start, free] of starts) {
    test(`${kind} is woken by a request for a model, and by nothing that is free`, async () => {
      await using server = await start();
      for (const path of free) assert.equal((await fetch(server.url + path)).status, 200, path);
      assert.equal(server.wakes, 0);
      assert.equal(server.models.get("plain:8b")?.loaded, false);
      const answer = await post(server, chat, { model: "plain:8b", messages: [] });
      assert.deepEqual([answer.status, answer.json.model], [200, "plain:8b"]);
      assert.equal(answer.json.choices[0].message.content, "from x");
      assert.deepEqual([server.wakes, server.models.get("plain:8b")?.loaded], [1, true]);
      await post(server, chat, { model: "plain:8b", messages: [] });
      assert.equal(server.wakes, 1);
      assert.deepEqual(server.inferences.map(({ model }) => model), ["plain:8b", "plain:8b"]);
    });

    test(`${kind} is found to be one by detection, which wakes nothing`, async () => {
      await using server = await start();
      const endpoint = testEndpoint({ url: server.url });
      const detection = await detectType(realClient(upstreamFetch), { endpoint, timeoutMs: 5000 });
      assert.deepEqual([detection, server.wakes], [{ kind: "found", type: server.type }, 0]);
    });

    test(`${kind} changes its list, and what it says, when the test does`, async () => {
      await using server = await start();
      const path = free.at(-1) === "/running" ? "/v1/models" : free.at(-1) ?? "";
      server.models.delete("plain:8b");
      server.add("new:1b");
      assert.deepEqual((await listed(server, "openai", path)).map((model) => model.id), [
        "all:12b",
        "vectors:1b",
        "new:1b",
      ]);
      server.instead.set(path, failure(500, "broken"));
      assert.equal((await get(server, path)).status, 500);
      server.instead.clear();
      assert.equal((await get(server, path)).status, 200);
    });
  }

  test("streams, in OpenAI's shape and in Ollama's", async () => {
    await using server = await FakeOllama.start({ name: "x", models: MODELS });
    const openai = await post(server, "/v1/chat/completions", { model: "plain:8b", messages: [], stream: true });
    assert.match(openai.text, /"model":"plain:8b".*\[DONE\]/s);
    const ollama = await post(server, "/api/chat", { model: "plain:8b", messages: [] });
    assert.match(ollama.text, /"model":"plain:8b".*"done":true/s);
  });

  test("makes an endpoint of olla's config", async () => {
    await using server = await FakeOllama.start({ name: "x" });
    const { name, url, type, priority } = server.endpoint({ priority: 7 });
    assert.deepEqual([name, url, type, priority], ["x", server.url, "ollama", 7]);
  });
});

describe("a fake refuses as the real server does", () => {
  test("Ollama", async () => {
    await using server = await FakeOllama.start({ name: "o", models: MODELS });
    const chat = (body: object) => post(server, "/api/chat", { messages: [], ...body });
    const refusals = [
      await chat({ model: "none" }),
      await post(server, "/api/show", { model: "none" }),
      await post(server, "/v1/chat/completions", { model: "none", messages: [] }),
      await chat({ model: "plain:8b", ...TOOLS }),
      await chat({ model: "plain:8b", messages: [{ role: "user", content: "?", images: ["aGk="] }] }),
      await chat({ model: "vectors:1b" }),
      await post(server, "/api/embed", { model: "plain:8b", input: "a" }),
    ];
    assert.deepEqual(refusals.map(({ status }) => status), [404, 404, 404, 400, 500, 400, 500]);
    assert.equal(refusals[0]?.json.error, "model 'none' not found");
    assert.equal(refusals[2]?.json.error.type, "not_found_error");
    assert.match(refusals[3]?.json.error, /does not support tools$/);
    assert.equal(server.wakes, 0);
    assert.equal((await chat({ model: "all:12b:latest", ...TOOLS, stream: false })).status, 200);
    const embedded = await post(server, "/api/embed", { model: "VECTORS:1b", input: ["a", "b"] });
    assert.equal(embedded.json.embeddings.length, 2);
  });

  test("LM Studio", async () => {
    await using server = await FakeLmStudio.start({ name: "l", models: MODELS, apis: ["v0"] });
    const chat = (body: object) => post(server, "/v1/chat/completions", { messages: [], ...body });
    assert.equal((await chat({ model: "none" })).json.error.code, "model_not_found");
    assert.equal((await chat({ model: "plain:8b", ...IMAGE })).status, 400);
    assert.equal((await chat({ model: "vectors:1b" })).status, 400);
    assert.equal((await chat({ model: "plain:8b", ...TOOLS })).status, 200);
    assert.equal((await post(server, "/v1/embeddings", { model: "vectors:1b", input: "a" })).json.data.length, 1);
    // An unknown path is answered with 200 and an error.
    const unknown = await get(server, "/api/v1/models");
    assert.deepEqual([unknown.status, unknown.json.error], [
      200,
      "Unexpected endpoint or method. (GET /api/v1/models)",
    ]);
  });

  test("LM Studio that loads nothing by itself", async () => {
    await using server = await FakeLmStudio.start({ name: "l", models: MODELS, justInTime: false });
    assert.deepEqual((await listed(server, "lmstudio", "/v1/models")).map((model) => model.id), ["all:12b"]);
    assert.equal((await post(server, "/v1/chat/completions", { model: "plain:8b" })).status, 404);
    server.setLoaded("plain:8b", true);
    assert.equal((await post(server, "/v1/chat/completions", { model: "plain:8b" })).status, 200);
    assert.equal(server.wakes, 0);
  });

  test("llama.cpp with one model, which answers to any name and may sleep", async () => {
    await using server = await FakeLlamaCpp.start({ name: "c", models: ["one"] });
    const chat = (body: object) => post(server, "/v1/chat/completions", { model: "any", messages: [], ...body });
    assert.equal((await chat({})).status, 200);
    assert.deepEqual([(await chat(IMAGE)).status, (await chat(TOOLS)).status], [500, 500]);
    assert.equal((await post(server, "/v1/embeddings", { input: "a" })).status, 501);
    server.setLoaded("one", false);
    assert.equal((await get(server, "/props")).json.is_sleeping, true);
    assert.equal(server.wakes, 0);
    await get(server, "/slots");
    assert.equal(server.wakes, 1);
    server.loading = true;
    assert.deepEqual([(await get(server, "/health")).status, (await get(server, "/v1/models")).status], [503, 503]);
  });

  test("llama.cpp as a router, whose questions about one model load it", async () => {
    await using server = await FakeLlamaCppRouter.start({ name: "r", models: MODELS });
    const unknown = await post(server, "/v1/chat/completions", { model: "none", messages: [] });
    assert.deepEqual([unknown.status, unknown.json.error.message], [400, "model 'none' not found"]);
    assert.equal((await post(server, "/v1/chat/completions", { messages: [] })).status, 400);
    assert.equal((await get(server, "/props?model=plain:8b&autoload=false")).status, 400);
    assert.equal(server.wakes, 0);
    assert.equal((await get(server, "/props?model=plain:8b")).status, 200);
    assert.equal(server.wakes, 1);
  });

  test("llama-swap, which has one model in memory at a time and unloads on demand", async () => {
    await using server = await FakeLlamaSwap.start({ name: "s", models: MODELS });
    assert.equal((await post(server, "/v1/chat/completions", { model: "none" })).status, 400);
    assert.equal((await post(server, "/v1/chat/completions", { model: "plain:8b" })).status, 200);
    assert.deepEqual([...server.models.values()].map(({ loaded }) => loaded), [true, false, false]);
    const form = new FormData();
    form.set("file", new Blob(["x"]), "a.wav");
    form.set("model", "all:12b");
    assert.equal((await fetch(`${server.url}/v1/audio/transcriptions`, { method: "POST", body: form })).status, 200);
    assert.deepEqual([...server.models.values()].map(({ loaded }) => loaded), [false, true, false]);
    assert.equal((await post(server, "/v1/chat/completions", { model: "all:12b", ...IMAGE })).status, 200);
    await fetch(`${server.url}/unload`);
    assert.deepEqual((await get(server, "/running")).json, { running: [] });
    await fetch(`${server.url}/upstream/vectors:1b/health`);
    assert.equal(server.models.get("vectors:1b")?.loaded, true);
  });
});

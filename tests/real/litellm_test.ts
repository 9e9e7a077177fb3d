import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { LiteLlm, litellmMissing } from "../support/litellm.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { cannotRun } from "../support/real_component.ts";
import { litellmModels, startProvider, VECTOR } from "./litellm_models.ts";

const KEY = "sk-master-key-of-the-test-0123456789";
const REQUEST_ID = /^req_[a-z0-9]{20}$/;
const SECONDS = /^\d+\.\d{3}s$/;
const QUIET_MS = 60_000;

/** LiteLLM in front of a counting provider, behind olla. */
interface Chain {
  readonly provider: FakeLlm;
  readonly litellm: LiteLlm;
  readonly olla: OllaProcess;
}

const opened: AsyncDisposable[] = [];

/** The configuration of LiteLLM's page, `/health` included, but for the port and a faster rhythm. */
async function startChain({ key, beside }: { key?: string; beside?: FakeLlm } = {}): Promise<Chain> {
  const provider = await startProvider();
  opened.push(provider);
  const models = litellmModels(provider);
  const litellm = await LiteLlm.start({ models, ...(key === undefined ? {} : { masterKey: key }) });
  opened.push(litellm);
  // LiteLLM itself asks a provider for its models when it starts; what counts is what olla makes it ask.
  provider.backend.requests.length = 0;
  const endpoint = {
    url: litellm.url,
    name: "litellm-gateway",
    type: "litellm",
    priority: 75,
    model_url: "/v1/models",
    health_check_url: "/health",
    check_interval: "2s",
    check_timeout: "1900ms",
    ...(key === undefined ? {} : { auth: { type: "bearer", token: key } }),
  };
  const endpoints = [endpoint, ...(beside === undefined ? [] : [beside.endpoint({ priority: 50 })])];
  const config = { discovery: { model_discovery: { interval: "5s" }, static: { endpoints } } };
  const olla = await OllaProcess.start({ config, models: models.map((model) => model.model_name) });
  opened.push(olla);
  return { provider, litellm, olla };
}

function post(olla: OllaProcess, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${olla.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

function chat(model: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { model, messages: [{ role: "user", content: "Hello!" }], ...more };
}

function assertOllaHeaders(response: Response, model: string | undefined): void {
  assert.equal(response.headers.get("x-olla-endpoint"), "litellm-gateway");
  assert.equal(response.headers.get("x-olla-backend-type"), "litellm");
  assert.equal(response.headers.get("x-olla-model"), model ?? null);
  assert.match(response.headers.get("x-olla-request-id") ?? "", REQUEST_ID);
  assert.match(response.headers.get("x-olla-response-time") ?? "", SECONDS);
}

/** The tests that hold with and without a master key. */
function routes(chain: () => Promise<Chain>): void {
  test("chat completions name the model, the endpoint and the time, and keep LiteLLM's own headers", async () => {
    const response = await post((await chain()).olla, "/olla/litellm/v1/chat/completions", chat("gpt-4"));
    assert.equal(response.status, 200);
    assertOllaHeaders(response, "gpt-4");
    assert.equal(response.headers.get("x-litellm-version"), "1.106.2");
    assert.equal((await response.json()).choices[0].message.content, "plain answer");
  });

  test("a streamed chat comes in pieces and ends with [DONE]", async () => {
    const body = chat("gpt-3.5-turbo", { stream: true });
    const response = await post((await chain()).olla, "/olla/litellm/v1/chat/completions", body);
    assertOllaHeaders(response, "gpt-3.5-turbo");
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const events = (await response.text()).trimEnd().split("\n\n").map((event) => event.replace(/^data: /, ""));
    assert.equal(events.pop(), "[DONE]");
    const text = events.map((event) => JSON.parse(event).choices[0]?.delta?.content ?? "");
    assert.equal(text.join(""), "an answer that comes in several pieces");
    assert.ok(text.length > 3);
  });

  const prefixed = [
    ["openai/gpt-4", "answer of OpenAI"],
    ["anthropic/claude-3-opus-20240229", "answer of Anthropic"],
    ["bedrock/anthropic.claude-3-sonnet", "answer of Bedrock"],
  ] as const;
  for (const [model, answer] of prefixed) {
    test(`the provider-prefixed name ${model} reaches its own model`, async () => {
      const { olla } = await chain();
      for (const base of ["/olla/litellm/v1", "/olla/proxy/v1", "/v1"]) {
        const response = await post(olla, `${base}/chat/completions`, chat(model));
        assertOllaHeaders(response, model);
        assert.equal((await response.json()).choices[0].message.content, answer);
      }
    });
  }

  test("text completions and embeddings are served", async () => {
    const { olla } = await chain();
    const completion = await post(olla, "/olla/litellm/v1/completions", { model: "gpt-4", prompt: "Hello" });
    assertOllaHeaders(completion, "gpt-4");
    assert.equal((await completion.json()).choices[0].text, "plain answer");
    const body = { model: "text-embedding-local", input: "Hello" };
    const embedding = await post(olla, "/olla/litellm/v1/embeddings", body);
    assertOllaHeaders(embedding, "text-embedding-local");
    assert.deepEqual((await embedding.json()).data[0].embedding, VECTOR);
  });

  test("a model that fails behind LiteLLM fails alone, with LiteLLM's own words", async () => {
    const { olla } = await chain();
    for (let round = 0; round < 7; round++) {
      const response = await post(olla, "/olla/litellm/v1/chat/completions", chat("failing"));
      assert.equal(response.status, 500);
      assert.match((await response.json()).error.message, /mock internal server error/);
    }
    assert.equal((await post(olla, "/olla/litellm/v1/chat/completions", chat("gpt-4"))).status, 200);
    assert.equal((await olla.endpoint("litellm-gateway")).status, "healthy");
  });

  test("the model list and the status show every model of LiteLLM's config", async () => {
    const { olla, provider } = await chain();
    const names = litellmModels(provider).map((model) => model.model_name).sort();
    const list = await olla.page<{ data: { id: string; object: string }[] }>("/olla/litellm/v1/models");
    assert.deepEqual(list.data.map(({ id }) => id).sort(), names);
    assert.ok(list.data.every(({ object }) => object === "model"));
    const { status, type, models_count, url } = await olla.endpoint("litellm-gateway");
    assert.deepEqual({ status, type, models_count }, {
      status: "healthy",
      type: "litellm",
      models_count: names.length,
    });
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/?$/);
  });

  test("the health path answers without any call to a model", async () => {
    const { olla, provider, litellm } = await chain();
    const [asked, deep] = [provider.inferences.length, litellm.logged(/GET \/health[ ?]/)];
    for (let round = 0; round < 5; round++) {
      const response = await fetch(`${olla.url}/olla/litellm/health`);
      assert.equal(response.status, 200);
      assert.equal(typeof await response.json(), "object");
    }
    assert.equal(provider.inferences.length, asked);
    assert.equal(litellm.logged(/GET \/health[ ?]/), deep);
  });

  for (const path of ["/key/generate", "/user/info", "/team/info", "/spend/calculate"]) {
    test(`${path} is off, and the refusal names the profile file`, async () => {
      const { olla, litellm } = await chain();
      for (const method of ["GET", "POST"]) {
        const init = method === "POST" ? { method, body: "{}" } : { method };
        const response = await fetch(`${olla.url}/olla/litellm${path}`, init);
        assert.equal(response.status, 404);
        const { error } = await response.json();
        assert.equal(error.code, "path_not_enabled");
        assert.match(error.message, /litellm\.yaml/);
        assert.match(response.headers.get("x-olla-request-id") ?? "", REQUEST_ID);
      }
      assert.equal(litellm.logged(new RegExp(path)), 0);
    });
  }

  test("a model that LiteLLM does not have is 404, and LiteLLM is not asked", async () => {
    const { olla, litellm } = await chain();
    const posts = litellm.logged(/POST/);
    const response = await post(olla, "/olla/litellm/v1/chat/completions", chat("gpt-44"));
    assert.equal(response.status, 404);
    const { error } = await response.json();
    assert.equal(error.code, "model_not_found");
    assert.match(error.message, /gpt-4/);
    assert.equal(litellm.logged(/POST/), posts);
  });
}

const missing = await litellmMissing();
if (missing !== undefined) cannotRun("The LiteLLM tests", missing);
else {
  // The quiet minute runs in the background of the other tests, on a chain that nobody else uses until it is over.
  let keyed: Promise<Chain> | undefined;
  let minute: Promise<void> | undefined;
  const startKeyed = () => keyed ??= startChain({ key: KEY });
  const startMinute = () => minute ??= startKeyed().then(() => sleep(QUIET_MS)).then(() => {});
  after(() => Promise.all(opened.map((resource) => resource[Symbol.asyncDispose]())));

  describe("LiteLLM without a master key", { timeout: 180_000 }, () => {
    let chain: Promise<Chain> | undefined;
    const start = () => chain ??= startChain();
    test("starts behind olla", { timeout: 120_000 }, async () => {
      void startMinute().catch(() => {});
      await start();
    });
    routes(start);

    test("is found to be LiteLLM when its type is not configured", async () => {
      const { litellm } = await start();
      const endpoints = [{ url: litellm.url, name: "unknown", check_interval: "1s", check_timeout: "900ms" }];
      await using olla = await OllaProcess.start({ config: { endpoints }, models: ["gpt-4"] });
      assert.equal((await olla.endpoint("unknown")).type, "litellm");
    });
  });

  describe("LiteLLM with an Ollama-style server beside it", () => {
    test("may die and come back under traffic without one failed request", { timeout: 120_000 }, async () => {
      await using beside = await FakeLlm.start({ name: "ollama-local", models: ["gpt-4"] });
      const { olla, litellm } = await startChain({ beside });
      const seen: { status: number; endpoint: string | null }[] = [];
      const traffic = new AbortController();
      const clients = Array.from({ length: 4 }, async () => {
        while (!traffic.signal.aborted) {
          const response = await post(olla, "/v1/chat/completions", chat("gpt-4"));
          await response.arrayBuffer();
          seen.push({ status: response.status, endpoint: response.headers.get("x-olla-endpoint") });
          await sleep(10);
        }
      });
      const served = (endpoint: string) => {
        const from = seen.length;
        const since = () => seen.slice(from).filter((answer) => answer.endpoint === endpoint).length > 8;
        return eventually(`${endpoint} serves the traffic`, since, { within: 40_000 });
      };
      await served("litellm-gateway");
      await litellm.kill();
      await served("ollama-local");
      assert.equal((await olla.endpoint("litellm-gateway")).status, "offline");
      await litellm.startAgain();
      await served("litellm-gateway");
      traffic.abort();
      await Promise.all(clients);
      assert.deepEqual(seen.filter(({ status }) => status !== 200), []);
    });
  });

  describe("LiteLLM with a master key", () => {
    test("logs not one model call in a minute of health checks", { timeout: 180_000 }, async () => {
      await startMinute();
      const { provider, litellm, olla } = await startKeyed();
      assert.ok(litellm.logged(/GET \/health\/readiness/) >= 20, "olla checked its health");
      assert.ok(litellm.logged(/GET \/v1\/models/) >= 5, "olla asked for its models");
      assert.equal(provider.backend.requests.length, 0);
      assert.equal(litellm.logged(/POST|GET \/health[ ?]/), 0);
      assert.match(
        `${olla.stdout}${olla.stderr}`,
        /health\/readiness/,
        "the rewritten health path is named in the log",
      );
      // The counters do count: one request through the whole chain shows in both.
      assert.equal((await post(olla, "/v1/chat/completions", chat("through"))).status, 200);
      assert.equal(provider.inferences.length, 1);
      await eventually("LiteLLM logs the call", () => litellm.logged(/POST/) === 1);
    });
    routes(startKeyed);

    test("never shows its key", async () => {
      const { olla } = await startKeyed();
      const status = await (await fetch(`${olla.url}/internal/status/endpoints`)).text();
      const answer = await post(olla, "/olla/litellm/v1/chat/completions", chat("gpt-4"));
      const headers = JSON.stringify([...answer.headers]);
      for (const text of [status, headers, olla.stdout, olla.stderr]) assert.ok(!text.includes(KEY));
    });
  });
}

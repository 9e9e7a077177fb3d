import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeLlamaCpp } from "../fakes/llamacpp.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { bytes, failure, json, reset } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { OllaProcess } from "../support/olla_process.ts";

const COUNT = "/v1/messages/count_tokens";
const JSON_TYPE = { "content-type": "application/json" };

function count(base: string, model = "m"): Promise<Response> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "How many words are these five?" }] });
  return fetch(`${base}${COUNT}`, { method: "POST", headers: JSON_TYPE, body });
}

async function tokensOf(response: Response): Promise<number> {
  const { input_tokens } = await response.json() as { input_tokens: number };
  return input_tokens;
}

/** A llama.cpp, whose profile says that it counts tokens, and an olla before it. */
async function llamaCpp(answer: Answer, more: Record<string, unknown> = {}) {
  const server = await FakeLlamaCpp.start({ name: "cpp", models: ["m"] });
  server.instead.set(COUNT, answer);
  const endpoints = [server.endpoint({ check_interval: "30s" })];
  const olla = await OllaProcess.start({ config: { ...more, endpoints }, models: ["m"] });
  const stop = async () => {
    await olla[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, olla, [Symbol.asyncDispose]: stop };
}

describe("count_tokens at a server that should count", () => {
  test("is its own answer, and says so", async () => {
    await using scene = await llamaCpp(json({ input_tokens: 4711 }));
    const response = await count(scene.olla.url);
    assert.equal(response.headers.get("x-olla-mode"), "passthrough");
    assert.equal(response.headers.get("request-id"), response.headers.get("x-olla-request-id"));
    assert.equal(await tokensOf(response), 4711);
  });

  const missing: [story: string, answer: Answer][] = [
    ["404", json({ error: { message: "File Not Found" } }, { status: 404 })],
    ["405", bytes("Method Not Allowed", { status: 405 })],
    ["501", failure(501, "not implemented")],
    ["LM Studio's 200", json({ error: "Unexpected endpoint or method. (POST /v1/messages/count_tokens)" })],
  ];
  for (const [story, answer] of missing) {
    test(`is olla's own after a ${story}, and the server is not asked again`, async () => {
      await using scene = await llamaCpp(answer);
      for (let i = 0; i < 2; i++) {
        const response = await count(scene.olla.url);
        assert.equal(response.status, 200, await response.clone().text());
        assert.equal(response.headers.get("x-olla-token-count"), "estimated");
        assert.equal(response.headers.get("x-olla-endpoint"), null);
        assert.equal(response.headers.get("request-id"), response.headers.get("x-olla-request-id"));
        const tokens = await tokensOf(response);
        assert.ok(tokens > 3 && tokens < 40, `${tokens}`);
      }
      assert.equal(scene.server.asked(COUNT), 1);
    });
  }

  const broken: [story: string, answer: Answer][] = [
    ["a 500", failure(500, "out of memory")],
    ["a reset", reset()],
  ];
  for (const [story, answer] of broken) {
    test(`is olla's own after ${story}, and the server is asked again`, async () => {
      await using scene = await llamaCpp(answer);
      assert.ok(await tokensOf(await count(scene.olla.url)) > 3);
      const before = scene.server.asked(COUNT);
      scene.server.instead.set(COUNT, json({ input_tokens: 4711 }));
      assert.equal(await tokensOf(await count(scene.olla.url)), 4711);
      assert.equal(scene.server.asked(COUNT), before + 1);
    });
  }

  test("is olla's own when it cannot be reached", async () => {
    await using scene = await llamaCpp(json({ input_tokens: 4711 }));
    await scene.server.backend.refuse();
    const response = await count(scene.olla.url);
    assert.deepEqual([response.status, response.headers.get("x-olla-token-count")], [200, "estimated"]);
  });

  test("is the server's own word where it refuses the request or the model", async () => {
    await using scene = await llamaCpp(failure(400, "messages: too many pictures"));
    const refused = await count(scene.olla.url);
    assert.deepEqual([refused.status, /too many pictures/.test(await refused.text())], [400, true]);
    scene.server.instead.set(COUNT, failure(404, "The model `m` does not exist."));
    assert.equal((await count(scene.olla.url)).status, 404);
    assert.equal((await count(scene.olla.url, "nobody")).status, 404);
  });

  test("is never the server's with passthrough_enabled: false", async () => {
    const translators = { anthropic: { passthrough_enabled: false } };
    await using scene = await llamaCpp(json({ input_tokens: 4711 }), { translators });
    assert.equal((await count(scene.olla.url)).headers.get("x-olla-token-count"), "estimated");
    assert.equal(scene.server.asked(COUNT), 0);
  });
});

test("/api/show tells what olla knows when the Ollama cannot say it", async () => {
  await using server = await FakeOllama.start({ name: "home", models: ["llama3.2"] });
  await using olla = await OllaProcess.start({
    config: { endpoints: [server.endpoint({ check_interval: "30s" })] },
    models: ["llama3.2"],
  });
  const show = (model: string) =>
    fetch(`${olla.url}/api/show`, { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ model }) });
  const own = await show("llama3.2");
  assert.equal(own.headers.get("x-olla-endpoint"), "home");
  await own.text();
  server.instead.set("/api/show", bytes("404 page not found", { status: 404 }));
  const response = await show("llama3.2");
  assert.equal(response.headers.get("x-olla-endpoint"), null);
  const { details } = await response.json() as { details: unknown };
  assert.equal(typeof details, "object");
  const unknown = await show("nobody");
  assert.equal(unknown.status, 404);
});

describe("under /olla/anthropic", () => {
  test("errors are Anthropic's, and name what there is; our own answers have a request-id", async () => {
    await using server = await FakeVllm.start({ name: "gpu", models: ["m"] });
    await using olla = await OllaProcess.start({ config: { endpoints: [server.endpoint()] }, models: ["m"] });
    const lost = await fetch(`${olla.url}/olla/anthropic/v1/complete`, {
      method: "POST",
      headers: JSON_TYPE,
      body: "{}",
    });
    const { type, error } = await lost.json() as { type: string; error: { type: string; message: string } };
    assert.deepEqual([lost.status, type, error.type], [404, "error", "not_found_error"]);
    assert.match(error.message, /v1\/messages, v1\/messages\/count_tokens, v1\/models/);
    assert.equal(lost.headers.get("request-id"), lost.headers.get("x-olla-request-id"));
    const models = await fetch(`${olla.url}/olla/anthropic/v1/models`);
    assert.equal(models.headers.get("request-id"), models.headers.get("x-olla-request-id"));
    assert.notEqual(models.headers.get("request-id"), null);
  });
});

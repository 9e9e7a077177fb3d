/**
 * Edges of the request path that are easily got wrong: each of these was wrong once.
 * @module
 */
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { bytes, failure, inTurn, json, sse, stream } from "./support/answers.ts";
import { eventually } from "./support/eventually.ts";
import { chatAnswer, chatChunk, FakeLlm, friendly } from "./support/fake_llm.ts";
import { OllaProcess } from "./support/olla_process.ts";
import { rawRequest } from "./support/raw_http.ts";
import { MODEL, NO_PROBES, Scene } from "./support/scene.ts";

describe("one olla in front of two servers", () => {
  let scene: Scene;

  before(async () => {
    scene = await Scene.start({
      endpoint: NO_PROBES,
      kind: "openai",
      server: { request_limits: { max_body_size: "1MB" } },
      proxy: { retry: { max_attempts: 3 } },
    });
  });

  after(() => scene[Symbol.asyncDispose]());

  test("a backend's own error survives, even as the first event of a stream", async () => {
    const error = { error: { message: "maximum context length is 4096", type: "invalid_request_error" } };
    scene.first.inference = sse([error]);
    scene.second.inference = sse([error]);
    try {
      const answer = await scene.ask({ stream: true });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /maximum context length is 4096/);
      assert.equal(answer.headers.get("x-olla-attempts"), "2");
    } finally {
      scene.first.inference = friendly("first");
      scene.second.inference = friendly("second");
    }
  });

  test("a status that only clouds send is tried elsewhere", async () => {
    scene.first.inference = inTurn(failure(529, "overloaded"), friendly("first"));
    assert.equal((await scene.ask()).endpoint, "second");
  });

  test("a server that only reset the connection is not asked again after another's rest", async () => {
    scene.first.inference = ({ socket }) => void socket.resetAndDestroy();
    scene.second.inference = inTurn(failure(429, "busy", { "Retry-After": "1" }), friendly("second"));
    scene.first.backend.requests.length = 0;
    try {
      await scene.ask();
      // Once, and once more on a new connection: a quick reset may have been a stale one.
      assert.equal(scene.first.inferences.length, 2);
    } finally {
      scene.first.inference = friendly("first");
      scene.second.inference = friendly("second");
    }
  });

  test("a declared body far beyond the limit gets our own 413, with an id", async () => {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${50 * 1024 * 1024}\r\n\r\n`;
    const answer = await rawRequest(scene.olla.port, head);
    assert.equal(answer.status, 413);
    assert.match(answer.body.toString(), /"code":"body_too_large"/);
  });

  test("an offer to upgrade to h2c is ignored, a WebSocket is refused", async () => {
    const body = JSON.stringify({ model: MODEL, messages: [] });
    const request = (upgrade: string) =>
      `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    assert.equal((await rawRequest(scene.olla.port, request("h2c"))).status, 200);
    assert.equal((await rawRequest(scene.olla.port, request("websocket"))).status, 501);
  });

  test("a model called like nothing does not stand in for no model", async () => {
    assert.equal((await scene.ask({ model: "\n" })).code, "model_not_found");
    const none = await fetch(`${scene.olla.url}/v1/chat/completions`, { method: "POST", body: "{}" });
    assert.equal(none.status, 200);
  });
});

test("a stored object is asked for at its own server alone, and is unavailable while that is down", async () => {
  await using scene = await Scene.start({ kind: "openai", endpoint: { check_interval: "1s" } });
  const { first, olla } = scene;
  first.inference = json({ id: "resp_1", object: "response" });
  await scene.ask({}, { path: "/v1/responses" });
  await first.backend.refuse();
  await eventually("first is offline", async () => (await olla.endpoint("first")).status === "offline");
  const answer = await fetch(`${olla.url}/v1/responses/resp_1`, { method: "DELETE" });
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /endpoint \\"first\\", which issued \\"resp_1\\", is offline now/);
});

test("aliases may be in any script, and stand in the path where the path names the model", async () => {
  await using llm = await FakeLlm.start({ name: "one", models: ["openai/gpt-4"], kind: "openai" });
  await using olla = await OllaProcess.start({
    models: ["openai/gpt-4"],
    config: {
      endpoints: [llm.endpoint({ type: "litellm", health_check_url: "/v1/models" })],
      model_aliases: { "快速": ["openai/gpt-4"], fast: ["openai/gpt-4"] },
    },
  });
  const ask = (path: string, body: object) =>
    fetch(`${olla.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const answer = await ask("/v1/chat/completions", { model: "快速" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-olla-model"), encodeURIComponent("快速"));
  await ask("/olla/litellm/engines/fast/chat/completions", { messages: [] });
  assert.equal(llm.inferences.at(-1)?.target, "/engines/openai%2Fgpt-4/chat/completions");
  const both = await ask("/olla/litellm/engines/fast/chat/completions", { model: "openai/gpt-4" });
  assert.equal(both.status, 400);
});

test("a client that does not read is no fault of its server", async () => {
  await using scene = await Scene.start({
    others: [],
    endpoint: NO_PROBES,
    proxy: { read_timeout: "1s", circuit_breaker: { failures: 1 } },
  });
  const block = `data: ${JSON.stringify(chatChunk("x".repeat(60_000)))}\n\n`;
  scene.first.inference = stream(Array.from({ length: 400 }, () => block), { type: "text/event-stream" });
  const body = JSON.stringify({ model: MODEL, stream: true, messages: [] });
  const client = net.connect(scene.olla.port, "127.0.0.1");
  client.on("error", () => {});
  client.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  client.pause();
  try {
    await eventually("the stalled client is given up", () => /"outcome":"client_gone"/.test(scene.olla.stdout), {
      within: 8000,
    });
    assert.ok(!/"outcome":"cut"/.test(scene.olla.stdout));
    scene.first.inference = json(chatAnswer("well"));
    assert.equal((await scene.ask()).status, 200);
  } finally {
    client.destroy();
  }
});

test("an empty stream on a closing connection is a failure, not an answer", async () => {
  await using scene = await Scene.start({ endpoint: NO_PROBES });
  scene.first.inference = async (exchange) => {
    await exchange.head(200, { "Content-Type": "text/event-stream", "Connection": "close" });
    exchange.close();
  };
  assert.equal((await scene.ask({ stream: true })).endpoint, "second");
});

test("a compressed refusal is understood", async () => {
  const { gzipSync } = await import("node:zlib");
  await using scene = await Scene.start({ endpoint: NO_PROBES });
  const text = gzipSync(JSON.stringify({ error: `model '${MODEL}' not found` }));
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  scene.first.inference = bytes(text, { status: 404, headers });
  assert.equal((await scene.ask()).endpoint, "second");
});

test("two ollas do not share a port", async () => {
  await using olla = await OllaProcess.start({ args: ["--demo"] });
  await assert.rejects(
    OllaProcess.start({ config: `server: {port: ${olla.port}}`, args: ["--port", String(olla.port)] }),
    /port is in use/,
  );
});

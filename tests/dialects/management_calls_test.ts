import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { FakeOllama } from "../fakes/ollama.ts";
import { failure, json, ndjson, reset } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { eventually } from "../support/eventually.ts";
import { OllaProcess } from "../support/olla_process.ts";

const BODY = JSON.stringify({ model: "new" });

async function startScene(more: Record<string, unknown> = {}) {
  const server = await FakeOllama.start({ name: "home", models: ["llama3.2"] });
  const proxy = { allow_model_management: true };
  const config = { ...more, proxy, endpoints: [server.endpoint({ check_interval: "30s" })] };
  const olla = await OllaProcess.start({ config, models: ["llama3.2"] });
  const stop = async () => {
    await olla[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, olla, [Symbol.asyncDispose]: stop };
}

function post(url: string, body: string | Uint8Array<ArrayBuffer> = BODY): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}

describe("a call that changes a server's models", () => {
  test("is no less guarded in another spelling, even where a profile lets all paths through", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "olla-profile-"));
    after(() => rm(cwd, { recursive: true }));
    await mkdir(join(cwd, "profiles"));
    await writeFile(join(cwd, "profiles/ollama.yaml"), "name: ollama\napi: {allow_unlisted_paths: true}\n");
    await using server = await FakeOllama.start({ name: "home", models: ["llama3.2"] });
    await using olla = await OllaProcess.start({
      config: { endpoints: [server.endpoint()] },
      cwd,
      models: ["llama3.2"],
    });
    const there = JSON.stringify({ model: "llama3.2" });
    server.instead.set("/api/unlisted", json({}));
    assert.equal((await post(`${olla.url}/olla/ollama/api/unlisted`, there)).status, 200, "all paths are let through");
    for (
      const path of ["/api/p%75ll", "/%61pi/pull", "/api/pull/", "/olla/ollama/api%2Fpull", "/olla/ollama//api/pull"]
    ) {
      const before = server.backend.requests.filter(({ method }) => method === "POST").length;
      assert.equal((await post(`${olla.url}${path}`, there)).status, 403, path);
      assert.equal(server.backend.requests.filter(({ method }) => method === "POST").length, before);
    }
  });

  const failures: [story: string, answer: Answer, status: number][] = [
    ["the connection is reset", reset(), 502],
    ["the server is busy for a second", failure(503, "busy", { "Retry-After": "1" }), 503],
    ["the server fails", failure(500, "no space left"), 500],
  ];
  for (const [story, answer, status] of failures) {
    test(`is sent once when ${story}`, async () => {
      await using scene = await startScene();
      scene.server.instead.set("/api/copy", answer);
      const response = await post(`${scene.olla.url}/api/copy`);
      assert.deepEqual([response.status, scene.server.asked("/api/copy")], [status, 1], await response.text());
    });
  }

  test("has the server's models read again when it is done", async () => {
    await using scene = await startScene();
    const pulled = ndjson([{ status: "pulling manifest" }, { status: "success" }], { gapMs: 100 });
    scene.server.instead.set("/api/pull", async (exchange) => {
      scene.server.add("new:latest");
      await pulled(exchange);
    });
    await (await post(`${scene.olla.url}/api/pull`)).text();
    await eventually("the new model is listed", async () => {
      const list = await (await fetch(`${scene.olla.url}/v1/models`)).json() as { data: { id: string }[] };
      return list.data.some(({ id }) => id.startsWith("new"));
    }, { within: 8000, every: 100 });
  });

  test("with a file that is too large is told what to do instead", async () => {
    await using scene = await startScene({ server: { request_limits: { max_body_size: "1KB" } } });
    scene.server.instead.set("/api/blobs/sha256:0123", json({}));
    const response = await post(`${scene.olla.url}/api/blobs/sha256:0123`, new Uint8Array(5000));
    const { error } = await response.json() as { error: string };
    assert.deepEqual([response.status, scene.server.asked("/api/blobs/sha256:0123")], [413, 0]);
    assert.match(error, /ollama push.*server directly.*OLLAMA_HOST/);
  });
});

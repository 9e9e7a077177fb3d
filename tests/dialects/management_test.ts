import { Ollama } from "ollama";
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { json, ndjson } from "../support/answers.ts";
import { OllaProcess } from "../support/olla_process.ts";

const CALLS = [
  ["POST", "/api/pull"],
  ["POST", "/api/push"],
  ["POST", "/api/create"],
  ["POST", "/api/copy"],
  ["DELETE", "/api/delete"],
  ["POST", "/api/blobs/sha256:0123"],
  ["HEAD", "/api/blobs/sha256:0123"],
] as const;

/** Two Ollamas and a vLLM, and one olla that lets models be managed and one that does not. */
async function startScene() {
  const models = ["llama3.2"];
  const left = await FakeOllama.start({ name: "left", models });
  const right = await FakeOllama.start({ name: "right", models });
  const other = await FakeVllm.start({ name: "other", models: ["qwen"] });
  for (const server of [left, right]) {
    for (const [, path] of CALLS) server.instead.set(path, json({ status: "success" }));
    server.instead.set("/api/pull", ndjson([{ status: "pulling manifest" }, { status: "success" }]));
  }
  const endpoints = [left, right, other].map((server) => server.endpoint({ check_interval: "30s" }));
  const start = (proxy: Record<string, unknown>) =>
    OllaProcess.start({ config: { proxy, endpoints }, models: [...models, "qwen"] });
  const [open, shut] = await Promise.all([start({ allow_model_management: true }), start({})]);
  return { left, right, other, open, shut };
}

let started: ReturnType<typeof startScene> | undefined;
const start = () => started ??= startScene();
after(async () => {
  for (const resource of Object.values(await started ?? {})) await resource[Symbol.asyncDispose]();
});

const BODY = JSON.stringify({ model: "llama3.2", source: "llama3.2", destination: "copy" });

function call(base: string, method: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = method === "HEAD" ? {} : { body: BODY };
  return fetch(base, { method, headers: { "content-type": "application/json", ...headers }, ...body });
}

describe("calls that change a server's models", () => {
  test("are refused unless the config allows them, and no server is asked", async () => {
    const { shut, left, right } = await start();
    for (const [method, path] of CALLS) {
      for (const base of ["", "/olla/ollama", "/olla/proxy"]) {
        const response = await call(`${shut.url}${base}${path}?endpoint=left`, method);
        assert.equal(response.status, 403);
        if (method === "HEAD") continue;
        const { error } = await response.json() as { error: string };
        assert.match(error, /proxy\.allow_model_management: true/);
      }
      assert.equal(left.asked(path) + right.asked(path), 0);
    }
  });

  test("go to the server that is named, by the query or by the header, and to no other", async () => {
    const { open, left, right } = await start();
    for (const [method, path] of CALLS) {
      for (const base of ["", "/olla/ollama", "/olla/proxy"]) {
        const byQuery = await call(`${open.url}${base}${path}?endpoint=right&x=1`, method);
        assert.equal(byQuery.status, 200, await byQuery.text());
        assert.equal(byQuery.headers.get("x-olla-endpoint"), "right");
        const received = right.backend.requests.at(-1);
        assert.equal(received?.target, `${path}?x=1`);
        assert.equal(received?.body.toString(), method === "HEAD" ? "" : BODY);
        const byHeader = await call(`${open.url}${base}${path}`, method, { "X-Olla-Endpoint": "right" });
        assert.equal(byHeader.headers.get("x-olla-endpoint"), "right", await byHeader.text());
        assert.equal(right.backend.requests.at(-1)?.target, path);
      }
      assert.equal(left.asked(path), 0);
    }
  });

  test("are refused with the names to choose from, when none or a wrong one is named", async () => {
    const { open } = await start();
    const cases = [["", 400], ["?endpoint=nobody", 404], ["?endpoint=other", 404]] as const;
    for (const [query, status] of cases) {
      const response = await call(`${open.url}/api/pull${query}`, "POST");
      assert.equal(response.status, status);
      const { error } = await response.json() as { error: string };
      assert.match(error, /left, right/);
      assert.ok(!error.includes("127.0.0.1"));
    }
  });

  test("work from the Ollama SDK, progress included", async () => {
    const { open } = await start();
    const ollama = new Ollama({ host: open.url, headers: { "X-Olla-Endpoint": "left" } });
    const progress = await Array.fromAsync(await ollama.pull({ model: "llama3.2", stream: true }));
    assert.deepEqual(progress.map(({ status }) => status), ["pulling manifest", "success"]);
    assert.deepEqual(await ollama.delete({ model: "llama3.2" }), { status: "success" });
  });
});

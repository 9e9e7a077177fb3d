/**
 * What passes through olla, and what is changed on the way: bodies, paths, names, headers.
 * @module
 */
import assert from "node:assert/strict";
import { unlink } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { bytes, json } from "./support/answers.ts";
import { FakeLlm } from "./support/fake_llm.ts";
import { OllaProcess } from "./support/olla_process.ts";

const CHAT = "/v1/chat/completions";
const JSON_TYPE = { "content-type": "application/json" };

describe("a request that passes through", () => {
  let ollama: FakeLlm;
  let gpu: FakeLlm;
  let olla: OllaProcess;

  before(async () => {
    ollama = await FakeLlm.start({ name: "ollama", models: ["llama3.1:8b", "shared"] });
    gpu = await FakeLlm.start({ name: "gpu", models: ["org/gpt-4o-mini", "whisper", "shared"], kind: "openai" });
    olla = await OllaProcess.start({
      models: ["shared", "llama3.1:8b", "whisper"],
      config: {
        endpoints: [
          ollama.endpoint({ headers: { "X-Team": "red" }, auth: { type: "bearer", token: "endpoint-secret" } }),
          gpu.endpoint({ priority: 50, forward_auth: true }),
        ],
        model_aliases: { assistant: ["llama3.1:8b", "org/gpt-4o-mini"], Listener: ["whisper"] },
      },
    });
  });

  after(async () => {
    await olla[Symbol.asyncDispose]();
    await ollama[Symbol.asyncDispose]();
    await gpu[Symbol.asyncDispose]();
  });

  const send = (path: string, init: RequestInit) => fetch(`${olla.url}${path}`, { method: "POST", ...init });
  const last = (llm: FakeLlm) => llm.inferences.at(-1) ?? assert.fail("The server got no request");

  test("keeps every byte of its body", async () => {
    const body = '{ "messages":[{"content":"\\u00e9 \\"model\\": 1"}],\n"x":1.0, "model" : "llama3.1:8b" }';
    assert.equal((await send(CHAT, { headers: JSON_TYPE, body })).status, 200);
    assert.equal(last(ollama).body.toString(), body);
    assert.equal(last(ollama).header("content-length"), String(Buffer.byteLength(body)));
    assert.equal(last(ollama).header("transfer-encoding"), undefined);
  });

  test("gets the server's own model name for an alias, and no other byte changes", async () => {
    const answer = await send(CHAT, { headers: JSON_TYPE, body: '{"a": [1, 2],"model":"assistant" ,"b":"assistant"}' });
    assert.equal(last(ollama).body.toString(), '{"a": [1, 2],"model":"llama3.1:8b" ,"b":"assistant"}');
    assert.equal(answer.headers.get("x-olla-model"), "assistant");
    assert.equal(answer.headers.get("x-olla-routing-strategy"), "alias");
  });

  test("gets the next server's name for the alias when the first one fails", async () => {
    const friendly = ollama.inference;
    ollama.inference = json({ error: "busy" }, { status: 503 });
    try {
      const answer = await send(CHAT, { headers: JSON_TYPE, body: '{"model":"assistant","messages":[]}' });
      assert.equal(answer.headers.get("x-olla-endpoint"), "gpu");
      assert.equal(answer.headers.get("x-olla-attempts"), "2");
      assert.equal(last(gpu).body.toString(), '{"model":"org/gpt-4o-mini","messages":[]}');
    } finally {
      ollama.inference = friendly;
    }
  });

  test("may be a multipart form, whose model field alone is replaced", async () => {
    const audio = new Uint8Array([0, 1, 13, 10, 45, 45, 255]);
    const form = new FormData();
    form.append("file", new Blob([audio], { type: "audio/wav" }), "a.wav");
    form.append("model", "Listener");
    form.append("language", "en");
    gpu.inference = json({ text: "hello" });
    const answer = await send("/v1/audio/transcriptions", { body: form });
    assert.equal(answer.status, 200, await answer.clone().text());
    const got = last(gpu);
    const sent = await new Response(new Uint8Array(got.body), {
      headers: { "content-type": got.header("content-type") ?? "" },
    })
      .formData();
    assert.equal(sent.get("model"), "whisper");
    assert.equal(sent.get("language"), "en");
    const file = sent.get("file") as unknown as Blob;
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), audio);
  });

  test("keeps its query as it was written", async () => {
    await send(`${CHAT}?beta=true&x=%20%2F+y&&z`, { headers: JSON_TYPE, body: '{"model":"llama3.1:8b"}' });
    assert.equal(last(ollama).target, `${CHAT}?beta=true&x=%20%2F+y&&z`);
  });

  test("carries the endpoint's credentials and headers, and none of the client's", async () => {
    const headers = { ...JSON_TYPE, "authorization": "Bearer client", "x-api-key": "client", "cookie": "a=b" };
    const answer = await send(CHAT, { headers, body: '{"model":"llama3.1:8b"}' });
    const got = last(ollama);
    assert.equal(got.header("authorization"), "Bearer endpoint-secret");
    assert.equal(got.header("x-team"), "red");
    for (const name of ["x-api-key", "cookie"]) assert.equal(got.header(name), undefined, name);
    assert.ok(!JSON.stringify([...answer.headers]).includes("endpoint-secret"));
    assert.ok(!olla.stdout.includes("endpoint-secret"), "the secret is in the log");
  });

  test("carries the client's Authorization where the endpoint has forward_auth", async () => {
    await send(CHAT, {
      headers: { ...JSON_TYPE, authorization: "Bearer client" },
      body: '{"model":"org/gpt-4o-mini"}',
    });
    assert.equal(last(gpu).header("authorization"), "Bearer client");
  });

  test("keeps the client's request id, and gets one of its own otherwise", async () => {
    const body = '{"model":"llama3.1:8b"}';
    const own = await send(CHAT, { headers: { ...JSON_TYPE, "x-request-id": "my-id-1" }, body });
    assert.equal(own.headers.get("x-olla-request-id"), "my-id-1");
    const made = await send(CHAT, { headers: JSON_TYPE, body });
    assert.match(made.headers.get("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/);
    assert.match(made.headers.get("x-olla-response-time") ?? "", /^\d+\.\d{3}s$/);
  });

  test("finds a model whatever the case of its name, and under a JSON body without a JSON type", async () => {
    const answer = await send(CHAT, { headers: { "content-type": "text/plain" }, body: '{"model":"LLAMA3.1:8B"}' });
    assert.equal(answer.status, 200);
    assert.equal(last(ollama).body.toString(), '{"model":"llama3.1:8b"}');
  });

  test("reaches only servers of the route's type", async () => {
    for (const [path, endpoint] of [[`/olla/ollama${CHAT}`, "ollama"], [`/olla/openai${CHAT}`, "ollama"]]) {
      const answer = await send(path ?? "", { headers: JSON_TYPE, body: '{"model":"shared"}' });
      assert.equal(answer.headers.get("x-olla-endpoint"), endpoint);
    }
    const elsewhere = await send(`/olla/ollama${CHAT}`, { headers: JSON_TYPE, body: '{"model":"whisper"}' });
    assert.equal(elsewhere.status, 404);
    assert.match(await elsewhere.text(), /does not exist on any ollama endpoint; it is on gpu/);
  });

  test("is refused where it has come through this olla before", async () => {
    const first = await send(CHAT, { headers: JSON_TYPE, body: '{"model":"llama3.1:8b"}' });
    const via = first.headers.get("via") ?? "";
    const again = await send(CHAT, { headers: { ...JSON_TYPE, via }, body: '{"model":"llama3.1:8b"}' });
    assert.equal(again.status, 508);
  });

  test("may be a HEAD, whose answer keeps its length", async () => {
    const answer = await fetch(`${olla.url}/olla/ollama/api/version`, { method: "HEAD" });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "");
  });

  test("goes back to the server that issued its file, or to the one that it names", async () => {
    gpu.inference = json({ id: "file-1", object: "file" });
    const form = new FormData();
    form.append("model", "whisper");
    form.append("file", new Blob(["x"]), "x.jsonl");
    assert.equal((await send("/v1/files", { body: form })).status, 200);
    const read = await fetch(`${olla.url}/v1/files/file-1`);
    assert.equal(read.headers.get("x-olla-endpoint"), "gpu");
    gpu.inference = json({});
  });

  test("has one line in the access log, with what happened to it", async () => {
    await send(CHAT, { headers: { ...JSON_TYPE, "x-request-id": "logged-1" }, body: '{"model":"llama3.1:8b"}' });
    await send(`${CHAT}?api_key=s3cret`, {
      headers: { ...JSON_TYPE, "x-request-id": "logged-2" },
      body: '{"model":"no"}',
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const lines = olla.stdout.split("\n").filter((line) => line.includes('"logged-')).map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ status, endpoint, model, error_code }) => [status, endpoint, model, error_code]), [
      [200, "ollama", "llama3.1:8b", undefined],
      [404, undefined, "no", "model_not_found"],
    ]);
    assert.ok(!olla.stdout.includes("s3cret"));
  });
});

describe("where a request is sent", () => {
  /** A server below a base path, which records what it is asked for. */
  async function withServer(
    base: string,
    endpoint: object,
    run: (olla: OllaProcess, asked: string[]) => Promise<void>,
  ) {
    const asked: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      asked.push(request.url ?? "");
      const isList = request.url?.endsWith("/models") === true;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(isList ? { object: "list", data: [{ id: "m" }] } : { ok: true }));
    });
    const socket = join(tmpdir(), `olla-test-${process.pid}.sock`);
    const isUnix = base === "unix";
    await new Promise<void>((resolve) =>
      isUnix ? server.listen(socket, resolve) : server.listen(0, "127.0.0.1", resolve)
    );
    const address = server.address();
    const url = typeof address === "object" && address !== null
      ? `http://127.0.0.1:${address.port}${base}`
      : `unix:${socket}`;
    try {
      await using olla = await OllaProcess.start({
        models: ["m"],
        config: {
          endpoints: [{
            name: "one",
            url,
            type: "openai-compatible",
            check_interval: "1s",
            check_timeout: "500ms",
            ...endpoint,
          }],
        },
      });
      await run(olla, asked);
    } finally {
      server.close();
      if (isUnix) await unlink(socket).catch(() => {});
    }
  }

  const chat = (olla: OllaProcess) =>
    fetch(`${olla.url}${CHAT}`, { method: "POST", headers: JSON_TYPE, body: '{"model":"m"}' });

  test("the request's path takes the place of the URL's own", async () => {
    await withServer("/base/v1", { model_url: "/v1/models" }, async (olla, asked) => {
      assert.equal((await chat(olla)).status, 200);
      assert.ok(asked.includes(CHAT), asked.join(" "));
    });
  });

  test("with preserve_path it is put behind it, without a second /v1", async () => {
    await withServer("/base/v1", { preserve_path: true }, async (olla, asked) => {
      assert.equal((await chat(olla)).status, 200);
      assert.ok(asked.includes("/base/v1/chat/completions"), asked.join(" "));
    });
  });

  test("a Unix socket is an address like any other", async () => {
    await withServer("unix", {}, async (olla, asked) => {
      assert.equal((await chat(olla)).status, 200);
      assert.ok(asked.includes(CHAT));
    });
  });
});

describe("an answer that passes through", () => {
  test("keeps a compressed body, its encoding and its length", async () => {
    const packed = gzipSync(JSON.stringify({ hello: "x".repeat(2000) }));
    await using llm = await FakeLlm.start({
      name: "one",
      models: ["m"],
      inference: bytes(packed, { headers: { "content-encoding": "gzip", "content-type": "application/json" } }),
    });
    await using olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: ["m"] });
    const answer = await fetch(`${olla.url}${CHAT}`, {
      method: "POST",
      headers: JSON_TYPE,
      body: '{"model":"m"}',
      decompress: false,
    } as RequestInit);
    assert.equal(answer.headers.get("content-encoding"), "gzip");
    assert.equal(answer.headers.get("content-length"), String(packed.byteLength));
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(packed));
  });
});

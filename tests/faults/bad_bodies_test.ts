import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { RawConnection, rawPost, rawRequest } from "../support/raw_http.ts";
import { answered, MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const CHAT = "/v1/chat/completions";

/** Requests that reached a backend, whatever for: a refused request must add none. */
function touched(scene: Scene): number {
  return scene.llms.reduce((sum, llm) => sum + llm.inferences.length, 0);
}

async function post(scene: Scene, body: string | Uint8Array<ArrayBuffer>, path = CHAT) {
  const headers = { "content-type": "application/json" };
  return await answered(await fetch(`${scene.olla.url}${path}`, { method: "POST", headers, body }));
}

describe("a body that is no JSON", () => {
  const bodies: [string, string][] = [
    ["a word", "hello"],
    ["an array", '[{"model":"llama3.2"}]'],
    ["a number", "42"],
    ["an object without its end", '{"model":"llama3.2"'],
    ["an array in it without its end", '{"model":"llama3.2","messages":[{"role":"user"}'],
    ["a string without its end", '{"model":"llama3.2","messages":"abc}'],
    ["brackets that do not match", '{"model":"llama3.2","messages":[}]'],
    ["something after its end", '{"model":"llama3.2"} {"model":"llama3.2"}'],
    ["a NUL before it", '\0{"model":"llama3.2"}'],
    ["a NUL in it", '{"model":"llama3.2",\0"messages":[]}'],
    ["a NUL after it", '{"model":"llama3.2"}\0'],
    ["a NUL in the model's name", '{"model":"llama3.2\0"}'],
  ];
  test("is 400 invalid_json before any backend is touched", { timeout: 40_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const before = touched(scene);
      for (const [name, body] of bodies) {
        const { status, code } = await post(scene, body);
        assert.deepEqual([status, code], [400, "invalid_json"], name);
      }
      assert.equal(touched(scene), before);
    });
  });
});

describe("a body that leaves open which model it means", () => {
  const bodies: [string, string][] = [
    ["two keys that differ in case", '{"model":"llama3.2","MODEL":"qwen3"}'],
    ["the same key twice", '{"model":"llama3.2","messages":[],"model":"qwen3"}'],
    ["the same key once more with an escape", '{"model":"llama3.2","mod\\u0065l":"qwen3"}'],
    ["a model that is no string", '{"model":["llama3.2"]}'],
  ];
  test("is 400 before any backend is touched", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ models: [MODEL, "qwen3"], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const before = touched(scene);
      for (const [name, body] of bodies) {
        const { status, code, text } = await post(scene, body);
        assert.deepEqual([status, code], [400, "invalid_request"], `${name}: ${text}`);
      }
      assert.equal(touched(scene), before);
    });
  });

  test("is 400 that asks for a model, when the backends are of two types", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES, firstEndpoint: { type: "openai-compatible" } });
    for (const body of ['{"messages":[]}', '{"options":{"model":"llama3.2"}}']) {
      const { status, code, text } = await post(scene, body);
      assert.deepEqual([status, code], [400, "invalid_request"]);
      assert.match(text, /model/);
    }
    assert.equal(touched(scene), 0);
  });
});

describe("a body of 20 MB", () => {
  test("goes to the model it names last, byte for byte, though a string in it names another", {
    timeout: 60_000,
  }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const decoy = 'He said: \\"model\\": \\"other\\", {\\"model\\":\\"other\\"} \\\\';
    const image = "A".repeat(20 * 1024 * 1024);
    const messages = `[{"role":"user","content":"${decoy}"},{"role":"user","content":"${image}"},{"model":"other"}]`;
    const body = `{"stream":false,"messages":${messages},"tools":[{"model":"other"}],"model":"${MODEL}"}`;
    const digest = createHash("sha256").update(body).digest("hex");
    await threeRounds(scene, async () => {
      const { status, endpoint } = await post(scene, body);
      assert.deepEqual([status, endpoint], [200, "first"]);
      const received = scene.first.inferences.at(-1);
      assert.equal(createHash("sha256").update(received?.body ?? "").digest("hex"), digest);
      assert.equal(received?.header("content-length"), String(Buffer.byteLength(body)));
      assert.equal(received?.header("transfer-encoding"), undefined);
      scene.first.backend.requests.length = 0;
    });
  });

  test("is sent again whole when the first backend fails", { timeout: 60_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const body = `{"messages":"${"A".repeat(20 * 1024 * 1024)}","model":"${MODEL}"}`;
    await scene.first.backend.refuse();
    const { status, endpoint } = await post(scene, body);
    assert.deepEqual([status, endpoint], [200, "second"]);
    assert.ok(scene.second.inferences[0]?.body.equals(Buffer.from(body)));
  });
});

describe("a body that is too large", () => {
  test("is 413 in JSON, whether it says its length or not", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({
      endpoint: NO_PROBES,
      server: { request_limits: { max_body_size: "1MB" } },
    });
    const body = JSON.stringify({ model: MODEL, messages: "A".repeat(2_000_000) });
    await threeRounds(scene, async () => {
      const { status, code } = await post(scene, body);
      assert.deepEqual([status, code], [413, "body_too_large"]);
      const head = `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const chunked = await rawRequest(scene.olla.port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
      assert.equal(chunked.status, 413);
      assert.equal(JSON.parse(chunked.body.toString()).error.code, "body_too_large");
    });
    assert.equal(scene.first.inferences.length, 3, "only the good requests between the rounds");
  });

  test("is refused by its length alone, before it is sent", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({
      endpoint: NO_PROBES,
      server: { request_limits: { max_body_size: "1MB" } },
    });
    await using connection = await RawConnection.open(scene.olla.port);
    const post = rawPost(CHAT, "", { "Content-Length": "50000000" });
    await connection.send(`${post}{"model":`);
    assert.equal((await connection.response(3000)).status, 413);
  });
});

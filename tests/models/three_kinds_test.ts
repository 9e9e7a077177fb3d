/**
 * What a new user tries first: servers of three kinds, a model more, a server less, one name for several models.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { json } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import { answered } from "../support/scene.ts";
import type { FakeServer } from "../fakes/fake_server.ts";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll, Gateway, said } from "./gateway.ts";

const SHARED = "gpt-oss-20b";

describe("an Ollama, an LM Studio and a vLLM", () => {
  let mac: FakeOllama;
  let desk: FakeLmStudio;
  let gpu: FakeVllm;
  let gateway: Gateway;

  before(async () => {
    mac = await FakeOllama.start({
      name: "mac",
      models: [
        { name: "llama3.1:8b", contextLength: 131_072, loaded: true },
        { name: "gpt-oss:20b", contextLength: 32_768 },
        { name: "whisper:large" },
      ],
    });
    desk = await FakeLmStudio.start({
      name: "desk",
      models: [{ name: "qwen/qwen3-8b", contextLength: 40_960, tools: true }, {
        name: SHARED,
        contextLength: 65_536,
      }],
    });
    gpu = await FakeVllm.start({
      name: "gpu",
      models: [
        { name: "meta-llama/Llama-3.3-70B-Instruct", contextLength: 16_384 },
        SHARED,
        "openai/whisper-large-v3",
      ],
    });
    for (const server of [mac, gpu]) {
      server.instead.set("/v1/audio/transcriptions", json({ text: `heard by ${server.name}` }));
    }
    const priorities: Record<string, number> = { mac: 100, desk: 50, gpu: 10 };
    gateway = await Gateway.start([mac, desk, gpu], {
      endpoint: ({ name }) => ({ priority: priorities[name] }),
      config: {
        model_aliases: {
          "our-oss": ["gpt-oss:20b", SHARED],
          "our-ears": ["whisper:large", "openai/whisper-large-v3"],
        },
      },
    });
  });

  after(() => endAll([mac, desk, gpu, gateway]));

  test("are listed with all their models, and the aliases", async () => {
    const wanted = [
      "gpt-oss-20b",
      "gpt-oss:20b",
      "llama3.1:8b",
      "meta-llama/Llama-3.3-70B-Instruct",
      "openai/whisper-large-v3",
      "our-ears",
      "our-oss",
      "qwen/qwen3-8b",
      "whisper:large",
    ];
    assert.deepEqual((await gateway.ids()).toSorted(), wanted);
  });

  test("tell where a model is, and whether it is in memory", async () => {
    assert.deepEqual(await gateway.states("llama3.1:8b"), ["mac loaded"]);
    assert.deepEqual(await gateway.states("gpt-oss:20b"), ["mac available"]);
    assert.deepEqual(await gateway.states("qwen/qwen3-8b"), ["desk available"]);
    // What vLLM lists is always in memory.
    assert.deepEqual(await gateway.states(SHARED), ["desk available", "gpu loaded"]);
  });

  test("tell context lengths, in the words of every client", async () => {
    const expected: [name: string, context: number][] = [
      ["llama3.1:8b", 131_072],
      ["qwen/qwen3-8b", 40_960],
      ["meta-llama/Llama-3.3-70B-Instruct", 16_384],
      // Of two copies the least: a prompt must fit wherever it goes.
      [SHARED, 8192],
    ];
    const { data } = await gateway.page<{ data: Record<string, unknown>[] }>("/v1/models");
    for (const [name, context] of expected) {
      const { context_length, max_model_len, context_window } = data.find(({ id }) => id === name) ?? {};
      assert.deepEqual([context_length, max_model_len, context_window], [context, context, context], name);
      assert.equal((await gateway.unified(name))?.olla.max_context_length, context);
    }
  });

  test("serve a chat each, whatever the model's kind of server", async () => {
    for (const [model, server] of [["llama3.1:8b", mac], ["qwen/qwen3-8b", desk], [SHARED, desk]] as const) {
      const answer = await gateway.chat(model);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(said(answer), `from ${server.name}`);
      assert.equal(answer.headers.get("x-olla-model"), model);
    }
  });

  /** Sends the same bytes with the alias, and shows what the server got. */
  async function sent(server: FakeServer, path: string, body: Uint8Array<ArrayBuffer>, type: string) {
    const from = server.backend.requests.length;
    const init = { method: "POST", headers: { "content-type": type }, body };
    const answer = await answered(await fetch(`${gateway.olla.url}${path}`, init));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.endpoint, server.name);
    const request = server.backend.requests.slice(from).find((request) => request.method === "POST");
    assert.ok(request, `${server.name} got the request`);
    assert.equal(request.header("content-length"), String(request.body.length));
    return request.body;
  }

  /** Odd white space, key order and escapes, which must all stay. */
  const CHAT = (model: string) =>
    Buffer.from(
      `{ "temperature":1.0, "messages" : [{"role":"user","content":"say \\u0022our-oss\\u0022"}],\n\t"model"  :  ${
        JSON.stringify(model)
      } , "stream":false}`,
    );

  /** Bytes of all values; among them what looks like a boundary, and like a field named model. */
  const AUDIO = Buffer.concat([
    Buffer.from(Array.from({ length: 4096 }, (_, index) => index * 7 % 256)),
    Buffer.from('\r\n--XBOUNDAR\r\nContent-Disposition: form-data; name="model"\r\n\r\nour-ears\r\n'),
  ]);
  const TRANSCRIPTION = (model: string) =>
    Buffer.concat([
      Buffer.from('--XBOUNDARY\r\nContent-Disposition: form-data; name="file"; filename="model"\r\n'),
      Buffer.from("Content-Type: audio/wav\r\n\r\n"),
      AUDIO,
      Buffer.from(`\r\n--XBOUNDARY\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`),
      Buffer.from('--XBOUNDARY\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nour-ears\r\n--XBOUNDARY--\r\n'),
    ]);
  const MULTIPART = "multipart/form-data; boundary=XBOUNDARY";

  test("get the name that they know themselves for an alias, and every other byte as it was sent", async () => {
    const chat = await sent(mac, "/v1/chat/completions", CHAT("our-oss"), "application/json");
    assert.equal(chat.toString(), CHAT("gpt-oss:20b").toString());
    const transcription = await sent(mac, "/v1/audio/transcriptions", TRANSCRIPTION("our-ears"), MULTIPART);
    assert.ok(transcription.equals(TRANSCRIPTION("whisper:large")), transcription.toString("latin1").slice(-400));
  });

  test("are used by the next request for a model that one of them has just got", async () => {
    gpu.add("mistralai/Devstral-Small");
    const answer = await gateway.chat("mistralai/Devstral-Small");
    assert.equal(answer.status, 200, answer.text);
    assert.equal(said(answer), "from gpu");
    assert.ok((await gateway.ids()).includes("mistralai/Devstral-Small"));
  });

  test("go on without one that is killed: aliases are served by the others under their own names", async () => {
    await mac.backend.refuse();
    const chat = await sent(desk, "/v1/chat/completions", CHAT("our-oss"), "application/json");
    assert.equal(chat.toString(), CHAT(SHARED).toString());
    const transcription = await sent(gpu, "/v1/audio/transcriptions", TRANSCRIPTION("our-ears"), MULTIPART);
    assert.ok(transcription.equals(TRANSCRIPTION("openai/whisper-large-v3")));
  });

  test("no longer list what only the killed one had, unless asked for what is unavailable", async () => {
    await gateway.settled("mac", "offline");
    const left = await gateway.ids();
    for (const gone of ["llama3.1:8b", "gpt-oss:20b", "whisper:large"]) {
      assert.ok(!left.includes(gone), `${gone} is not listed`);
      assert.equal(await gateway.unified(gone), undefined);
      assert.deepEqual(await gateway.states(gone), ["mac unavailable"]);
    }
    for (const stays of [SHARED, "our-oss", "our-ears", "qwen/qwen3-8b"]) assert.ok(left.includes(stays), stays);
    const refused = await gateway.chat("llama3.1:8b");
    assert.deepEqual([refused.status, refused.code], [503, "model_unavailable"]);
    assert.match(refused.text, /on mac \(offline\)/);
    assert.ok(!refused.text.includes(String(mac.backend.port)), "an error shows no address");
  });

  test("go on serving a model that two of them have when one of these two dies", async () => {
    await desk.backend.refuse();
    for (let round = 0; round < 3; round++) {
      const answer = await gateway.chat(SHARED);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(said(answer), "from gpu");
    }
    await gateway.settled("desk", "offline");
    assert.ok((await gateway.ids()).includes(SHARED));
    assert.deepEqual(await gateway.states(SHARED), ["desk unavailable", "gpu loaded"]);
  });

  test("are all there again when they are back, with what they have by then", async () => {
    mac.models.delete("llama3.1:8b");
    mac.add("gemma3:4b");
    await Promise.all([mac.backend.listen(), desk.backend.listen()]);
    await Promise.all([gateway.settled("mac", "healthy"), gateway.settled("desk", "healthy")]);
    await eventually("the new lists are in use", async () => {
      const listed = await gateway.ids();
      return ["gemma3:4b", "gpt-oss:20b", "qwen/qwen3-8b"].every((name) => listed.includes(name)) &&
        !listed.includes("llama3.1:8b");
    });
    assert.equal(said(await gateway.chat("our-oss")), "from mac");
  });
});

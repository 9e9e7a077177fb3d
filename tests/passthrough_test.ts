import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { bytes, json, stream } from "./support/answers.ts";
import { eventually } from "./support/eventually.ts";
import type { Received } from "./support/fake_backend.ts";
import { FakeLlm, friendly } from "./support/fake_llm.ts";
import { OllaProcess } from "./support/olla_process.ts";
import { RawConnection, rawPost, rawRequest } from "./support/raw_http.ts";

const MODEL = "llama3.2";
const CHAT = "/v1/chat/completions";
const BODY = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "Hi ✓" }] });

/** One server of each of two kinds, with a base path on one, and an alias for a model of the other. */
interface Setting {
  readonly olla: OllaProcess;
  readonly ollama: FakeLlm;
  readonly audio: FakeLlm;
}

let started: Promise<Setting> | undefined;
function start(): Promise<Setting> {
  return started ??= (async () => {
    const ollama = await FakeLlm.start({ name: "gpu", models: [MODEL] });
    const audio = await FakeLlm.start({ name: "audio", kind: "openai", models: ["org/whisper", "org/tts"] });
    const endpoints = [ollama.endpoint(), audio.endpoint()];
    const config = { endpoints, model_aliases: { speech: ["org/whisper"] } };
    const olla = await OllaProcess.start({ config, models: [MODEL, "org/whisper"] });
    return { olla, ollama, audio };
  })();
}

after(async () => {
  const setting = await started;
  await setting?.olla[Symbol.asyncDispose]();
  await setting?.ollama[Symbol.asyncDispose]();
  await setting?.audio[Symbol.asyncDispose]();
});

/** The last request for a model at a server. */
function last(llm: FakeLlm): Received {
  const request = llm.inferences.at(-1);
  assert.ok(request, `${llm.name} got no request`);
  return request;
}

describe("a request on its way to the backend", () => {
  test("keeps its body, path and query byte for byte, and its length", { timeout: 20_000 }, async () => {
    const { olla, ollama } = await start();
    const paths = [
      ["/v1/chat/completions?a=1&b=%20x%2Fy&c=ä", "/v1/chat/completions?a=1&b=%20x%2Fy&c=%C3%A4"],
      ["/olla/ollama/v1/chat/completions?x", "/v1/chat/completions?x"],
      ["/olla/proxy/v1/chat/completions", "/v1/chat/completions"],
    ] as const;
    for (const [path, expected] of paths) {
      const response = await fetch(`${olla.url}${path}`, { method: "POST", body: BODY });
      assert.equal(response.status, 200, await response.text());
      assert.equal(last(ollama).target, expected);
      assert.equal(last(ollama).body.toString(), BODY);
      assert.equal(last(ollama).header("content-length"), String(Buffer.byteLength(BODY)));
    }
  });

  test("loses credentials, cookies, hop-by-hop headers and what Connection names, and keeps the rest", async () => {
    const { olla, ollama } = await start();
    const dropped = {
      Authorization: "Bearer client",
      "X-Api-Key": "client",
      "Proxy-Authorization": "Basic x",
      Cookie: "session=1",
      Connection: "keep-alive, X-Hop",
      "X-Hop": "1",
      "Keep-Alive": "timeout=5",
      TE: "trailers",
      "X-Olla-Session-Spoof": "1",
    };
    const kept = { "X-Custom": "value", "User-Agent": "test/1", "OpenAI-Beta": "x", "x-litellm-tags": "a,b" };
    const response = await rawRequest(
      olla.port,
      rawPost(CHAT, BODY, { ...dropped, ...kept, Connection: dropped.Connection }),
    );
    assert.equal(response.status, 200);
    for (const name of Object.keys(dropped).filter((name) => name !== "Connection")) {
      assert.equal(last(ollama).header(name), undefined, name);
    }
    for (const [name, value] of Object.entries(kept)) assert.equal(last(ollama).header(name), value, name);
    assert.equal(last(ollama).header("host"), `127.0.0.1:${ollama.backend.port}`);
    assert.match(last(ollama).header("via") ?? "", /olla/);
    assert.match(last(ollama).header("x-forwarded-for") ?? "", /^127\.0\.0\.1$/);
    assert.doesNotMatch(last(ollama).header("connection") ?? "", /X-Hop/i);
  });

  test("is asked to go on with 100 Continue, and then served", async () => {
    const { olla, ollama } = await start();
    await using client = await RawConnection.open(olla.port);
    const [head = "", body = ""] = rawPost(CHAT, BODY, { Expect: "100-continue" }).split(/(?<=\r\n\r\n)/);
    await client.send(head);
    await eventually("olla answers at all", () => client.receivedLength > 0);
    assert.equal(client.soFar?.status, 100);
    client.expect();
    await client.send(body);
    assert.equal((await client.response()).status, 200);
    assert.equal(last(ollama).body.toString(), BODY);
  });

  test("may come in chunks and slowly", async () => {
    const { olla, ollama } = await start();
    await using client = await RawConnection.open(olla.port);
    await client.send(
      `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const data = Buffer.from(BODY);
    for (let at = 0; at < data.length; at += 9) {
      const part = data.subarray(at, at + 9);
      await client.send(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await client.send("0\r\n\r\n");
    assert.equal((await client.response()).status, 200);
    assert.equal(last(ollama).body.toString(), BODY);
  });

  test("has an alias replaced by the model's own name and nothing else touched", async () => {
    const { olla, audio } = await start();
    const odd = `{ "input" : "speech", "model":\t"speech" , "x":1e400, "model_": "speech" }`;
    const response = await fetch(`${olla.url}/v1/embeddings`, { method: "POST", body: odd });
    assert.equal(response.headers.get("x-olla-endpoint"), "audio");
    await response.arrayBuffer();
    assert.equal(last(audio).body.toString(), odd.replace('\t"speech"', '\t"org/whisper"'));
  });

  test("may be a multipart upload, routed by its model field", async () => {
    const { olla, audio } = await start();
    const file = Uint8Array.from({ length: 50_000 }, (_, index) => (index * 7) % 256);
    const form = (model: string) => {
      const parts = [
        Buffer.from(
          '--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n',
        ),
        file,
        Buffer.from(`\r\n--B\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--B--\r\n`),
      ];
      return new Uint8Array(Buffer.concat(parts));
    };
    audio.inference = json({ text: "hello" });
    for (const name of ["org/whisper", "speech"]) {
      const init = { method: "POST", body: form(name), headers: { "content-type": "multipart/form-data; boundary=B" } };
      const response = await fetch(`${olla.url}/v1/audio/transcriptions`, init);
      assert.deepEqual(
        [response.status, response.headers.get("x-olla-endpoint")],
        [200, "audio"],
        await response.text(),
      );
      assert.ok(last(audio).body.equals(form("org/whisper")), name);
    }
    audio.inference = friendly("audio");
  });
});

describe("an answer on its way to the client", () => {
  test("keeps its status and headers, but for cookies, hop-by-hop headers and false X-Olla ones", async () => {
    const { olla, ollama } = await start();
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      "X-Ratelimit-Remaining-Requests": "7",
      "X-Litellm-Call-Id": "abc",
      ETag: '"x"',
      "Set-Cookie": "a=1",
      "Keep-Alive": "timeout=3",
      "X-Olla-Endpoint": "liar",
      "X-Olla-Secret": "1",
    };
    ollama.inference = bytes('{"ok":true}', { status: 202, headers });
    const response = await rawRequest(olla.port, rawPost(CHAT, BODY));
    assert.equal(response.status, 202);
    assert.equal(response.body.toString(), '{"ok":true}');
    assert.equal(response.header("content-length"), "11");
    for (const name of ["Content-Type", "X-Ratelimit-Remaining-Requests", "X-Litellm-Call-Id", "ETag"] as const) {
      assert.equal(response.header(name), headers[name]);
    }
    for (const name of ["Set-Cookie", "Keep-Alive", "X-Olla-Secret"]) assert.equal(response.header(name), undefined);
    assert.equal(response.header("x-olla-endpoint"), "gpu");
    ollama.inference = friendly("gpu");
  });

  test("may be binary, of any length", async () => {
    const { olla, audio } = await start();
    for (const length of [0, 1, 255 * 1024, 300 * 1024, 3 * 1024 * 1024]) {
      const sound = new Uint8Array(length).map((_, index) => (index * 31) % 256);
      audio.inference = bytes(sound, { headers: { "Content-Type": "audio/mpeg" } });
      const body = JSON.stringify({ model: "org/tts", input: "Hi", voice: "x" });
      const response = await fetch(`${olla.url}/v1/audio/speech`, { method: "POST", body });
      assert.equal(response.headers.get("content-type"), "audio/mpeg");
      assert.ok(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(sound)), `${length} bytes`);
    }
    audio.inference = friendly("audio");
  });

  test("streams: every event goes on before the next one is made, with its bytes as they are", async () => {
    const { olla, ollama } = await start();
    // Odd but legal: a comment, CRLF line ends, an event cut in two by the network, a character cut in two.
    const heart = Buffer.from("data: ❤\n\n");
    const parts = [
      Buffer.from(": ping\r\n\r\n"),
      Buffer.from('data: {"a":'),
      Buffer.from("1}\r\n\r\n"),
      heart.subarray(0, 7),
      heart.subarray(7),
    ];
    ollama.inference = stream([...parts, "data: [DONE]\n\n"], { gapMs: 60 });
    await using client = await RawConnection.open(olla.port);
    const begun = performance.now();
    await client.send(rawPost(CHAT, JSON.stringify({ model: MODEL, stream: true })));
    let expected = 0;
    for (const [index, part] of parts.entries()) {
      expected += part.length;
      await eventually(`part ${index} arrives`, () => client.bodyLength >= expected, { every: 1 });
      assert.equal(client.bodyLength, expected, `part ${index} arrives alone`);
      assert.ok(performance.now() - begun < index * 60 + 200, `part ${index} came late`);
    }
    const response = await client.response();
    assert.ok(response.complete);
    assert.equal(response.body.toString(), `${Buffer.concat(parts)}data: [DONE]\n\n`);
    assert.equal(response.header("x-accel-buffering"), "no");
    ollama.inference = friendly("gpu");
  });

  test("has no body for HEAD, and keeps its length", async () => {
    const { olla } = await start();
    const request = "HEAD /v1/models HTTP/1.1\r\nHost: x\r\n\r\n";
    const head = await rawRequest(olla.port, request, { bodyless: true });
    const list = await (await fetch(`${olla.url}/v1/models`)).text();
    assert.equal(head.status, 200);
    assert.equal(head.header("content-length"), String(Buffer.byteLength(list)));
  });

  test("is a 3xx as it is, when the backend redirects", async () => {
    const { olla, ollama } = await start();
    ollama.inference = bytes("", { status: 307, headers: { Location: "http://elsewhere.invalid/x" } });
    const response = await fetch(`${olla.url}${CHAT}`, { method: "POST", body: BODY, redirect: "manual" });
    assert.deepEqual([response.status, response.headers.get("location")], [307, "http://elsewhere.invalid/x"]);
    ollama.inference = friendly("gpu");
  });
});

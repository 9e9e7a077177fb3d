import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { ndjson, sse, stream, type StreamOptions, wrongLength } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { chatChunk, friendly } from "../support/fake_llm.ts";
import { rawPost, rawRequest, type RawResponse } from "../support/raw_http.ts";
import { MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const EVENT = `data: ${JSON.stringify(chatChunk("Hello"))}\n\n`;
const LINE = { model: MODEL, message: { role: "assistant", content: "Hello" }, done: false };

/** Sends a streamed chat and reads what comes over the wire, cut or not. */
function askRaw(scene: Scene, path = "/v1/chat/completions"): Promise<RawResponse> {
  return rawRequest(scene.olla.port, rawPost(path, JSON.stringify({ model: MODEL, stream: true })));
}

describe("an answer that breaks before its first byte", () => {
  const broken: [string, Answer][] = [
    ["a stream that is cut after its headers", stream([], { ending: "cut" })],
    ["a stream that is reset after its headers", stream([], { ending: "reset" })],
    ["a stream that begins with an error", sse([{ error: { message: "CUDA error", type: "server_error" } }])],
    ["lines that begin with an error", ndjson([{ error: "CUDA error" }])],
    ["a short body that is cut in the middle", wrongLength('{"choices":[', 400)],
  ];
  for (const [name, answer] of broken) {
    test(`goes to another backend: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      const path = name.startsWith("lines") ? "/api/chat" : "/v1/chat/completions";
      await threeRounds(scene, async () => {
        scene.first.inference = answer;
        const seen = await scene.ask({ stream: true }, { path });
        assert.deepEqual([seen.status, seen.endpoint], [200, "second"], seen.text);
        assert.doesNotMatch(seen.text, /error/);
        scene.first.inference = friendly("first");
      }, () => scene.askWell("first"));
    });
  }
});

describe("a stream that breaks after its first event", () => {
  const ways: [string, StreamOptions][] = [
    ["cut", { ending: "cut" }],
    ["reset", { ending: "reset" }],
    ["cut without [DONE] on a close-delimited connection", { framing: "close", ending: "cut" }],
  ];
  for (const [name, options] of ways) {
    test(`ends with an error event and is not tried elsewhere: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      await threeRounds(scene, async () => {
        scene.first.inference = stream([EVENT, EVENT], options);
        const { status, body, header } = await askRaw(scene);
        assert.deepEqual([status, header("x-olla-endpoint")], [200, "first"]);
        const text = body.toString();
        assert.ok(text.startsWith(EVENT + EVENT), text);
        const told = text.slice(2 * EVENT.length);
        assert.match(told, /^data: \{"error":\{.*\}\}\n\n$/);
        const { error } = JSON.parse(told.slice("data: ".length));
        assert.ok(error.message.length > 10 && error.code === "upstream_error");
        scene.first.inference = friendly("first");
      }, () => scene.askWell("first"));
      assert.equal(scene.second.inferences.length, 0);
    });
  }

  test("ends with an error line in Ollama's dialect", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    for (const framing of ["chunked", "close"] as const) {
      scene.first.inference = ndjson([LINE, LINE], { framing, ending: "cut" });
      const lines = (await askRaw(scene, "/api/chat")).body.toString().trimEnd().split("\n");
      assert.deepEqual(lines.slice(0, 2).map((line) => JSON.parse(line)), [LINE, LINE]);
      assert.equal(typeof JSON.parse(lines[2] ?? "{}").error, "string");
      assert.equal(lines.length, 3);
    }
  });

  test("never looks whole when its end comes together with its last bytes", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    for (const framing of ["chunked", { length: 4 * EVENT.length }] as const) {
      scene.first.inference = stream([EVENT, EVENT], { framing, ending: "cut", endsAfterMs: 0 });
      const { status, body, complete } = await askRaw(scene);
      const told = status === 502 || !complete || /data: \{"error":\{.*\}\}\n\n$/.test(body.toString());
      assert.ok(told, `${status} ${body}`);
    }
  });

  test("is left alone when its terminator came", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    scene.first.inference = sse([chatChunk("Hello")], { framing: "close", ending: "cut" });
    const { body, complete } = await askRaw(scene);
    assert.equal(body.toString(), `${EVENT}data: [DONE]\n\n`);
    assert.ok(complete);
  });

  const unmendable: [string, Answer][] = [
    ["in the middle of an event", stream([EVENT, 'data: {"choices":[{"del'], { ending: "cut" })],
    [
      "and is compressed",
      stream([gzipSync(EVENT.repeat(50)).subarray(0, 60)], { ending: "cut", headers: { "Content-Encoding": "gzip" } }),
    ],
    [
      "and is no stream but a JSON body",
      stream(['{"choices":[', '{"ind'], { type: "application/json", ending: "cut" }),
    ],
  ];
  for (const [name, answer] of unmendable) {
    test(`is cut for the client as well when it breaks ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      await threeRounds(scene, async () => {
        scene.first.inference = answer;
        const { complete, body } = await askRaw(scene);
        assert.equal(complete, false, body.toString());
        assert.doesNotMatch(body.toString("latin1"), /error/);
        scene.first.inference = friendly("first");
      }, () => scene.askWell("first"));
    });
  }

  test("ends with an error event when it is silent for longer than read_timeout", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES, proxy: { read_timeout: "400ms" } });
    await threeRounds(scene, async () => {
      scene.first.inference = stream([EVENT], { ending: "hang" });
      const { body } = await askRaw(scene);
      assert.match(body.toString(), /\n\ndata: \{"error":\{.*\}\}\n\n$/);
      const asked = scene.first.inferences.at(-1);
      await eventually("the backend is told to stop", () => asked?.goneAt, { within: 500 });
      scene.first.inference = friendly("first");
    }, () => scene.askWell("first"));
  });

  test("counts against its backend: after five in a row another one is asked", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    scene.first.inference = stream([EVENT], { ending: "reset" });
    for (let count = 0; count < 5; count++) assert.equal((await askRaw(scene)).header("x-olla-endpoint"), "first");
    await scene.askWell("second");
  });
});

describe("a length that is wrong", () => {
  test("sends a body that is too short to another backend", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      scene.first.inference = wrongLength('{"choices":[]}', 100);
      await scene.askWell("second");
      scene.first.inference = friendly("first");
    }, () => scene.askWell("first"));
  });

  test("never turns what is too long into the answer of the next request", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const evil = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n"evil"';
    const smuggle: Answer = async (exchange) => {
      await exchange.head(200, { "Content-Type": "application/json", "Content-Length": "2" });
      await exchange.write(`{}${evil}`);
    };
    await threeRounds(scene, async () => {
      scene.first.inference = smuggle;
      await scene.ask();
      scene.first.inference = friendly("first");
      for (let count = 0; count < 5; count++) assert.doesNotMatch((await scene.ask()).text, /evil/);
    });
  });
});

describe("a compressed answer", () => {
  const zipped = gzipSync(JSON.stringify({ choices: [{ message: { content: "zipped ".repeat(1000) } }] }));
  const framings: [string, StreamOptions["framing"]][] = [
    ["with a length", { length: zipped.length }],
    ["in chunks", "chunked"],
  ];
  for (const [name, framing = "chunked"] of framings) {
    test(`arrives as the backend sent it, ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      await threeRounds(scene, async () => {
        const headers = { "Content-Encoding": "gzip" };
        scene.first.inference = stream([zipped], { type: "application/json", headers, framing });
        const post = rawPost("/v1/chat/completions", JSON.stringify({ model: MODEL }), { "Accept-Encoding": "gzip" });
        const { body, header, complete } = await rawRequest(scene.olla.port, post);
        assert.equal(header("content-encoding"), "gzip");
        assert.ok(complete && body.equals(zipped));
        assert.equal(scene.first.inferences.at(-1)?.header("accept-encoding"), "gzip");
        scene.first.inference = friendly("first");
      });
    });
  }
});

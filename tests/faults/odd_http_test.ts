import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "../support/fake_backend.ts";
import { friendly } from "../support/fake_llm.ts";
import { NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const JSON_BODY = '{"choices":[]}';
const WHOLE = `Content-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`;

/** Writes bytes, and closes if the client could not know otherwise that this was all. */
function says(text: string, { closes = false }: { closes?: boolean } = {}): Answer {
  return async (exchange) => {
    await exchange.write(Buffer.from(text, "latin1"));
    if (!closes) return;
    await exchange.pause(30);
    exchange.close();
  };
}

describe("an answer in odd but legal HTTP", () => {
  const answers: [string, Answer, number, string][] = [
    ["100 before the answer", says(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${WHOLE}`), 200, JSON_BODY],
    [
      "103 before the answer",
      says(`HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n${WHOLE}`),
      200,
      JSON_BODY,
    ],
    ["HTTP/1.0 without a length", says(`HTTP/1.0 200 OK\r\n\r\n${JSON_BODY}`, { closes: true }), 200, JSON_BODY],
    ["204", says("HTTP/1.1 204 No Content\r\n\r\n"), 204, ""],
    ["304", says('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'), 304, ""],
    ["a header beyond ASCII", says(`HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\n${WHOLE}`), 200, JSON_BODY],
    [
      "a content type that is none",
      says("HTTP/1.1 200 OK\r\nContent-Type: ;;\r\nContent-Length: 2\r\n\r\nhi"),
      200,
      "hi",
    ],
    ["no reason phrase", says(`HTTP/1.1 200\r\n${WHOLE}`), 200, JSON_BODY],
  ];
  for (const [name, answer, status, body] of answers) {
    test(`is passed on: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      await threeRounds(scene, async () => {
        scene.first.inference = answer;
        const seen = await scene.ask();
        assert.deepEqual([seen.status, seen.endpoint, seen.text], [status, "first", body]);
        scene.first.inference = friendly("first");
      }, () => scene.askWell("first"));
    });
  }
});

describe("an answer in broken HTTP", () => {
  const answers: [string, Answer][] = [
    [
      "a chunk size that is none",
      says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
    ],
    ["2 MB of headers", says(`HTTP/1.1 200 OK\r\nX-Large: ${"a".repeat(2_000_000)}\r\n${WHOLE}`)],
    ["status 999", says(`HTTP/1.1 999 Odd\r\n${WHOLE}`)],
    ["a switch of protocols nobody asked for", says("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n")],
    ["a negative length", says("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhi", { closes: true })],
    [
      "a length beyond all numbers",
      says(`HTTP/1.1 200 OK\r\nContent-Length: ${"9".repeat(30)}\r\n\r\nhi`, { closes: true }),
    ],
    ["a NUL in a header", says(`HTTP/1.1 200 OK\r\nX-Name: a\0b\r\n${WHOLE}`)],
    ["headers without their end", says("HTTP/1.1 200 OK\r\nX-Name: ", { closes: true })],
  ];
  for (const [name, answer] of answers) {
    test(`is left for another backend's: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      await threeRounds(scene, async () => {
        scene.first.inference = answer;
        const seen = await scene.ask();
        assert.deepEqual([seen.status, seen.endpoint], [200, "second"], seen.text);
        scene.first.inference = friendly("first");
      }, () => scene.askWell("first"));
    });
  }
});

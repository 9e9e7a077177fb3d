import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../support/fake_backend.ts";
import { friendly } from "../support/fake_llm.ts";
import { RawConnection, rawPost } from "../support/raw_http.ts";
import { MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const TOTAL = 100 * 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, 'data: {"choices":[]}\n\n');
const MB = 1024 * 1024;
/** Kernel buffers on both sides, olla's own, and room: far less than the answer. */
const MOST_IN_FLIGHT = 24 * MB;
/** While the client does not read, and while it reads all at full speed and garbage waits to be collected. */
const MOST_GROWTH = { stalled: 16 * MB, reading: 48 * MB } as const;

/** 100 MB, with a length or in chunks; `sent` tells how much the network has taken. */
function hugeAnswer(chunked: boolean): { answer: Answer; sent: () => number } {
  let sent = 0;
  const answer: Answer = async (exchange) => {
    const framing = chunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": String(TOTAL) };
    await exchange.head(200, { "Content-Type": "text/event-stream", ...framing });
    for (sent = 0; sent < TOTAL && !exchange.gone.aborted; sent += BLOCK.length) {
      if (chunked) await exchange.write(`${BLOCK.length.toString(16)}\r\n`);
      await exchange.write(BLOCK);
      if (chunked) await exchange.write("\r\n");
    }
    if (chunked) await exchange.write("0\r\n\r\n");
  };
  return { answer, sent: () => sent };
}

describe("an answer of 100 MB to a client that reads slowly", () => {
  const expected = createHash("sha256");
  for (let sent = 0; sent < TOTAL; sent += BLOCK.length) expected.update(BLOCK);
  const digest = expected.digest("hex");

  for (const chunked of [false, true]) {
    test(
      `waits at the backend while memory stays flat, and arrives whole ${chunked ? "in chunks" : "with its length"}`,
      {
        timeout: 90_000,
      },
      async () => {
        await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
        const { olla, first } = scene;
        await threeRounds(scene, async () => {
          const { answer, sent } = hugeAnswer(chunked);
          first.inference = answer;
          const before = await olla.rss();
          await using client = await RawConnection.open(olla.port);
          client.pause();
          await client.send(rawPost("/v1/chat/completions", JSON.stringify({ model: MODEL, stream: true })));
          let peak = 0;
          for (let look = 0; look < 20; look++) {
            await sleep(50);
            peak = Math.max(peak, await olla.rss());
          }
          assert.ok(sent() < MOST_IN_FLIGHT, `the backend has sent ${sent()} bytes to a client that reads none`);
          assert.ok(peak - before < MOST_GROWTH.stalled, `memory grew by ${(peak - before) / MB} MB`);
          client.resume();
          const reading = client.response(30_000);
          const watch = setInterval(() => void olla.rss().then((rss) => peak = Math.max(peak, rss)), 20);
          const response = await reading.finally(() => clearInterval(watch));
          assert.ok(response.complete);
          assert.equal(response.body.length, TOTAL);
          assert.equal(createHash("sha256").update(response.body).digest("hex"), digest);
          assert.ok(peak - before < MOST_GROWTH.reading, `memory grew by ${(peak - before) / MB} MB`);
          first.inference = friendly("first");
        });
      },
    );
  }

  test("is cancelled at the backend when that client leaves", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    const { olla, first } = scene;
    await threeRounds(scene, async () => {
      const { answer, sent } = hugeAnswer(true);
      first.inference = answer;
      await using client = await RawConnection.open(olla.port);
      client.pause();
      await client.send(rawPost("/v1/chat/completions", JSON.stringify({ model: MODEL, stream: true })));
      await sleep(400);
      const asked = first.inferences.at(-1);
      client.reset();
      const left = performance.now();
      while (asked?.goneAt === undefined && performance.now() - left < 1000) await sleep(2);
      assert.ok((asked?.goneAt ?? Infinity) - left < 100, "the backend sees it within 100 ms");
      assert.ok(sent() < TOTAL);
      first.inference = friendly("first");
    });
  });
});

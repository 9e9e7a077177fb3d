import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { chatDelta, chatOnly } from "../support/chat_script.ts";
import { DIALECTS, PATHS, requestIn, sendIn } from "../support/dialect_client.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer, Received } from "../support/fake_backend.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { RawConnection, rawPost } from "../support/raw_http.ts";

const MODEL = "patient";
const SEEN_WITHIN_MS = 100;
const CLIENTS = 200;

/** Sends a word every few milliseconds, for ever. */
const endless: Answer = async (exchange) => {
  await exchange.head(200, { "Content-Type": "text/event-stream", "Transfer-Encoding": "chunked" });
  const event = `data: ${JSON.stringify(chatDelta({ content: "tick " }))}\n\n`;
  while (!exchange.gone.aborted) {
    await exchange.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    await exchange.pause(10);
  }
};

/** Thinks of an answer, for ever, having sent its head. */
const thinking: Answer = async (exchange) => {
  await exchange.head(200, { "Content-Type": "application/json", "Transfer-Encoding": "chunked" });
  await exchange.write("1\r\n \r\n");
  await exchange.untilGone();
};

const silent: Answer = (exchange) => exchange.untilGone();

/** Only these are answered at length; that other dialects are unknown here is found out by a first request. */
const isChat = ({ target }: Received) => target === "/v1/chat/completions";

let started: Promise<{ llm: FakeLlm; olla: OllaProcess }> | undefined;
const start = () =>
  started ??= (async () => {
    const llm = await FakeLlm.start({ name: "gpu", kind: "openai", models: [MODEL] });
    const config = { endpoints: [llm.endpoint({ check_interval: "30s" })] };
    return { llm, olla: await OllaProcess.start({ config, models: [MODEL] }) };
  })();
after(async () => {
  const running = await started;
  await running?.olla[Symbol.asyncDispose]();
  await running?.llm[Symbol.asyncDispose]();
});

for (const dialect of DIALECTS) {
  describe(`a client of ${dialect} that leaves`, () => {
    const cases: readonly (readonly [string, boolean, Answer])[] = [
      ["in the middle of a stream", true, endless],
      ["before a stream has begun", true, silent],
      ["while a whole answer is made of a stream", false, endless],
      ["while a whole answer is on its way", false, thinking],
      ["before a whole answer has begun", false, silent],
    ];
    for (const [when, streaming, answer] of cases) {
      test(`${when} is seen by the backend within ${SEEN_WITHIN_MS} ms`, async () => {
        const { llm, olla } = await start();
        llm.inference = chatOnly(answer);
        const before = llm.inferences.length;
        const stop = new AbortController();
        const body = requestIn(dialect, { model: MODEL, stream: streaming });
        const asked = sendIn(dialect, olla.url, body, { signal: stop.signal });
        const left = asked.then((response) => response.text()).then(() => "an answer", () => "left");
        const request = await eventually("the request arrives", () => llm.inferences.slice(before).find(isChat), {
          every: 2,
        });
        if (streaming && answer === endless) await asked; // its head is there
        const leftAt = performance.now();
        stop.abort();
        const goneAt = await eventually("the backend sees it", () => request.goneAt, { every: 2 });
        assert.ok(goneAt - leftAt < SEEN_WITHIN_MS, `it took ${goneAt - leftAt} ms`);
        assert.equal(await left, "left");
        await eventually("nothing is active", async () => (await olla.endpoint("gpu")).active_connections === 0);
      });
    }

    test(
      `with ${CLIENTS - 1} others, each in the middle of a stream, leaves nothing behind`,
      { timeout: 30_000 },
      async () => {
        const { llm, olla } = await start();
        llm.inference = chatOnly(endless);
        const before = llm.inferences.length;
        const post = rawPost(PATHS[dialect], JSON.stringify(requestIn(dialect, { model: MODEL, stream: true })));
        const clients = await Promise.all(Array.from({ length: CLIENTS }, () => RawConnection.open(olla.port)));
        await Promise.all(clients.map((client) => client.send(post)));
        await eventually("all streams flow", () => clients.every(({ bodyLength }) => bodyLength > 0), {
          within: 15_000,
        });
        assert.equal((await olla.endpoint("gpu")).active_connections, CLIENTS);
        for (const client of clients) client.close();
        await eventually("nothing is active", async () => (await olla.endpoint("gpu")).active_connections === 0);
        const requests = llm.inferences.slice(before).filter(isChat);
        assert.equal(requests.length, CLIENTS);
        await eventually("the backend sees all of them go", () => requests.every(({ goneAt }) => goneAt !== undefined));
        assert.equal((await olla.endpoint("gpu")).circuit_breaker, "closed");
      },
    );
  });
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stream } from "./support/answers.ts";
import { eventually } from "./support/eventually.ts";
import { FakeLlm } from "./support/fake_llm.ts";
import { denoCommand, OllaProcess } from "./support/olla_process.ts";
import { cannotRun } from "./support/real_component.ts";

const MODEL = "llama3.2";
const EVENTS = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', "data: [DONE]\n\n"];

const command = await denoCommand().catch(() => undefined);
if (command === undefined) cannotRun("The Deno tests", "npx cannot run deno@2.9.6");
else {
  describe("olla under Deno", () => {
    const startUnderDeno = async (...llms: FakeLlm[]) => {
      const endpoints = llms.map((llm) => llm.endpoint());
      return await OllaProcess.start({ config: { endpoints }, models: [MODEL], command, startWithin: 60_000 });
    };
    const post = (olla: OllaProcess, body: unknown, signal?: AbortSignal) => {
      const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return fetch(`${olla.url}/v1/chat/completions`, signal === undefined ? init : { ...init, signal });
    };

    test("proxies a stream byte for byte and without waiting for its end", { timeout: 90_000 }, async () => {
      await using llm = await FakeLlm.start({ name: "gpu", models: [MODEL] });
      llm.inference = stream(EVENTS, { gapMs: 300 });
      await using olla = await startUnderDeno(llm);
      const begun = performance.now();
      const response = await post(olla, { model: MODEL, stream: true });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("x-olla-endpoint"), "gpu");
      const times: number[] = [];
      let text = "";
      for await (const chunk of response.body ?? []) {
        times.push(performance.now() - begun);
        text += Buffer.from(chunk).toString();
      }
      assert.equal(text, EVENTS.join(""));
      assert.ok((times[0] ?? Infinity) < 250, `the first event came after ${times[0]} ms`);
      assert.ok((times.at(-1) ?? 0) > 550);
    });

    test("fails over, tells of an unknown model, and cancels the backend when the client leaves", {
      timeout: 90_000,
    }, async () => {
      await using first = await FakeLlm.start({ name: "first", models: [MODEL] });
      await using second = await FakeLlm.start({ name: "second", models: [MODEL] });
      await using olla = await startUnderDeno(first, second);
      await first.backend.refuse();
      for (let round = 0; round < 4; round++) {
        const response = await post(olla, { model: MODEL });
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("x-olla-endpoint"), "second");
        await response.arrayBuffer();
      }
      assert.equal((await post(olla, { model: "other" })).status, 404);
      second.inference = (exchange) => exchange.untilGone();
      const stop = new AbortController();
      const before = second.inferences.length;
      const waiting = post(olla, { model: MODEL }, stop.signal).catch(() => {});
      const request = await eventually("the request arrives", () => second.inferences[before]);
      await sleep(20);
      stop.abort();
      await eventually("the backend sees the client leave", () => request.goneAt, { within: 1000 });
      await waiting;
      assert.ok(olla.alive);
    });

    test("ends with exit code 0 on SIGTERM", { timeout: 90_000 }, async () => {
      await using llm = await FakeLlm.start({ name: "gpu", models: [MODEL] });
      await using olla = await startUnderDeno(llm);
      assert.equal(await olla.stop("SIGTERM"), 0);
    });
  });
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytes, failure, garbage, hang, huge, json, stream, wrongLength } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import { type Answer, FakeBackend } from "../support/fake_backend.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { answered, MODEL, settledMemory } from "../support/scene.ts";

const HUGE = 100 * 1024 * 1024;

async function ask(olla: OllaProcess, model = MODEL) {
  const body = JSON.stringify({ model });
  return await answered(await fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body }));
}

describe("a backend whose model list is no model list", () => {
  const lists: [string, Answer][] = [
    ["is no JSON", bytes("<html>It works!</html>", { headers: { "Content-Type": "text/html" } })],
    ["is JSON of another kind", json({ hello: "world" })],
    ["holds entries of another kind", json({ models: [1, null, {}, { name: 5 }, [], true] })],
    ["answers 500", failure(500, "Out of memory")],
    ["is cut in the middle", wrongLength('{"models":[', 500)],
    ["is garbage", garbage("SSH-2.0-OpenSSH_9.6\r\n")],
    ["never comes", hang()],
    ["never ends", stream(['{"models":['], { type: "application/json", ending: "hang" })],
    ["is 100 MB long", huge(HUGE, Buffer.alloc(65_536, " "), "application/json")],
    ["is 100 MB long and does not say so", async (exchange) => {
      await exchange.head(200, { "Content-Type": "application/json", Connection: "close" });
      for (let sent = 0; sent < HUGE && !exchange.gone.aborted; sent += 65_536) {
        await exchange.write("[".repeat(65_536));
      }
      exchange.close();
    }],
  ];
  test("stops neither olla nor the other backends, and costs no memory", { timeout: 60_000 }, async () => {
    const liars = await Promise.all(lists.map(async ([, list], index) => {
      const liar = await FakeLlm.start({ name: `liar-${index}`, models: [] });
      liar.list = list;
      return liar;
    }));
    await using good = await FakeLlm.start({ name: "good", models: [MODEL] });
    try {
      const endpoints = [...liars, good].map((llm) => llm.endpoint());
      const model_discovery = { interval: "2s", timeout: "1s" };
      await using olla = await OllaProcess.start({
        config: { endpoints, discovery: { model_discovery } },
        models: [MODEL],
      });
      const asked = (liar: FakeLlm, times: number) =>
        liar.backend.requests.filter(({ target }) => target === "/api/tags").length >= times;
      for (const [index, liar] of liars.entries()) {
        await eventually(`the list that ${lists[index]?.[0]} is asked for`, () => asked(liar, 1));
      }
      const before = await settledMemory(olla);
      await eventually("the large lists are asked for again", () => liars.slice(-2).every((liar) => asked(liar, 3)), {
        within: 20_000,
      });
      for (let count = 0; count < 5; count++) assert.equal((await ask(olla)).endpoint, "good");
      assert.ok(olla.alive);
      // Each reading leaves megabytes that are collected now and then; what leaks never comes down again.
      const isBack = async () => await settledMemory(olla) - before < 20 * 1024 * 1024;
      await eventually("memory is back where it was", isBack, { within: 20_000 });
      const { data } = await olla.page<{ data: { id: string }[] }>("/v1/models");
      assert.deepEqual(data.map(({ id }) => id), [MODEL]);
      const begun = performance.now();
      await olla.page("/v1/models");
      assert.ok(performance.now() - begun < 100, "lists are answered from memory");
    } finally {
      await Promise.all(liars.map((liar) => liar[Symbol.asyncDispose]()));
    }
  });
});

describe("a backend that gets a model while olla runs", () => {
  test("serves it within the first request for it", { timeout: 30_000 }, async () => {
    await using llm = await FakeLlm.start({ name: "gpu", models: [MODEL] });
    await using olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: [MODEL] });
    assert.equal((await ask(olla, "new-model")).status, 404);
    llm.models = [MODEL, "new-model"];
    const asksAgainAfter = 2000;
    await eventually("the new model is served", async () => (await ask(olla, "new-model")).status === 200, {
      within: asksAgainAfter + 500,
      every: 200,
    });
  });
});

describe("a backend that redirects its health check and its list to another host", () => {
  test("gives its key to nobody", { timeout: 30_000 }, async () => {
    await using thief = await FakeBackend.start(json({ models: [{ name: "stolen" }] }));
    await using llm = await FakeLlm.start({ name: "gpu", models: [MODEL] });
    await using good = await FakeLlm.start({ name: "good", models: [MODEL] });
    // The same address under another name is another host.
    const away = `http://localhost:${thief.port}/`;
    llm.probe = bytes("", { status: 302, headers: { Location: away } });
    llm.list = bytes("", { status: 307, headers: { Location: away } });
    const auth = { type: "bearer", token: "very-secret" };
    const config = { endpoints: [llm.endpoint({ auth }), good.endpoint()] };
    await using olla = await OllaProcess.start({ config, models: [MODEL] });
    await eventually("it was checked twice", () => llm.backend.requests.length >= 2);
    assert.equal(llm.backend.requests[0]?.header("authorization"), "Bearer very-secret");
    assert.equal(thief.requests.length, 0);
    assert.equal((await ask(olla)).endpoint, "good");
  });
});

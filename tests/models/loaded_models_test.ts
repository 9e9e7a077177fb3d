/**
 * Requests go where their model is in memory, and finding that out brings none into memory.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { json } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { chatAnswer } from "../support/fake_llm.ts";
import type { FakeServer, FakeServerOptions } from "../fakes/fake_server.ts";
import { FakeLemonade } from "../fakes/lemonade.ts";
import { FakeLlamaSwap } from "../fakes/llama_swap.ts";
import { FakeLlamaCppRouter } from "../fakes/llamacpp.ts";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { endAll, Gateway } from "./gateway.ts";

const CHAT = "/v1/chat/completions";
/** Memory is asked about every ten seconds, give or take a tenth. */
const LEARNED_WITHIN_MS = 13_000;

/** Servers that tell what is in their memory, and the path where olla learns it. */
const KINDS: readonly (readonly [string, string, (options: FakeServerOptions) => Promise<FakeServer>])[] = [
  ["ollama", "/api/ps", (options) => FakeOllama.start(options)],
  ["lm-studio", "/api/v0/models", (options) => FakeLmStudio.start(options)],
  ["llamacpp-router", "/v1/models", (options) => FakeLlamaCppRouter.start(options)],
  ["llama-swap", "/running", (options) => FakeLlamaSwap.start(options)],
  ["lemonade", "/api/v1/health", (options) => FakeLemonade.start(options)],
];

/** Two equal servers of a kind, both with the same two models. The first model is in the memory of one of them. */
interface Pair {
  readonly kind: string;
  readonly path: string;
  readonly warm: FakeServer;
  readonly cold: FakeServer;
  readonly model: string;
  readonly other: string;
}

async function startPairs(): Promise<Pair[]> {
  return await Promise.all(KINDS.map(async ([kind, path, start]) => {
    const [model, other] = [`one-${kind}`, `two-${kind}`];
    const [cold, warm] = await Promise.all([
      start({ name: `${kind}-cold`, models: [model, { name: other, loaded: true }] }),
      start({ name: `${kind}-warm`, models: [{ name: model, loaded: true }, other] }),
    ]);
    return { kind, path, warm, cold, model, other };
  }));
}

async function loadedOn(gateway: Gateway, name: string): Promise<readonly string[] | undefined> {
  const { endpoints } = await gateway.page<{ endpoints: { name: string; loaded_models?: string[] }[] }>(
    "/internal/status/endpoints",
  );
  return endpoints.find((endpoint) => endpoint.name === name)?.loaded_models;
}

describe("of two equal servers of a kind", () => {
  let pairs: readonly Pair[];
  let servers: readonly FakeServer[];
  let gateway: Gateway;

  before(async () => {
    pairs = await startPairs();
    // The cold one comes first in the config, so that nothing but its memory speaks for the warm one.
    servers = pairs.flatMap(({ cold, warm }) => [cold, warm]);
    gateway = await Gateway.start(servers, { config: { discovery: { model_discovery: { interval: "2s" } } } });
    await eventually("it is known what is in memory", async () => {
      for (const { warm, cold } of pairs) {
        for (const { name } of [warm, cold]) if ((await loadedOn(gateway, name))?.length !== 1) return false;
      }
      return true;
    });
  });

  after(() => endAll([...servers, gateway]));

  test("the status shows what is in the memory of each", async () => {
    for (const { warm, cold, model, other } of pairs) {
      assert.deepEqual(await loadedOn(gateway, warm.name), [model]);
      assert.deepEqual(await loadedOn(gateway, cold.name), [other]);
      assert.deepEqual(await gateway.states(model), [`${cold.name} available`, `${warm.name} loaded`]);
    }
    const loaded = await gateway.ids("/olla/models?available=true&endpoint=ollama-warm");
    assert.deepEqual(loaded, ["one-ollama", "two-ollama"]);
    assert.deepEqual(await gateway.ids("/olla/models?available=false"), []);
  });

  test("the one that has the model in memory gets ten requests in a row, and the other is not woken", async () => {
    for (const { kind, warm, cold, model } of pairs) {
      for (let count = 0; count < 10; count++) {
        const answer = await gateway.chat(model);
        assert.deepEqual([answer.status, answer.endpoint], [200, warm.name], `${kind} ${count}: ${answer.text}`);
      }
      assert.deepEqual([cold.inferences.length, cold.wakes, warm.wakes], [0, 0, 0], kind);
    }
  });

  test(
    "nothing is woken by checks, lists and questions, and a change made by hand is learned",
    { timeout: 30_000 },
    async () => {
      for (const { warm, cold, model, other } of pairs) {
        warm.setLoaded(model, false);
        warm.setLoaded(other, true);
        cold.setLoaded(other, false);
        cold.setLoaded(model, true);
      }
      const asked = pairs.map(({ path, cold }) => cold.asked(path));
      const inferences = servers.map((server) => server.inferences.length);
      await eventually("the change is known", async () => {
        for (const { warm, cold, model, other } of pairs) {
          if ((await loadedOn(gateway, cold.name))?.join() !== model) return false;
          if ((await loadedOn(gateway, warm.name))?.join() !== other) return false;
        }
        return true;
      }, { within: LEARNED_WITHIN_MS, every: 100 });
      for (const [index, { path, cold, kind }] of pairs.entries()) {
        assert.ok(cold.asked(path) > (asked[index] ?? 0), `${kind} was asked at ${path}`);
      }
      const [ollama] = pairs;
      assert.ok((ollama?.cold.asked("/api/tags") ?? 0) >= 3, "lists were asked for");
      assert.ok((ollama?.cold.asked("/") ?? 0) >= 5, "health was checked");
      assert.deepEqual(servers.map((server) => server.inferences.length), inferences);
      for (const { name, wakes } of servers) assert.equal(wakes, 0, name);
      for (const { cold, model } of pairs) assert.equal((await gateway.chat(model)).endpoint, cold.name);
    },
  );
});

describe("a server that has the model in memory and much to do", () => {
  test("shares with one that would have to load it", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => release = resolve);
    const held: Answer = async (exchange) => {
      await released;
      await json(chatAnswer("at last"))(exchange);
    };
    await using cold = await FakeOllama.start({ name: "cold", models: ["llama3.1:8b"] });
    await using warm = await FakeOllama.start({ name: "warm", models: [{ name: "llama3.1:8b", loaded: true }] });
    await using gateway = await Gateway.start([cold, warm]);
    await eventually("it is known what is in memory", async () => (await loadedOn(gateway, "warm"))?.length === 1);
    for (const server of [cold, warm]) server.instead.set(CHAT, held);
    const answers: ReturnType<Gateway["chat"]>[] = [];
    const spread = () => [warm.asked(CHAT), cold.asked(CHAT)];
    for (let count = 1; count <= 4; count++) {
      answers.push(gateway.chat("llama3.1:8b"));
      await eventually("the request is there", () => warm.asked(CHAT) + cold.asked(CHAT) === count);
      assert.deepEqual(spread(), [count, 0]);
    }
    for (let count = 5; count <= 6; count++) answers.push(gateway.chat("llama3.1:8b"));
    await eventually("all are there", () => warm.asked(CHAT) + cold.asked(CHAT) === 6);
    assert.deepEqual(spread(), [5, 1]);
    release();
    for (const answer of answers) assert.equal((await answer).status, 200);
    // What has just answered is in memory: from now on both are equal.
    assert.deepEqual(await loadedOn(gateway, "cold"), ["llama3.1:8b"]);
  });
});

test("with prefer_loaded: false equal servers share, whatever is in their memory", async () => {
  await using cold = await FakeOllama.start({ name: "cold", models: ["llama3.1:8b"] });
  await using warm = await FakeOllama.start({ name: "warm", models: [{ name: "llama3.1:8b", loaded: true }] });
  await using gateway = await Gateway.start([cold, warm], { config: { proxy: { prefer_loaded: false } } });
  await eventually("it is known what is in memory", async () => (await loadedOn(gateway, "warm"))?.length === 1);
  for (let count = 0; count < 10; count++) assert.equal((await gateway.chat("llama3.1:8b")).status, 200);
  assert.deepEqual([warm.inferences.length, cold.inferences.length], [5, 5]);
});

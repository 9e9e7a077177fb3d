/**
 * One olla in front of every kind of server, none of which has a type in the config.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import type { FakeServer } from "../fakes/fake_server.ts";
import { startEveryServer } from "./every_server.ts";
import { endAll, Gateway, said } from "./gateway.ts";

/** The name of a model that only this kind of server has. */
const first = (kind: string) => `org/First-${kind}`;
const added = (kind: string) => `org/Added-${kind}`;

describe("an endpoint without a type", () => {
  let servers: readonly FakeServer[];
  let gateway: Gateway;

  before(async () => {
    servers = await startEveryServer((kind) => [first(kind)]);
    gateway = await Gateway.start(servers, { endpoint: () => ({ type: undefined }) });
  });

  after(() => endAll([...servers, gateway]));

  test("is found out, and its models are listed with its name", async () => {
    for (const server of servers) {
      const { type, status, models_count } = await gateway.olla.endpoint(server.name);
      assert.deepEqual([type, status, models_count], [server.type, "healthy", 1], server.name);
      const [copy] = (await gateway.unified(first(server.name)))?.olla.availability ?? [];
      assert.deepEqual([copy?.endpoint, copy?.type], [server.name, server.type]);
    }
  });

  test("was asked for nothing that costs: no model was called or brought into memory", () => {
    for (const { name, inferences, wakes } of servers) assert.deepEqual([inferences.length, wakes], [0, 0], name);
  });

  test("serves a chat, streamed and not", async () => {
    for (const server of servers) {
      // Lemonade's own clients use /api/v1; all others, and it, are asked at /v1.
      const answer = await gateway.chat(first(server.name));
      assert.equal(answer.status, 200, `${server.name}: ${answer.text}`);
      assert.equal(answer.endpoint, server.name);
      assert.equal(answer.headers.get("x-olla-backend-type"), server.type);
      assert.equal(said(answer), `from ${server.name}`);
      const streamed = await gateway.chat(first(server.name), { stream: true });
      assert.match(streamed.text, new RegExp(`"content":"${server.name}"[^]*data: \\[DONE\\]`));
    }
  });

  test("serves a model that was just put there in the very next request, whatever its list looks like", async () => {
    for (const server of servers) {
      // A llama-server of one model has that one for its life; the other model is another server's.
      if (server.name === "llamacpp") continue;
      server.add(added(server.name));
      const began = performance.now();
      const answer = await gateway.chat(added(server.name));
      const ms = performance.now() - began;
      assert.equal(answer.status, 200, `${server.name}: ${answer.text}`);
      assert.equal(answer.endpoint, server.name);
      assert.equal(server.inferences.at(-1)?.model, added(server.name));
      assert.ok(ms < 1000, `${server.name}: it took ${ms} ms`);
    }
  });

  test("no longer lists a model soon after a request has shown that it is gone", { timeout: 20_000 }, async () => {
    // These answer for whatever name they are asked.
    const dropping = servers.filter(({ name }) => !["llamacpp", "sglang"].includes(name));
    for (const server of dropping) {
      server.models.delete(first(server.name));
      const answer = await gateway.chat(first(server.name));
      assert.ok([400, 404].includes(answer.status), `${server.name}: ${answer.status} ${answer.text}`);
    }
    await eventually("the lists are asked for again", async () => {
      const listed = await gateway.ids();
      return dropping.every(({ name }) => !listed.includes(first(name)));
    }, { within: 8000 });
    const listed = await gateway.ids();
    for (const { name } of dropping) assert.ok(listed.includes(added(name)), name);
  });
});

describe("a type in another spelling", () => {
  const spellings: readonly (readonly [spelling: string, kind: string])[] = [
    ["lmstudio", "lm-studio"],
    ["openai", "openai-compatible"],
    ["dmr", "docker-model-runner"],
    ["llama-cpp", "llamacpp-router"],
    ["llama_swap", "llama-swap"],
    ["vLLM", "vllm"],
  ];

  test("behaves as its type: its own list, its own facts, its own routes", async () => {
    const servers = await startEveryServer((kind) => [{ name: first(kind), contextLength: 12_345, loaded: true }]);
    const spelt = spellings.map(([spelling, kind]) => {
      const server = servers.find(({ name }) => name === kind);
      assert.ok(server, kind);
      return { spelling, server };
    });
    await using gateway = await Gateway.start(spelt.map(({ server }) => server), {
      endpoint: (_server, index) => ({ type: spelt[index]?.spelling }),
    });
    for (const { spelling, server } of spelt) {
      assert.equal((await gateway.olla.endpoint(server.name)).type, server.type, spelling);
      assert.equal(said(await gateway.chat(first(server.name))), `from ${server.name}`, spelling);
    }
    // Only their own lists tell this.
    assert.deepEqual(await gateway.states(first("lm-studio")), ["lm-studio loaded"]);
    assert.deepEqual(await gateway.states(first("llamacpp-router")), ["llamacpp-router loaded"]);
    assert.equal((await gateway.unified(first("vllm")))?.olla.max_context_length, 12_345);
    for (const prefix of ["lmstudio", "dmr", "llamacpp", "llama-swap", "vllm"]) {
      assert.equal((await gateway.ids(`/olla/${prefix}/v1/models`)).length, 1, prefix);
    }
    await endAll(servers);
  });
});

/**
 * What happens with one server's list never touches another's, and never switches a server off for good.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bytes, closeSilently, failure, garbage, hang, json } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll, Gateway, said } from "./gateway.ts";

const LIST = "/v1/models";

/** What is wrong with the list of the server with this name. Its health is always good. */
const FAULTS: Readonly<Record<string, Answer>> = {
  "answers-401": failure(401, "no key"),
  "answers-404": failure(404, "nothing here"),
  "answers-429": failure(429, "slow down", { "Retry-After": "3600" }),
  "answers-500": failure(500, "broken"),
  "is-no-json": bytes("<html>It works!</html>"),
  "is-another-json": json({ object: "list", data: "none" }),
  "is-garbage": garbage("\x00\x01\x02 garbage"),
  "is-cut": async (exchange) => {
    await exchange.head(200, { "Content-Type": "application/json", "Content-Length": "1000" });
    await exchange.write('{"object":"list","data":[');
    exchange.close();
  },
  "says-nothing": closeSilently(),
  "hangs": hang(),
};

/** Of a time limit of thirty seconds for each list. */
const LISTED_WITHIN_MS = 5_000;
/** The retry comes after 5 s, give or take a tenth. */
const RETRIED_WITHIN_MS = 8_000;

describe("a server whose list cannot be had", () => {
  let broken: readonly FakeVllm[];
  let good: FakeOllama;
  let gateway: Gateway;

  before(async () => {
    good = await FakeOllama.start({ name: "good", models: ["llama3.1:8b"] });
    broken = await Promise.all(
      Object.entries(FAULTS).map(async ([name, fault]) => {
        const server = await FakeVllm.start({ name, models: [`model-of-${name}`] });
        server.instead.set(LIST, fault);
        return server;
      }),
    );
    // As many are asked at once as usual, so that the good one, which is the last, has to wait for its turn.
    gateway = await Gateway.start([...broken, good], {
      config: { discovery: { model_discovery: { timeout: "1s" } } },
      models: ["llama3.1:8b"],
    });
  });

  after(() => endAll([...broken, good, gateway]));

  test("leaves the others as they are: listed, and serving", async () => {
    assert.deepEqual(await gateway.ids(), ["llama3.1:8b"]);
    assert.equal(said(await gateway.chat("llama3.1:8b")), "from good");
    assert.equal((await gateway.olla.endpoint("good")).status, "healthy");
  });

  test("says in the status what is wrong", async () => {
    const errors = await eventually("every list has failed", async () => {
      const { endpoints } = await gateway.page<{ endpoints: { name: string; last_model_sync_error?: string }[] }>(
        "/internal/status/endpoints",
      );
      const failed = endpoints.filter(({ last_model_sync_error }) => last_model_sync_error !== undefined);
      return failed.length === broken.length && new Map(failed.map((one) => [one.name, one.last_model_sync_error]));
    });
    assert.match(errors.get("answers-404") ?? "", /404/);
    assert.match(errors.get("is-no-json") ?? "", /JSON/);
    assert.match(errors.get("hangs") ?? "", /no answer in time/);
  });

  test("is asked again, and has its models then", { timeout: 20_000 }, async () => {
    const asked = new Map(broken.map((server) => [server.name, server.asked(LIST)]));
    for (const server of broken) server.instead.delete(LIST);
    await eventually("all models are listed", async () => {
      const ids = await gateway.ids();
      return broken.every(({ name }) => ids.includes(`model-of-${name}`));
    }, { within: RETRIED_WITHIN_MS });
    for (const server of broken) {
      // Once in a while, not all the time.
      const times = server.asked(LIST) - (asked.get(server.name) ?? 0);
      assert.ok(times >= 1 && times <= 3, `${server.name} was asked ${times} times`);
      await gateway.settled(server.name, "healthy");
      assert.equal(said(await gateway.chat(`model-of-${server.name}`)), `from ${server.name}`);
    }
  });

  test("keeps what it had listed when a later list fails", async () => {
    for (const [index, server] of broken.entries()) {
      server.instead.set(LIST, Object.values(FAULTS)[index] ?? hang());
    }
    const asked = broken.map((server) => server.asked(LIST));
    // A name that nobody has makes olla ask all of them.
    assert.equal((await gateway.chat("no-such-model")).status, 404);
    await eventually("all were asked", () => broken.every((server, index) => server.asked(LIST) > (asked[index] ?? 0)));
    assert.equal((await gateway.ids("/olla/models?include_unavailable=true")).length, 1 + broken.length);
    // One that refuses the key is out of service until somebody mends the config, and is still known.
    await gateway.settled("answers-401", "config_error");
    assert.deepEqual(await gateway.states("model-of-answers-401"), ["answers-401 unavailable"]);
    for (const { name } of broken.filter(({ name }) => name !== "answers-401")) {
      assert.equal(said(await gateway.chat(`model-of-${name}`)), `from ${name}`);
    }
  });
});

test("servers whose lists hang, more than are asked at once, keep no other from being known and used", async () => {
  await using good = await FakeOllama.start({ name: "good", models: ["llama3.1:8b"] });
  const hanging = await Promise.all(Array.from({ length: 7 }, async (_, index) => {
    const server = await FakeVllm.start({ name: `hanging-${index}`, models: [] });
    server.instead.set(LIST, hang());
    return server;
  }));
  await using gateway = await Gateway.start([...hanging, good], { models: [] });
  const known = async () => (await gateway.ids()).includes("llama3.1:8b");
  await eventually("the models of the good one are listed", known, { within: LISTED_WITHIN_MS });
  assert.equal(said(await gateway.chat("llama3.1:8b")), "from good");
  good.add("just-pulled");
  assert.equal(said(await gateway.chat("just-pulled")), "from good");
  await endAll(hanging);
});

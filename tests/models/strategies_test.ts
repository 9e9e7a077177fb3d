/**
 * What becomes of a request whose model nobody in service is known to have, by the strategy of the config.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { failure } from "../support/answers.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll, Gateway, routing } from "./gateway.ts";

/** Asked for, and had by nobody. */
const NOWHERE = "nowhere";
/** Had by a server that is down. */
const AWAY = "away";
/** Had by a server that cannot tell what it has. */
const HIDDEN = "hidden";
/** Had by a server in service. */
const HERE = "here";

interface Strategy {
  readonly type: string;
  readonly fallback_behavior?: string;
  readonly discovery_refresh_on_miss?: boolean;
}

/** Status, who served it (`-` for a refusal by olla), decision and reason. */
type Outcome = readonly [status: number, endpoint: string, decision: string, reason: string];

const ROWS: readonly (readonly [Strategy, Readonly<Record<string, Outcome>>])[] = [
  [{ type: "strict" }, {
    [HERE]: [200, "up", "routed", "model_found"],
    [NOWHERE]: [404, "-", "rejected", "model_not_found"],
    [AWAY]: [503, "-", "rejected", "model_unavailable"],
    [HIDDEN]: [404, "-", "rejected", "model_not_found"],
  }],
  [{ type: "optimistic", fallback_behavior: "none" }, {
    [HERE]: [200, "up", "routed", "model_found"],
    [NOWHERE]: [404, "-", "rejected", "model_not_found"],
    [AWAY]: [503, "-", "rejected", "model_unavailable_no_fallback"],
    [HIDDEN]: [404, "-", "rejected", "model_not_found"],
  }],
  [{ type: "optimistic", fallback_behavior: "compatible_only" }, {
    [HERE]: [200, "up", "routed", "model_found"],
    // The only one that may have them is asked, and says itself that it has not.
    [NOWHERE]: [404, "mute", "fallback", "model_not_found_compatible_fallback"],
    [AWAY]: [404, "mute", "fallback", "compatible_fallback"],
    [HIDDEN]: [200, "mute", "fallback", "model_not_found_compatible_fallback"],
  }],
  [{ type: "optimistic", fallback_behavior: "all" }, {
    [HERE]: [200, "up", "routed", "model_found"],
    // Both are asked, and the last word is passed on.
    [NOWHERE]: [404, "up", "fallback", "model_not_found_fallback"],
    [AWAY]: [404, "up", "fallback", "all_healthy_fallback"],
    [HIDDEN]: [200, "mute", "fallback", "model_not_found_fallback"],
  }],
  [{ type: "discovery", fallback_behavior: "none" }, {
    [HERE]: [200, "up", "routed", "model_found_no_refresh"],
    [NOWHERE]: [404, "-", "rejected", "discovery_failed_no_fallback"],
    [AWAY]: [503, "-", "rejected", "model_unavailable_after_discovery"],
    [HIDDEN]: [404, "-", "rejected", "discovery_failed_no_fallback"],
  }],
  [{ type: "discovery", fallback_behavior: "compatible_only" }, {
    [HERE]: [200, "up", "routed", "model_found_no_refresh"],
    [NOWHERE]: [404, "mute", "fallback", "discovery_failed_compatible_fallback"],
    [AWAY]: [404, "mute", "fallback", "compatible_after_discovery"],
    [HIDDEN]: [200, "mute", "fallback", "discovery_failed_compatible_fallback"],
  }],
  [{ type: "discovery", fallback_behavior: "all" }, {
    [NOWHERE]: [404, "up", "fallback", "discovery_failed_all_fallback"],
    [AWAY]: [404, "up", "fallback", "all_healthy_after_discovery"],
    [HIDDEN]: [200, "mute", "fallback", "discovery_failed_all_fallback"],
  }],
  [{ type: "discovery", fallback_behavior: "none", discovery_refresh_on_miss: false }, {
    [NOWHERE]: [404, "-", "rejected", "model_not_found"],
    [AWAY]: [503, "-", "rejected", "model_unavailable_no_refresh"],
    [HIDDEN]: [404, "-", "rejected", "model_not_found"],
  }],
];

describe("with three servers, one of which is down and one cannot list its models", () => {
  let up: FakeOllama;
  let down: FakeOllama;
  let mute: FakeVllm;
  const gateways: Gateway[] = [];

  before(async () => {
    up = await FakeOllama.start({ name: "up", models: [HERE] });
    down = await FakeOllama.start({ name: "down", models: [AWAY] });
    mute = await FakeVllm.start({ name: "mute", models: [HIDDEN] });
    mute.instead.set("/v1/models", failure(500, "broken"));
    const started = ROWS.map(([{ type, ...options }]) =>
      Gateway.start([up, down, mute], {
        // Among all, the one that knows least is asked first.
        endpoint: ({ name }) => ({ priority: name === "mute" ? 100 : 50 }),
        config: { model_registry: { routing_strategy: { type, options } } },
        models: [HERE, AWAY],
      })
    );
    gateways.push(...await Promise.all(started));
    await down.backend.refuse();
    await Promise.all(gateways.map((gateway) => gateway.settled("down", "offline")));
  });

  after(() => endAll([up, down, mute, ...gateways]));

  for (const [index, [strategy, outcomes]] of ROWS.entries()) {
    for (const [model, [status, endpoint, decision, reason]] of Object.entries(outcomes)) {
      test(`${Object.values(strategy).join(" ")}: a model that is ${model} gets ${status}, ${reason}`, async () => {
        const answer = await gateways[index]?.chat(model);
        assert.ok(answer);
        const seen = [answer.status, answer.endpoint ?? "-", ...routing(answer)];
        assert.deepEqual(seen, [status, endpoint, strategy.type, decision, reason], answer.text);
        if (endpoint !== "-") return;
        assert.equal(answer.code, status === 404 ? "model_not_found" : "model_unavailable");
        assert.ok(!/127\.0\.0\.1|localhost/.test(answer.text), "an error shows no address");
      });
    }
  }

  test("optimistic all: the others are tried as well when the first does not have the model", async () => {
    const gateway = gateways[3];
    assert.ok(gateway);
    const before = up.asked("/v1/chat/completions");
    assert.equal((await gateway.chat(NOWHERE)).headers.get("x-olla-attempts"), "2");
    assert.equal(up.asked("/v1/chat/completions"), before + 1);
  });

  test("discovery: a model that comes while the request waits is found by it, and the headers say how", async () => {
    const gateway = gateways[4];
    assert.ok(gateway);
    up.add("just-pulled");
    const answer = await gateway.chat("just-pulled");
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(routing(answer), ["discovery", "routed", "model_found_after_discovery"]);
  });

  test("discovery without questions on a miss: a new model is not found by a request", async () => {
    const gateway = gateways[7];
    assert.ok(gateway);
    up.add("just-pulled-too");
    const asked = up.asked("/api/tags");
    assert.equal((await gateway.chat("just-pulled-too")).status, 404);
    assert.equal(up.asked("/api/tags"), asked);
  });
});

test("while no server has told its models, a request is told to come again, and not that the model does not exist", async () => {
  await using mute = await FakeVllm.start({ name: "mute", models: [HIDDEN] });
  mute.instead.set("/v1/models", failure(500, "broken"));
  await using gateway = await Gateway.start([mute], { models: [] });
  await gateway.settled("mute", "healthy");
  const answer = await gateway.chat(HIDDEN);
  assert.deepEqual([answer.status, answer.code, answer.headers.get("retry-after")], [503, "model_unavailable", "5"]);
  assert.deepEqual(routing(answer), ["strict", "rejected", "model_unavailable"]);
});

test("discovery waits for slow lists no longer than discovery_timeout", async () => {
  await using up = await FakeOllama.start({ name: "up", models: [HERE] });
  await using gateway = await Gateway.start([up], {
    config: { model_registry: { routing_strategy: { type: "discovery", options: { discovery_timeout: "300ms" } } } },
  });
  up.instead.set("/api/tags", (exchange) => exchange.untilGone());
  const began = performance.now();
  const answer = await gateway.chat(NOWHERE);
  const ms = performance.now() - began;
  assert.equal(answer.status, 404);
  assert.ok(ms >= 290 && ms < 1500, `it took ${ms} ms`);
});

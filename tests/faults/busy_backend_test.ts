import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { failure, inTurn, json } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { friendly } from "../support/fake_llm.ts";
import { MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const OTHER = "qwen3";

/** A server that is busy for one model and well for the others. */
function onlyFor(model: string, answer: Answer, otherwise: Answer): Answer {
  return (exchange) => {
    const body = JSON.parse(exchange.request.body.toString()) as { model: string };
    return (body.model === model ? answer : otherwise)(exchange);
  };
}

const slotsPinned = json({ error: { message: "All slots are pinned", type: "conflict", code: "slots_pinned" } }, {
  status: 409,
});

describe("a backend that asks for a rest", () => {
  const asks: [string, Answer][] = [
    ["429 with Retry-After", failure(429, "Too many requests", { "Retry-After": "60" })],
    ["429 with a date in Retry-After", (exchange) => {
      const date = new Date(Date.now() + 60_000).toUTCString();
      return failure(429, "Too many requests", { "Retry-After": date })(exchange);
    }],
    ["429 without Retry-After", failure(429, "Too many requests")],
    ["429 with a Retry-After that is no time", failure(429, "Too many requests", { "Retry-After": "banana" })],
    ["429 with LiteLLM's words", failure(429, "No deployments available, Try again in 60 seconds.")],
    ["503 with Retry-After", failure(503, "Overloaded", { "Retry-After": "60" })],
    ["409 because its slots are pinned", slotsPinned],
  ];
  for (const [name, busy] of asks) {
    test(`gets it, for this model alone, and another one answers: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ models: [MODEL, OTHER], endpoint: NO_PROBES });
      const { first } = scene;
      first.inference = onlyFor(MODEL, busy, friendly("first"));
      await threeRounds(scene, async () => {
        for (let count = 0; count < 3; count++) await scene.askWell("second");
      });
      assert.equal(first.inferences.length, 1, "the model rests");
      const other = await scene.ask({ model: OTHER });
      assert.equal(other.endpoint, "first");
    });
  }

  test("is asked again as soon as the rest is over", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first } = scene;
    await threeRounds(scene, async () => {
      first.inference = inTurn(failure(429, "Slow down", { "Retry-After": "1" }), friendly("first"));
      await scene.askWell("second");
      await scene.askWell("second");
      await sleep(1050);
    }, () => scene.askWell("first"));
  });

  test("is waited for when all rest and the shortest rest is short", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    for (const llm of scene.llms) {
      llm.inference = inTurn(failure(429, "Slow down", { "Retry-After": "2" }), friendly(llm.name));
    }
    const begun = performance.now();
    const answer = await scene.ask();
    assert.equal(answer.status, 200, answer.text);
    const took = performance.now() - begun;
    assert.ok(took > 1500 && took < 3500, `it took ${took} ms`);
  });

  test("makes a 429 with the shortest rest when all rest for long", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    scene.first.inference = failure(429, "Slow down", { "Retry-After": "90" });
    scene.second.inference = failure(429, "Slow down", { "Retry-After": "30" });
    assert.equal((await scene.ask()).status, 429);
    const refused = await scene.ask();
    assert.deepEqual([refused.status, refused.code], [429, "rate_limited"]);
    const seconds = Number(refused.headers.get("retry-after"));
    assert.ok(seconds > 20 && seconds <= 30, `Retry-After: ${seconds}`);
    assert.deepEqual(scene.llms.map((llm) => llm.inferences.length), [1, 1]);
  });

  test("gets five minutes at most, whatever it asks for", { timeout: 30_000 }, async () => {
    for (const asked of ["9".repeat(30), "Fri, 31 Dec 9999 23:59:59 GMT"]) {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      for (const llm of scene.llms) llm.inference = failure(429, "Slow down", { "Retry-After": asked });
      await scene.ask();
      const refused = await scene.ask();
      assert.deepEqual([refused.status, refused.code], [429, "rate_limited"]);
      const seconds = Number(refused.headers.get("retry-after"));
      assert.ok(seconds > 200 && seconds <= 300, `Retry-After: ${seconds}`);
    }
  });

  test("keeps getting requests when it is the only one and names no time", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    scene.first.inference = inTurn(failure(429, "Too many requests"), friendly("first"));
    const busy = await scene.ask();
    assert.equal(busy.status, 429);
    assert.match(busy.text, /Too many requests/, "the backend's own answer");
    await scene.askWell("first");
  });

  test("is not asked to rest by a 409 of another kind, which is the client's", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    scene.first.inference = inTurn(failure(409, "Conflict"), friendly("first"));
    assert.equal((await scene.ask()).status, 409);
    await scene.askWell("first");
  });
});

describe("a backend that is overloaded without saying for how long", () => {
  for (const status of [502, 503, 504]) {
    test(`is left for another on ${status}, and after five in a row is not asked`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ models: [MODEL, OTHER], endpoint: NO_PROBES });
      const { first } = scene;
      first.inference = onlyFor(MODEL, failure(status, "Overloaded"), friendly("first"));
      await threeRounds(scene, () => scene.askWell("second"));
      assert.equal(first.inferences.length, 5);
      assert.equal((await scene.ask()).endpoint, "second");
      assert.equal(first.inferences.length, 5);
      const other = await scene.ask({ model: OTHER });
      assert.equal(other.endpoint, "first", "its other model is served");
    });
  }

  test("makes olla try no more than three", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: ["second", "third", "fourth"], endpoint: NO_PROBES });
    for (const llm of scene.llms) llm.inference = failure(503, `${llm.name} is overloaded`);
    const answer = await scene.ask();
    assert.equal(answer.status, 503);
    assert.match(answer.text, /third is overloaded/, "the last backend's own answer");
    assert.equal(answer.headers.get("x-olla-attempts"), "3");
    assert.deepEqual(scene.llms.map((llm) => llm.inferences.length), [1, 1, 1, 0]);
  });

  test("is warming while llama.cpp loads its model", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({
      kind: "openai",
      firstEndpoint: { type: "llamacpp", ...NO_PROBES },
    });
    const loading = { error: { code: 503, message: "Loading model", type: "unavailable_error" } };
    scene.first.inference = inTurn(json(loading, { status: 503 }), friendly("first"));
    await scene.askWell("second");
    await eventually("it is warming", async () => (await scene.olla.endpoint("first")).status === "warming");
  });
});

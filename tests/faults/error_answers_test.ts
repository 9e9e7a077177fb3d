import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failure, inTurn, json } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { friendly } from "../support/fake_llm.ts";
import { MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

/** Dies of a body that says so, and answers all others: a request that poisons its server. */
function poisonable(name: string, answer: Answer): Answer {
  return (exchange) => (exchange.request.body.includes("poison") ? answer : friendly(name))(exchange);
}

const POISON = { messages: [{ role: "user", content: "poison" }] };

describe("a request that makes every backend answer 500", () => {
  test("gets the backend's own answer, and storms of it blame no backend", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: ["second", "third"], endpoint: NO_PROBES });
    for (const llm of scene.llms) llm.inference = poisonable(llm.name, failure(500, `${llm.name} choked`));
    await threeRounds(scene, async () => {
      const storm = await Promise.all(Array.from({ length: 20 }, () => scene.ask(POISON)));
      for (const { status, text } of storm) {
        assert.equal(status, 500);
        assert.match(text, /choked/);
      }
    }, () => scene.askWell("first"));
  });

  test("leaves a sole Ollama in service: five times poison, and the sixth is served", { timeout: 30_000 }, async () => {
    for (const status of [500, 502, 503]) {
      await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
      scene.first.inference = poisonable("first", failure(status, "llama runner process no longer running"));
      await threeRounds(scene, async () => {
        for (let count = 0; count < 5; count++) {
          const { status: seen, text } = await scene.ask(POISON);
          assert.equal(seen, status);
          assert.match(text, /llama runner/);
        }
      }, () => scene.askWell("first"));
    }
  });
});

describe("a backend that answers 500 where another one answers well", () => {
  test("is left for that one, and after five in a row is not asked", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    scene.first.inference = failure(500, "Out of memory");
    await threeRounds(scene, () => scene.askWell("second"));
    assert.equal(scene.first.inferences.length, 5);
    await scene.askWell("second");
    assert.equal(scene.first.inferences.length, 5);
  });

  test("has its count start again with each good answer", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const fails = failure(500, "Out of memory");
    for (let round = 0; round < 3; round++) {
      scene.first.inference = inTurn(fails, fails, fails, fails, friendly("first"));
      for (let count = 0; count < 4; count++) await scene.askWell("second");
      await scene.askWell("first");
    }
  });
});

describe("a backend that no longer has its model", () => {
  test("is left for another, its list is read again, and the next request does not meet it", {
    timeout: 30_000,
  }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first } = scene;
    const error = { message: `model "${MODEL}" not found, try pulling it first`, type: "not_found_error" };
    first.inference = json({ error }, { status: 404 });
    first.models = ["something-else"];
    await eventually("its list is read again, at most two seconds after it was read last", async () => {
      await scene.askWell("second");
      const { data } = await scene.olla.page<{ data: { id: string }[] }>("/v1/models");
      return data.some(({ id }) => id === "something-else");
    });
    first.backend.requests.length = 0;
    await scene.askWell("second");
    assert.equal(first.inferences.length, 0);
  });

  test("passes a 404 on when no other has it either", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    scene.first.inference = json({ error: { message: "model not found" } }, { status: 404 });
    const answer = await scene.ask();
    assert.equal(answer.status, 404);
    assert.match(answer.text, /model not found/);
  });
});

describe("a backend that rejects a key", () => {
  const auth = { type: "bearer", token: "olla-holds-this-key" };
  for (const status of [401, 403]) {
    test(`rests with ${status} where the key is olla's, and another one answers`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES, firstEndpoint: { auth } });
      const { first } = scene;
      first.inference = failure(status, "Bad key");
      await threeRounds(scene, () => scene.askWell("second"));
      assert.equal(first.inferences.length, 1);
      assert.equal(first.inferences[0]?.header("authorization"), "Bearer olla-holds-this-key");
      assert.equal((await scene.olla.endpoint("first")).status, "healthy", "a request alone proves no bad config");
    });
  }

  for (const status of [401, 403, 429]) {
    test(`has its ${status} passed on where the key is the client's, be it there or not`, {
      timeout: 30_000,
    }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES, firstEndpoint: { forward_auth: true } });
      const { first, second } = scene;
      await threeRounds(scene, async () => {
        for (const headers of [{ authorization: "Bearer of-the-client" }, {}]) {
          first.inference = inTurn(failure(status, "Your key is bad"), friendly("first"));
          const answer = await scene.ask({}, { headers });
          assert.deepEqual([answer.status, answer.endpoint], [status, "first"], JSON.stringify(headers));
          assert.match(answer.text, /Your key is bad/);
          assert.equal(first.inferences.at(-1)?.header("authorization"), headers.authorization);
        }
      }, () => scene.askWell("first"));
      assert.equal(second.inferences.length, 0);
    });
  }
});

describe("a backend that finds fault with the request", () => {
  for (const status of [400, 402, 405, 413, 422]) {
    test(`has its ${status} passed on byte for byte, and nobody else is asked`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      const { first, second } = scene;
      const body = { error: { message: "The context is too long", type: "invalid_request_error", param: "messages" } };
      await threeRounds(scene, async () => {
        for (let count = 0; count < 6; count++) {
          first.inference = json(body, { status, headers: { "X-Backend": "own" } });
          const answer = await scene.ask();
          assert.deepEqual([answer.status, answer.endpoint, answer.text], [status, "first", JSON.stringify(body)]);
          assert.equal(answer.headers.get("x-backend"), "own");
        }
        first.inference = friendly("first");
      }, () => scene.askWell("first"));
      assert.equal(second.inferences.length, 0);
    });
  }
});

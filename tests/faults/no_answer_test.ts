import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { after, closeSilently, hang, inTurn, json, reset, stream } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { chatAnswer, friendly } from "../support/fake_llm.ts";
import { NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

/** What the tests call a server that takes a request and dies of it before the first byte of an answer. */
const DYING: readonly (readonly [string, Answer])[] = [
  ["closes after the headers", stream([], { ending: "cut" })],
  ["resets after the headers", stream([], { ending: "reset" })],
  ["closes late and before the headers", closeSilently({ afterMs: 1100 })],
];

describe("a backend that hangs before its headers", () => {
  test("is left for one other after response_header_timeout, and told to stop", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ proxy: { response_header_timeout: "300ms" } });
    const { first } = scene;
    await threeRounds(scene, async () => {
      first.inference = hang();
      const answer = await scene.ask();
      assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
      const asked = first.inferences.at(-1);
      await eventually("it is told to stop", () => asked?.goneAt, { within: 200 });
      first.inference = friendly("first");
    });
  });

  test("is a 504 when one other hangs as well, and a third is not asked", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({
      others: ["second", "third"],
      proxy: { response_header_timeout: "300ms" },
    });
    scene.first.inference = hang();
    scene.second.inference = hang();
    const answer = await scene.ask();
    assert.deepEqual([answer.status, answer.code], [504, "upstream_timeout"]);
    assert.equal(scene.third.inferences.length, 0);
  });

  test("has its breaker opened by that", { timeout: 30_000 }, async () => {
    const proxy = { response_header_timeout: "200ms", circuit_breaker: { failures: 2, open_for: "60s" } };
    await using scene = await Scene.start({ endpoint: NO_PROBES, proxy });
    scene.first.inference = hang();
    for (let count = 0; count < 5; count++) await scene.askWell("second");
    assert.equal(scene.first.inferences.length, 2);
  });

  test("is waited for by default, for a cold model takes its time", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start();
    scene.first.inference = after(3000, json(chatAnswer("at last")));
    const answer = await scene.ask();
    assert.deepEqual([answer.status, answer.endpoint], [200, "first"]);
    assert.equal(scene.second.inferences.length, 0);
  });

  test("is left for another when its health check is refused meanwhile", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start();
    const { first } = scene;
    first.inference = hang();
    const waiting = scene.ask();
    await eventually("the request arrives", () => first.inferences.length === 1);
    await first.backend.refuseNew();
    const answer = await waiting;
    assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
    await eventually("it is told to stop", () => first.inferences[0]?.goneAt);
  });

  test("is waited for when its health check only times out, and new requests go elsewhere", {
    timeout: 40_000,
  }, async () => {
    await using scene = await Scene.start();
    const { first, olla } = scene;
    first.inference = inTurn(after(9000, json(chatAnswer("at last"))), friendly("first"));
    const waiting = scene.ask();
    await eventually("the request arrives", () => first.inferences.length === 1);
    first.probe = hang();
    const down = async () => ["unhealthy", "offline"].includes((await olla.endpoint("first")).status);
    await eventually("three checks have failed", down, { within: 8000 });
    await scene.askWell("second");
    const answer = await waiting;
    assert.deepEqual([answer.status, answer.endpoint], [200, "first"]);
  });
});

describe("a backend that resets a fresh request at once", () => {
  test("is asked once more on a new connection, which heals a stale one", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first, second } = scene;
    await threeRounds(scene, async () => {
      first.backend.requests.length = 0;
      first.inference = inTurn(reset(), friendly("first"));
      const answer = await scene.ask();
      assert.deepEqual([answer.status, answer.endpoint], [200, "first"]);
      const connections = first.inferences.map(({ connection }) => connection);
      assert.equal(new Set(connections).size, 2);
    }, () => scene.askWell("first"));
    assert.equal(second.inferences.length, 0);
  });

  test("is left for another when it does so again", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first } = scene;
    await threeRounds(scene, async () => {
      first.backend.requests.length = 0;
      first.inference = reset();
      const answer = await scene.ask();
      assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
      assert.equal(first.inferences.length, 2);
      first.inference = friendly("first");
    }, () => scene.askWell("first"));
  });
});

describe("a backend that closes idle connections just when they are used again", () => {
  test("never makes a request fail or move", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first, second, olla } = scene;
    first.backend.resetOnReuse = true;
    await threeRounds(scene, async () => {
      for (let count = 0; count < 10; count++) await scene.askWell("first");
      const streamed = await scene.ask({ stream: true });
      assert.match(streamed.text, /\[DONE\]\n\n$/);
    });
    assert.ok(first.backend.staleResets > 3, "connections were reused and found stale");
    assert.equal(second.inferences.length, 0);
    assert.equal((await olla.endpoint("first")).status, "healthy");
  });
});

describe("a backend that dies of a request", () => {
  for (const [name, dying] of DYING) {
    test(`is left for one other when it ${name}`, { timeout: 40_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      const { first } = scene;
      await threeRounds(scene, async () => {
        first.inference = dying;
        const answer = await scene.ask();
        assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
        first.inference = friendly("first");
      }, () => scene.askWell("first"));
    });

    test(`takes at most one other with it when it ${name}`, { timeout: 40_000 }, async () => {
      // A breaker that takes a single failure: neither server may be blamed for what two of them died of.
      const proxy = { circuit_breaker: { failures: 1, open_for: "60s" } };
      await using scene = await Scene.start({ others: ["second", "third"], endpoint: NO_PROBES, proxy });
      await threeRounds(scene, async () => {
        for (const llm of scene.llms) llm.inference = dying;
        const answer = await scene.ask();
        assert.deepEqual([answer.status, answer.code], [502, "upstream_error"]);
        for (const llm of scene.llms) llm.inference = friendly(llm.name);
      }, () => scene.askWell("first"));
      assert.equal(scene.second.inferences.length, 3);
      assert.equal(scene.third.inferences.length, 0);
    });
  }

  test("has its breaker opened by five in a row that another one survives", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first } = scene;
    first.inference = stream([], { ending: "cut" });
    for (let failure = 0; failure < 5; failure++) await scene.askWell("second");
    assert.equal(first.inferences.length, 5);
    for (let later = 0; later < 3; later++) await scene.askWell("second");
    assert.equal(first.inferences.length, 5);
  });

  test("is tried again once when its breaker has been open for its time", { timeout: 30_000 }, async () => {
    const circuit_breaker = { failures: 2, open_for: "1s" };
    await using scene = await Scene.start({ endpoint: NO_PROBES, proxy: { circuit_breaker } });
    const { first } = scene;
    first.inference = stream([], { ending: "cut" });
    for (let failure = 0; failure < 3; failure++) await scene.askWell("second");
    assert.equal(first.inferences.length, 2);
    await sleep(1100);
    await scene.askWell("second");
    assert.equal(first.inferences.length, 3);
    await scene.askWell("second");
    assert.equal(first.inferences.length, 3);
    first.inference = friendly("first");
    await sleep(1100);
    await scene.askWell("first");
    await scene.askWell("first");
  });

  test("is tried again at once when a health check finds it well", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ proxy: { circuit_breaker: { failures: 2, open_for: "5m" } } });
    const { first, olla } = scene;
    await threeRounds(scene, async () => {
      first.inference = stream([], { ending: "cut" });
      const open = async () => {
        await scene.askWell("second");
        const { circuit_breaker } = await olla.endpoint("first");
        return circuit_breaker === "open";
      };
      await eventually("its breaker is open", open);
      first.inference = friendly("first");
      await eventually("it serves again", async () => (await scene.ask()).endpoint === "first");
    }, () => scene.askWell("first"));
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { garbage } from "../support/answers.ts";
import { BlackHole } from "../support/black_hole.ts";
import { eventually } from "../support/eventually.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { deadUrl, freePort } from "../support/free_port.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { answered, MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

const ADDRESS = /127\.0\.0\.1|localhost/;

describe("a backend that refuses connections", () => {
  test("costs the client nothing, is offline at once, and comes back by itself", { timeout: 40_000 }, async () => {
    await using scene = await Scene.start();
    const { first, olla } = scene;
    await threeRounds(scene, async () => {
      await first.backend.refuse();
      const answer = await scene.ask();
      assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
      assert.equal(answer.headers.get("x-olla-attempts"), "2");
      assert.equal((await olla.endpoint("first")).status, "offline");
      const next = await scene.ask();
      assert.deepEqual([next.endpoint, next.headers.get("x-olla-attempts")], ["second", null]);
      await first.backend.listen();
      await eventually("it is healthy again", async () => (await olla.endpoint("first")).status === "healthy");
    }, () => scene.askWell("first"));
  });

  test(
    "is told in the caller's dialect, without its address, when there is no other",
    { timeout: 30_000 },
    async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      for (const llm of scene.llms) await llm.backend.refuse();
      const failed = await scene.ask();
      assert.deepEqual([failed.status, failed.code], [502, "upstream_unreachable"]);
      const gone = await scene.ask();
      assert.deepEqual([gone.status, gone.code], [503, "model_unavailable"]);
      const ollama = await scene.ask({}, { path: "/api/chat" });
      assert.equal(ollama.status, 503);
      assert.equal(typeof JSON.parse(ollama.text).error, "string");
      for (const answer of [failed, gone, ollama]) {
        assert.doesNotMatch(answer.text, ADDRESS);
        assert.match(answer.headers.get("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/);
      }
    },
  );

  test("stops no start, nor do one whose name or certificate is wrong", { timeout: 30_000 }, async () => {
    await using good = await FakeLlm.start({ name: "good", models: [MODEL] });
    const often = { type: "ollama", check_interval: "1s", check_timeout: "500ms" };
    const endpoints = [
      { name: "dead", url: await deadUrl(), ...often },
      { name: "nowhere", url: `http://no-such-host.invalid:${await freePort()}`, ...often },
      { name: "no-tls", url: good.url.replace("http:", "https:"), ...often },
      good.endpoint(),
    ];
    await using olla = await OllaProcess.start({ config: { endpoints }, models: [MODEL] });
    for (const name of ["dead", "nowhere", "no-tls"]) {
      await eventually(`${name} is offline`, async () => (await olla.endpoint(name)).status === "offline");
    }
    const body = JSON.stringify({ model: MODEL });
    const answer = await answered(await fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body }));
    assert.deepEqual([answer.status, answer.endpoint], [200, "good"]);
  });
});

describe("a backend that is a black hole", () => {
  const LIMIT_MS = 500;
  /** The limit, the way to the other server, and room for a busy machine. */
  const MOST_MS = LIMIT_MS + 700;

  test("is given up after the connection timeout, and later not even tried", { timeout: 60_000 }, async () => {
    await using hole = await BlackHole.start({ name: "hole", models: [MODEL] });
    await using second = await FakeLlm.start({ name: "second", models: [MODEL] });
    const config = {
      proxy: {
        connection_timeout: `${LIMIT_MS}ms`,
        load_balancer: "priority",
        circuit_breaker: { failures: 3, open_for: "1s" },
      },
      endpoints: [
        { name: "hole", url: hole.url, type: "ollama", priority: 100, ...NO_PROBES, check_timeout: "500ms" },
        second.endpoint({ priority: 10 }),
      ],
    };
    await using olla = await OllaProcess.start({ config, models: [MODEL] });
    const ask = async () => {
      const begun = performance.now();
      const body = JSON.stringify({ model: MODEL });
      const response = await fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body });
      return { ...await answered(response), ms: performance.now() - begun };
    };
    await eventually("the hole has the model", async () => (await ask()).endpoint === "hole");
    await threeRounds({ olla, askWell: () => Promise.resolve() }, async () => {
      await hole.freeze();
      for (let failure = 0; failure < 3; failure++) {
        const { status, endpoint, ms } = await ask();
        assert.deepEqual([status, endpoint], [200, "second"]);
        assert.ok(ms > LIMIT_MS - 100 && ms < MOST_MS, `it took ${ms} ms`);
      }
      const { endpoint, ms } = await ask();
      assert.equal(endpoint, "second");
      assert.ok(ms < 200, `the breaker is open, and yet it took ${ms} ms`);
      hole.thaw();
    }, () => eventually("the hole serves again", async () => (await ask()).endpoint === "hole"));
  });
});

describe("a backend that talks garbage instead of HTTP", () => {
  const kinds: [string, string | Uint8Array][] = [
    ["another protocol's greeting", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["random bytes", Uint8Array.from({ length: 4096 }, (_, index) => (index * 73 + 41) % 256)],
    ["a status line that is none", "HTTP/1.1 abc\r\nContent-Length: 2\r\n\r\nhi"],
  ];
  for (const [name, data] of kinds) {
    test(`is left for another one: ${name}`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start();
      const inference = scene.first.inference;
      await threeRounds(scene, async () => {
        scene.first.inference = garbage(data);
        const answer = await scene.ask();
        assert.deepEqual([answer.status, answer.endpoint], [200, "second"]);
        scene.first.inference = inference;
      });
    });
  }

  test("is a 502 in JSON when both do, and a third is not put at risk", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: ["second", "third"] });
    for (const llm of scene.llms) llm.inference = garbage("SSH-2.0-OpenSSH_9.6\r\n");
    const answer = await scene.ask();
    assert.deepEqual([answer.status, answer.code], [502, "upstream_error"]);
    assert.equal(scene.third.inferences.length, 0);
    assert.doesNotMatch(answer.text, ADDRESS);
  });
});

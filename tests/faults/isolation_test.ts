import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hang } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import { FakeBackend } from "../support/fake_backend.ts";
import { FakeLlm, friendly } from "../support/fake_llm.ts";
import { deadUrl } from "../support/free_port.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { RawConnection, rawPost } from "../support/raw_http.ts";
import { type Answered, answered, MODEL, Scene, threeRounds } from "../support/scene.ts";

describe("a stalled endpoint with 500 open requests", () => {
  const STALLED = "stalled-model";

  test("delays no other endpoint", { timeout: 60_000 }, async () => {
    await using stalled = await FakeLlm.start({ name: "stalled", models: [STALLED] });
    await using good = await FakeLlm.start({ name: "good", models: [MODEL] });
    const config = { endpoints: [stalled.endpoint(), good.endpoint()] };
    await using olla = await OllaProcess.start({ config, models: [MODEL, STALLED] });
    const post = (model: string, signal?: AbortSignal) => {
      const init = { method: "POST", body: JSON.stringify({ model }), ...(signal === undefined ? {} : { signal }) };
      return fetch(`${olla.url}/v1/chat/completions`, init);
    };
    const median = async () => {
      const times: number[] = [];
      for (let count = 0; count < 30; count++) {
        const begun = performance.now();
        const answer = await answered(await post(MODEL));
        assert.deepEqual([answer.status, answer.endpoint], [200, "good"]);
        times.push(performance.now() - begun);
      }
      return times.sort((a, b) => a - b)[15] ?? Infinity;
    };
    const askWell = async () => assert.equal((await post(MODEL)).status, 200);
    await askWell();
    await threeRounds({ olla, askWell }, async () => {
      const alone = await median();
      stalled.inference = hang();
      stalled.backend.requests.length = 0;
      const clients = await openClients(olla.port, STALLED, 500);
      await eventually("all 500 have reached the stalled server", () => stalled.inferences.length === 500, {
        within: 15_000,
      });
      const beside = await median();
      assert.ok(beside < alone + 25, `${beside} ms beside the stalled requests, ${alone} ms alone`);
      assert.equal((await olla.endpoint("stalled")).active_connections, 500);
      clients.close();
      await eventually("nothing is active", async () => (await olla.endpoint("stalled")).active_connections === 0);
    });
  });
});

/** Waiting requests on raw sockets, since `fetch` of the test's own process runs only 256 at once. */
async function openClients(port: number, model: string, count: number): Promise<{ close(): void }> {
  const post = rawPost("/v1/chat/completions", JSON.stringify({ model }));
  const clients = await Promise.all(Array.from({ length: count }, async () => {
    const client = await RawConnection.open(port);
    await client.send(post);
    return client;
  }));
  return { close: () => clients.forEach((client) => client.close()) };
}

describe("a backend that flaps every second", () => {
  /** Steady traffic for some seconds while the first server comes and goes. */
  async function traffic(scene: Scene, flaps: number): Promise<Answered[]> {
    const seen: Answered[] = [];
    const stop = new AbortController();
    const clients = Array.from({ length: 4 }, async () => {
      while (!stop.signal.aborted) {
        seen.push(await scene.ask());
        await sleep(15);
      }
    });
    await sleep(300);
    for (let flap = 0; flap < flaps; flap++) {
      await scene.first.backend.refuse();
      await sleep(1000);
      await scene.first.backend.listen();
      await sleep(1000);
    }
    stop.abort();
    await Promise.all(clients);
    return seen;
  }

  test("is never noticed by the clients when there is another", { timeout: 60_000 }, async () => {
    await using scene = await Scene.start();
    await threeRounds(
      scene,
      async () => {
        const seen = await traffic(scene, 2);
        assert.deepEqual(seen.filter(({ status }) => status !== 200).map(({ text }) => text), []);
      },
      () =>
        eventually("the first serves again", async () => (await scene.ask()).endpoint === "first", { within: 15_000 }),
    );
  });

  test("is told truly when it is the only one, and serves again when it stays", { timeout: 60_000 }, async () => {
    await using scene = await Scene.start({ others: [] });
    const seen = await traffic(scene, 3);
    const codes = seen.filter(({ status }) => status !== 200).map(({ status, code }) => `${status} ${code}`);
    const allowed = new Set([
      "502 upstream_unreachable",
      "503 model_unavailable",
      "503 no_endpoints",
      "502 upstream_error",
    ]);
    assert.deepEqual(codes.filter((code) => !allowed.has(code)), []);
    assert.ok(seen.length - codes.length > 10, "it served while it was known to be there");
    await eventually("it serves again", async () => (await scene.ask()).status === 200, { within: 10_000 });
  });
});

describe("a proxy in the environment", () => {
  test("changes nothing, be it dead or alive, and the start names it", { timeout: 30_000 }, async () => {
    await using proxy = await FakeBackend.start(friendly("proxy"));
    for (const url of [await deadUrl(), proxy.url]) {
      const env = {
        HTTP_PROXY: url,
        HTTPS_PROXY: url,
        ALL_PROXY: url,
        http_proxy: url,
        https_proxy: url,
        NO_PROXY: "",
      };
      await using scene = await Scene.start({ env });
      await threeRounds(scene, () => scene.askWell("first"));
      assert.match(scene.olla.stdout + scene.olla.stderr, /HTTP_PROXY/);
      assert.equal(scene.second.inferences.length, 0);
    }
    assert.equal(proxy.requests.length, 0);
  });
});

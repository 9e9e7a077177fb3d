import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { failure, hang, stream } from "../support/answers.ts";
import { BlackHole } from "../support/black_hole.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { chatChunk, FakeLlm, friendly } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { RawConnection, rawPost } from "../support/raw_http.ts";
import { answered, MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";

/** How soon a backend must see that nobody waits any more. */
const SEEN_MS = 100;
/** More than a breaker takes: a client that leaves must not count as a failure. */
const TIMES = 7;

const EVENT = `data: ${JSON.stringify(chatChunk("Hello"))}\n\n`;
const POST = rawPost("/v1/chat/completions", JSON.stringify({ model: MODEL, stream: true }));

const ticking: Answer = async (exchange) => {
  await exchange.head(200, { "Content-Type": "text/event-stream", "Transfer-Encoding": "chunked" });
  while (!exchange.gone.aborted) {
    await exchange.write(`${EVENT.length.toString(16)}\r\n${EVENT}\r\n`);
    await exchange.pause(20);
  }
};

interface Phase {
  readonly name: string;
  readonly answer: Answer;
  /** True when the client has to have body bytes before it leaves. */
  readonly midStream?: boolean;
}

const PHASES: readonly Phase[] = [
  { name: "while it waits for headers", answer: hang() },
  { name: "while it waits for the first byte of the body", answer: stream([], { ending: "hang" }) },
  { name: "in the middle of a stream", answer: ticking, midStream: true },
  { name: "in the middle of a stream that is silent", answer: stream([EVENT], { ending: "hang" }), midStream: true },
  {
    name: "while a short answer is on its way",
    answer: stream(["{"], { type: "application/json", framing: { length: 100 }, ending: "hang" }),
  },
];

const WAYS = ["close", "reset", "halfClose"] as const;

async function allIdle(olla: OllaProcess): Promise<boolean> {
  const { endpoints } = await olla.page<{ endpoints: { active_connections: number }[] }>("/internal/status/endpoints");
  return endpoints.every(({ active_connections }) => active_connections === 0);
}

describe("a client that leaves", () => {
  for (const { name, answer, midStream } of PHASES) {
    test(`${name} is seen by the backend at once, and blames nobody`, { timeout: 60_000 }, async () => {
      await using scene = await Scene.start({ endpoint: NO_PROBES });
      const { first, second, olla } = scene;
      await threeRounds(scene, async () => {
        first.inference = answer;
        for (let time = 0; time < TIMES; time++) {
          const way = WAYS[time % WAYS.length] ?? "close";
          await using client = await RawConnection.open(olla.port);
          const before = first.inferences.length;
          await client.send(POST);
          const asked = await eventually("the backend is asked", () => first.inferences[before], { every: 2 });
          if (midStream === true) await eventually("the client has bytes", () => client.bodyLength > 0, { every: 2 });
          else await sleep(20);
          const left = performance.now();
          client[way]();
          const goneAt = await eventually(`the backend sees a ${way}`, () => asked.goneAt, { every: 1 });
          assert.ok(goneAt - left < SEEN_MS, `after a ${way} it took ${goneAt - left} ms`);
        }
        await eventually("nothing is active", () => allIdle(olla), { within: 1000 });
        first.inference = friendly("first");
      }, () => scene.askWell("first"));
      assert.equal(second.inferences.length, 0, "no other backend was asked");
      assert.equal((await olla.endpoint("first")).status, "healthy");
    });
  }

  test("while it sends its request touches no backend", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { first, olla } = scene;
    const half = POST.slice(0, -10);
    await threeRounds(scene, async () => {
      const before = first.inferences.length;
      for (const way of WAYS) {
        await using client = await RawConnection.open(olla.port);
        await client.send(half);
        await sleep(30);
        client[way]();
      }
      await eventually("nothing is active", () => allIdle(olla), { within: 1000 });
      assert.equal(first.inferences.length, before);
    });
  });

  test("while all backends rest starts no further attempt", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ endpoint: NO_PROBES });
    const { olla, llms } = scene;
    await threeRounds(scene, async () => {
      for (const llm of llms) llm.inference = failure(429, "Slow down", { "Retry-After": "1" });
      await using client = await RawConnection.open(olla.port);
      const before = llms.map((llm) => llm.inferences.length);
      await client.send(POST);
      await eventually(
        "both have refused",
        () => llms.every((llm, i) => llm.inferences.length === (before[i] ?? 0) + 1),
      );
      await sleep(100);
      client.close();
      await sleep(1200);
      assert.deepEqual(llms.map((llm) => llm.inferences.length), before.map((count) => count + 1));
      assert.ok(await allIdle(olla));
      for (const llm of llms) llm.inference = friendly(llm.name);
    });
  });

  test("while olla connects to a black hole starts no other attempt", { timeout: 60_000 }, async () => {
    await using hole = await BlackHole.start({ name: "hole", models: [MODEL] });
    await using second = await FakeLlm.start({ name: "second", models: [MODEL] });
    const endpoints = [
      { name: "hole", url: hole.url, type: "ollama", priority: 100, check_timeout: "500ms", ...NO_PROBES },
      second.endpoint({ priority: 10, ...NO_PROBES }),
    ];
    const config = { proxy: { connection_timeout: "1s" }, endpoints };
    await using olla = await OllaProcess.start({ config, models: [MODEL] });
    const ask = async () => {
      const init = { method: "POST", body: JSON.stringify({ model: MODEL }) };
      return (await answered(await fetch(`${olla.url}/v1/chat/completions`, init))).endpoint;
    };
    await eventually("the hole has the model", async () => await ask() === "hole");
    second.backend.requests.length = 0;
    await hole.freeze();
    for (let time = 0; time < TIMES; time++) {
      await using client = await RawConnection.open(olla.port);
      await client.send(POST);
      await sleep(100);
      client[WAYS[time % WAYS.length] ?? "close"]();
    }
    await eventually("nothing is active", () => allIdle(olla), { within: 500 });
    await sleep(1500);
    assert.equal(second.inferences.length, 0);
    hole.thaw();
    await eventually("the hole serves again, as nobody blamed it", async () => await ask() === "hole", {
      within: 3000,
    });
  });

  test("is logged as 499", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    const { first, olla } = scene;
    first.inference = hang();
    await using client = await RawConnection.open(olla.port);
    await client.send(POST);
    await eventually("the backend is asked", () => first.inferences.length === 1);
    client.close();
    await eventually("the access log says so", () => /\b499\b/.test(olla.stdout + olla.stderr));
  });
});

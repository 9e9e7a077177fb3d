/**
 * Lists are answered from memory: servers that answer nothing, not even a connection, delay none of them.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BlackHole } from "../support/black_hole.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll } from "./gateway.ts";

const MOST_MS = 50;
const WATCHED_MS = 1500;

const LISTS = [
  "/v1/models",
  "/v1/models/shared",
  "/api/tags",
  "/olla/models",
  "/olla/models?include_unavailable=true",
  "/olla/models/alone-on-hole-1",
  "/olla/ollama/v1/models",
  "/olla/vllm/v1/models",
  "/internal/status/models",
  "/internal/status/endpoints",
  "/internal/stats/models",
];

describe("with half of the servers turned into black holes", () => {
  const holes: BlackHole[] = [];
  let alive: readonly [FakeOllama, FakeVllm];
  let olla: OllaProcess;

  before(async () => {
    alive = await Promise.all([
      FakeOllama.start({ name: "mac", models: ["shared", "alone-on-mac"] }),
      FakeVllm.start({ name: "gpu", models: ["shared", "alone-on-gpu"] }),
    ]);
    const named = ["hole-1", "hole-2"];
    holes.push(
      ...await Promise.all(named.map((name) => BlackHole.start({ name, models: ["shared", `alone-on-${name}`] }))),
    );
    // Priority sends every request to the black holes first.
    const endpoints = [
      ...holes.map(({ url }, index) => ({
        name: named[index],
        url,
        type: "ollama",
        priority: 100,
        check_interval: "1s",
        check_timeout: "900ms",
      })),
      ...alive.map((server) => server.endpoint({ priority: 10 })),
    ];
    const models = ["shared", "alone-on-mac", "alone-on-gpu", "alone-on-hole-1", "alone-on-hole-2"];
    const config = { discovery: { model_discovery: { interval: "1s" } }, proxy: { connection_timeout: "300ms" } };
    olla = await OllaProcess.start({ config: { ...config, endpoints }, models });
    await Promise.all(holes.map((hole) => hole.freeze()));
  });

  after(() => endAll([...holes, ...alive, olla]));

  /** How long a page took, in ms. */
  async function timed(path: string): Promise<number> {
    const began = performance.now();
    const response = await fetch(`${olla.url}${path}`);
    await response.arrayBuffer();
    assert.equal(response.status, 200, path);
    return performance.now() - began;
  }

  test(
    `every list and status page comes within ${MOST_MS} ms, from the first moment on`,
    { timeout: 20_000 },
    async () => {
      const slow: string[] = [];
      let rounds = 0;
      // Long enough that most of it happens while health checks and questions for models hang.
      for (const end = performance.now() + WATCHED_MS; performance.now() < end; rounds++) {
        for (const path of LISTS) {
          const ms = await timed(path);
          // What a dead server delays is slow the second time as well; what the machine delays is not.
          if (ms > MOST_MS && await timed(path) > MOST_MS) {
            slow.push(
              `${path} took ${ms.toFixed(0)} ms in round ${rounds}`,
            );
          }
        }
      }
      assert.deepEqual(slow, []);
      assert.ok(rounds > 10, `${rounds} rounds`);
    },
  );

  test("a model that others have, too, goes on being served", async () => {
    for (let round = 0; round < 5; round++) {
      const init = { method: "POST", body: JSON.stringify({ model: "shared", messages: [] }) };
      const response = await fetch(`${olla.url}/v1/chat/completions`, {
        ...init,
        headers: { "content-type": "application/json" },
      });
      assert.equal(response.status, 200, await response.text());
      assert.match(response.headers.get("x-olla-endpoint") ?? "", /mac|gpu/);
    }
  });
});

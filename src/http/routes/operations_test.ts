import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Registry } from "../../endpoints/registry.ts";
import { testEndpoint, testProfile } from "../../endpoints/test_support.ts";
import { OllaError } from "../../errors.ts";
import { EndpointStats } from "../../observe/endpoint_stats.ts";
import type { StatusSources } from "../status/endpoint_report.ts";
import { operationsRoutes } from "./operations.ts";

const NOW = Date.UTC(2026, 0, 1);
const GOOD = { kind: "answered", status: 200, latencyMs: 4, loading: false, detail: "" } as const;
const CONDITIONAL = ["/internal/status", "/internal/status/endpoints", "/internal/status/models"];

/** Our pages over two endpoints, with a clock that the test moves. */
function pages({ rootRoutes = true, anthropic = { enabled: true, passthrough_enabled: true } } = {}) {
  const clock = { now: NOW + 5000 };
  const registry = new Registry({ breaker: { failures: 2, open_for: 30_000, half_open_max: 1 } });
  const stats = new EndpointStats();
  const states = ["a", "b"].map((name, i) => {
    const endpoint = testEndpoint({ name, url: `http://127.0.0.1:${i + 1}` });
    const state = registry.add(endpoint, testProfile("ollama"));
    registry.observe(state, GOOD, NOW - 5, NOW);
    return state;
  });
  const asked: string[] = [];
  const statusSources = (): StatusSources => ({
    now: clock.now,
    wallOffset: 0,
    endpoints: registry.list(),
    countersOf: (name) => stats.endpoint(name),
    modelsOf: () => ({ count: 3, lastSyncAt: NOW, error: undefined, filteredOut: 0 }),
    loadedOn: () => ["llama3.1:8b"],
  });
  const report = (page: string) => (query: URLSearchParams) => {
    asked.push(`${page} ${query}`);
    return {
      timestamp: new Date(clock.now).toISOString(),
      recent_models: registry.list().map(({ endpoint, status }) => ({
        name: `model on ${endpoint.name}, in a family with a long name, so that compressing it is worth the while`,
        status,
        last_seen: `${clock.now}`,
      })),
    };
  };
  const app = operationsRoutes({
    endpoints: () => registry.list(),
    statusSources,
    systemSources: () => ({
      ...statusSources(),
      total: stats.total(),
      startedAt: NOW,
      version: "1",
      commit: "c",
      proxy: { engine: "olla", profile: "auto", balancer: "priority" },
      warnings: [],
    }),
    modelsReport: (query) => Promise.resolve(report("status")(query)),
    modelStatsReport: report("stats"),
    translatorsReport: () => ({ translators: [] }),
    version: { version: "1", commit: "c", date: "d", runtime: "r", backends: ["ollama", "lm-studio"], anthropic },
    isAccepting: () => true,
    rootRoutes,
  });
  const get = async (path: string, headers: Record<string, string> = {}, method = "GET") =>
    await app.request(`http://olla${path}`, { headers, method });
  return { get, clock, registry, asked, states };
}

describe("pages that can be asked for again", () => {
  for (const path of CONDITIONAL) {
    test(`${path} keeps its tag while only time passes, and answers 304`, async () => {
      const { get, clock, registry, states } = pages();
      for (const state of states) registry.rest(state, "busy", NOW + 60_000, true);
      const first = await get(path);
      clock.now += 1000;
      const second = await get(path);
      const tag = first.headers.get("etag") ?? "";
      assert.match(tag, /^W\/"[0-9a-z]+"$/);
      assert.equal(second.headers.get("etag"), tag);
      assert.notEqual(await second.text(), await first.text());
      const third = await get(path, { "if-none-match": tag });
      assert.equal(third.status, 304);
      assert.equal(await third.text(), "");
    });

    test(`${path} has another tag when a status has changed`, async () => {
      const { get, clock, registry, states: [a] } = pages();
      const before = (await get(path)).headers.get("etag") ?? "";
      if (a !== undefined) registry.reportUnreachable(a, "refused", clock.now);
      const after = await get(path, { "if-none-match": before });
      assert.equal(after.status, 200);
      assert.notEqual(after.headers.get("etag"), before);
    });

    test(`${path} comes in gzip to whoever takes it, and says the same`, async () => {
      const { get } = pages();
      const plain = await get(path);
      const packed = await get(path, { "accept-encoding": "br, gzip;q=0.5" });
      assert.equal(packed.headers.get("content-encoding"), "gzip");
      assert.equal(plain.headers.get("content-encoding"), null);
      assert.equal(packed.headers.get("vary"), "Accept-Encoding");
      const bytes = Buffer.from(await packed.arrayBuffer());
      assert.equal(packed.headers.get("content-length"), String(bytes.byteLength));
      assert.equal(gunzipSync(bytes).toString(), await plain.text());
    });

    test(`${path} answers HEAD as GET, without the body`, async () => {
      const { get } = pages();
      const whole = await get(path);
      const head = await get(path, {}, "HEAD");
      assert.equal(head.status, 200);
      assert.deepEqual(Object.fromEntries(head.headers), Object.fromEntries(whole.headers));
      assert.equal(await head.text(), "");
      const known = await get(path, { "if-none-match": whole.headers.get("etag") ?? "" }, "HEAD");
      assert.equal(known.status, 304);
    });
  }
});

describe("pages on models", () => {
  test("are given the query", async () => {
    const { get, asked } = pages();
    await get("/internal/status/models?detailed=true&group=family");
    await get("/internal/stats/models?include_summary=true");
    await get("/internal/stats/models");
    assert.deepEqual(asked, ["status detailed=true&group=family", "stats include_summary=true", "stats "]);
  });

  test("the counters come as one line of JSON, without a tag", async () => {
    const response = await pages().get("/internal/stats/models");
    assert.equal(response.headers.get("etag"), null);
    assert.equal(response.headers.get("content-type"), "application/json");
    const text = await response.text();
    assert.ok(text.endsWith("}\n"));
    assert.ok(Array.isArray(JSON.parse(text).recent_models));
  });

  for (const path of ["/internal/status/models", "/internal/stats/models"]) {
    test(`${path} refuses what is not a read, and is named where a page does not exist`, async () => {
      const { get } = pages();
      const refusal = (error: unknown) => error instanceof OllaError && error.code === "method_not_allowed";
      await assert.rejects(get(path, {}, "POST"), refusal);
      await assert.rejects(get("/internal/nothing"), new RegExp(path));
    });
  }
});

describe("the text on /", () => {
  const off = { enabled: false, passthrough_enabled: true };
  const cases: readonly [string, Parameters<typeof pages>[0], readonly string[]][] = [
    ["at the root", {}, [
      "OpenAI base URL     http://olla/v1",
      "Ollama base URL     http://olla",
      "Anthropic base URL  http://olla",
    ]],
    ["under /olla where the root has no routes", { rootRoutes: false }, [
      "OpenAI base URL     http://olla/olla/openai/v1",
      "Ollama base URL     http://olla/olla/proxy",
      "Anthropic base URL  http://olla/olla/anthropic",
    ]],
    ["without Anthropic's where that is off", { anthropic: off }, [
      "OpenAI base URL     http://olla/v1",
      "Ollama base URL     http://olla",
    ]],
  ];
  for (const [where, options, lines] of cases) {
    test(`names the base URLs ${where}`, async () => {
      const text = await (await pages(options).get("/")).text();
      assert.deepEqual(text.split("\n").filter((line) => line.includes("base URL")), lines);
    });
  }

  test("is Ollama's own for Ollama's clients", async () => {
    const headers = { "user-agent": "ollama/0.14.1 (amd64 linux)" };
    assert.equal(await (await pages().get("/", headers)).text(), "Ollama is running");
    assert.match(await (await pages({ rootRoutes: false }).get("/", headers)).text(), /^olla is running/);
  });
});

describe("/version", () => {
  const cases: readonly [enabled: boolean, passthrough: boolean, words: readonly string[]][] = [
    [true, true, ["message_translation", "translation_anthropic", "passthrough_anthropic"]],
    [true, false, ["message_translation", "translation_anthropic"]],
    [false, true, ["message_translation"]],
  ];
  for (const [enabled, passthrough_enabled, words] of cases) {
    test(`tells what is translated, Anthropic ${enabled}, its passthrough ${passthrough_enabled}`, async () => {
      const report = await (await pages({ anthropic: { enabled, passthrough_enabled } }).get("/version")).json();
      const translation = /translation|passthrough/;
      assert.deepEqual(report.capabilities.filter((word: string) => translation.test(word)), words);
      assert.deepEqual(report.supported_backends, ["ollama", "lm_studio"]);
    });
  }
});

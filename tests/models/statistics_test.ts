/**
 * What the pages about models say after traffic of which everything is known.
 * @module
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { failure } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import { rawPost, rawRequest } from "../support/raw_http.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll, Gateway } from "./gateway.ts";

const CHAT = "/v1/chat/completions";

/** Linux has the whole of 127.0.0.0/8; elsewhere there is only one address that needs no set-up. */
const SECOND_CLIENT = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";
const CLIENTS = SECOND_CLIENT === "127.0.0.2" ? 2 : 1;

interface EndpointItem {
  readonly endpoint_name: string;
  readonly request_count: number;
  readonly success_rate: number;
  readonly consecutive_errors: number;
}

interface ModelItem {
  readonly name: string;
  readonly success_rate: string;
  readonly total_traffic: string;
  readonly total_requests: number;
  readonly successful_requests: number;
  readonly failed_requests: number;
  readonly unique_clients: number;
  readonly routing_hits: number;
  readonly routing_misses: number;
  readonly routing_fallbacks: number;
  readonly endpoint_breakdown?: readonly EndpointItem[];
}

interface Stats {
  readonly models: readonly ModelItem[];
  readonly endpoints: Readonly<Record<string, EndpointItem>>;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** The numbers of a model, in a row: requests, successes, failures, hits, misses, fall-backs. */
function numbers({ models }: Stats, name: string): number[] | undefined {
  const model = models.find((model) => model.name === name);
  return model && [
    model.total_requests,
    model.successful_requests,
    model.failed_requests,
    model.routing_hits,
    model.routing_misses,
    model.routing_fallbacks,
  ];
}

describe("after known traffic", () => {
  let mac: FakeOllama;
  let gpu: FakeVllm;
  let mute: FakeVllm;
  let gateway: Gateway;

  before(async () => {
    mac = await FakeOllama.start({ name: "mac", models: ["popular", "away"] });
    gpu = await FakeVllm.start({ name: "gpu", models: ["popular", "failing"] });
    mute = await FakeVllm.start({ name: "mute", models: ["hidden"] });
    mute.instead.set("/v1/models", failure(500, "broken"));
    gateway = await Gateway.start([mac, gpu, mute], {
      endpoint: ({ name }) => ({ priority: name === "mac" ? 100 : 50 }),
      config: {
        model_aliases: { nickname: ["popular"] },
        model_registry: { routing_strategy: { type: "optimistic" } },
      },
      models: ["popular", "failing", "away"],
    });
    // Seven that are served, one of them by the second server after the first failed.
    for (let count = 0; count < 6; count++) assert.equal((await gateway.chat("POPULAR")).status, 200);
    mac.instead.set(CHAT, failure(503, "overloaded"));
    assert.equal((await gateway.chat("popular")).endpoint, "gpu");
    mac.instead.delete(CHAT);
    // Two by an alias, one from another address.
    assert.equal((await gateway.chat("nickname")).status, 200);
    const body = JSON.stringify({ model: "nickname", messages: [] });
    const elsewhere = rawPost(CHAT, body, { Connection: "close" });
    assert.equal((await rawRequest(gateway.olla.port, elsewhere, { from: SECOND_CLIENT })).status, 200);
    // Three that fail.
    gpu.instead.set(CHAT, failure(500, "out of memory"));
    for (let count = 0; count < 3; count++) assert.equal((await gateway.chat("failing")).status, 500);
    gpu.instead.delete(CHAT);
    // A name that only the server without a list has; and, once that one is down, names that are nowhere.
    assert.equal((await gateway.chat("hidden")).endpoint, "mute");
    await mute.backend.refuse();
    await gateway.settled("mute", "offline");
    for (let count = 0; count < 4; count++) assert.equal((await gateway.chat(`made-up-${count}`)).status, 404);
    // Two for a model whose server is down.
    await mac.backend.refuse();
    await gateway.settled("mac", "offline");
    for (let count = 0; count < 2; count++) assert.equal((await gateway.chat("away")).status, 503);
  });

  after(() => endAll([mac, gpu, mute, gateway]));

  const stats = (query = "") => gateway.page<Stats>(`/internal/stats/models${query}`);

  test("each model has its true numbers", async () => {
    const all = await stats();
    // Whatever the spelling, it is one model.
    assert.deepEqual(numbers(all, "popular"), [7, 7, 0, 7, 0, 0]);
    assert.deepEqual(numbers(all, "nickname"), [2, 2, 0, 2, 0, 0]);
    assert.deepEqual(numbers(all, "failing"), [3, 0, 3, 3, 0, 0]);
    assert.deepEqual(numbers(all, "away"), [0, 0, 0, 0, 2, 0]);
    const clients = all.models.map(({ name, unique_clients }) => [name, unique_clients]);
    assert.deepEqual(clients, [["popular", 1], ["failing", 1], ["nickname", CLIENTS], ["away", 1]]);
    assert.equal(all.models.find(({ name }) => name === "popular")?.success_rate, "100%");
    assert.equal(all.models.find(({ name }) => name === "failing")?.success_rate, "0%");
  });

  test("each server's part in them is told", async () => {
    const { models, endpoints } = await stats("?include_summary=true");
    const parts = (name: string) =>
      Object.fromEntries(
        models.find((model) => model.name === name)?.endpoint_breakdown?.map((item) => [
          item.endpoint_name,
          [item.request_count, item.success_rate, item.consecutive_errors],
        ]) ?? [],
      );
    assert.deepEqual(parts("popular"), { mac: [7, 85.7, 1], gpu: [1, 100, 0] });
    assert.deepEqual(parts("failing"), { gpu: [3, 0, 3] });
    assert.deepEqual(parts("away"), {});
    assert.equal(endpoints["gpu"]?.request_count, 4);
    assert.deepEqual((await stats()).endpoints, {});
  });

  test("names that do not exist are counted, and not listed", async () => {
    const { models, summary } = await stats();
    assert.deepEqual(models.map(({ name }) => name), ["popular", "failing", "nickname", "away"]);
    assert.deepEqual(
      [summary["total_requests"], summary["total_models"], summary["active_models"], summary["unlisted_requests"]],
      [12, 4, 4, 5],
    );
    assert.deepEqual([summary["most_popular_model"], summary["least_popular_model"]], ["popular", "nickname"]);
  });

  for (const path of ["/internal/status/models", "/internal/status/endpoints", "/internal/status"]) {
    test(`${path} is not sent again to who has it, and compressed for who takes that`, async () => {
      const get = (headers: Record<string, string>) => fetch(`${gateway.olla.url}${path}`, { headers });
      const plain = await get({ "accept-encoding": "identity" });
      const text = await plain.text();
      assert.deepEqual([plain.headers.get("cache-control"), plain.headers.get("vary")], [
        "private, no-cache",
        "Accept-Encoding",
      ]);
      // A health check that takes another time is news in between; not each time.
      await eventually("nothing is new", async () => {
        const tag = (await get({})).headers.get("etag") ?? "";
        assert.match(tag, /^W\/"[0-9a-z]+"$/);
        for (const known of [tag, tag.replace("W/", ""), `"other", ${tag}`, "*"]) {
          const again = await get({ "if-none-match": known });
          assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", tag], known);
        }
        return true;
      });
      const other = await get({ "if-none-match": '"other"' });
      assert.equal(other.status, 200);
      await other.arrayBuffer();
      const packed = await rawRequest(
        gateway.olla.port,
        `GET ${path} HTTP/1.1\r\nHost: olla\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
      );
      assert.equal(packed.header("content-encoding"), "gzip");
      assert.ok(packed.body.length < text.length);
      assert.deepEqual(Object.keys(JSON.parse(gunzipSync(packed.body).toString())), Object.keys(JSON.parse(text)));
    });
  }

  test("/internal/status/models has another tag as soon as a model comes", async () => {
    const tag = async () => (await fetch(`${gateway.olla.url}/internal/status/models`)).headers.get("etag");
    const before = await tag();
    assert.equal(await tag(), before);
    gpu.add("brand-new");
    // So many made-up names were asked for that olla takes its time until it asks servers for the next one.
    await eventually("the model is found", async () => (await gateway.chat("brand-new")).status === 200);
    assert.notEqual(await tag(), before);
    const { total_models, recent_models } = await gateway.page<{
      total_models: number;
      recent_models: { name: string; endpoints: string[]; state: string }[];
    }>("/internal/status/models");
    assert.equal(total_models, 4);
    assert.deepEqual(recent_models.find(({ name }) => name === "brand-new")?.endpoints, ["gpu"]);
    assert.equal(recent_models.find(({ name }) => name === "away")?.state, "unavailable");
  });
});

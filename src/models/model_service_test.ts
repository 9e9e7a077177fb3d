import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onlyBuiltInModelFacts } from "../config/model_facts_load.ts";
import { configOf } from "../config/test_support.ts";
import { silentLogger } from "../lib/logger.ts";
import { type PlayedAnswer, PlayedServers } from "./discovery/test_support.ts";
import { EVERYWHERE } from "./listing/listed_endpoints.ts";
import { ModelService } from "./model_service.ts";

function setUp(answer: PlayedAnswer, config = "") {
  const servers = new PlayedServers(answer);
  const service = new ModelService({
    config: configOf(config),
    facts: onlyBuiltInModelFacts(),
    registry: servers.registry,
    client: servers.client,
    random: () => 0.5,
    logger: silentLogger,
    startedAt: servers.time.now,
  });
  return { servers, service };
}

describe("ModelService", () => {
  test("keeps a wildcard that is wider than the filter, and finds only the names that the filter takes", async () => {
    const { servers, service } = setUp(
      () => Response.json({ data: [{ id: "openai/*" }] }),
      'model_registry: { ignored_suffixes: ["[1m]"] }',
    );
    const filter = { include: ["openai/gpt-4*"], exclude: [] };
    const state = servers.add("cloud", { type: "litellm", config: { model_filter: filter } });
    await service.discovery.refresh(state);
    assert.deepEqual([...service.catalog.resolve("openai/gpt-4o")?.hosts.keys() ?? []], ["cloud"]);
    assert.equal(service.catalog.resolve("openai/o1"), undefined);
    assert.equal(service.listing.find(EVERYWHERE, "openai/gpt-4o[1m]")?.id, "openai/gpt-4o");
  });

  test("asks a server for its memory soon after it served what was not in it", async () => {
    let loaded = ["a"];
    const { servers, service } = setUp(({ path }) =>
      Response.json({ models: (path === "/api/ps" ? loaded : ["a", "b"]).map((name) => ({ name })) })
    );
    const state = servers.add("o");
    service.start();
    await servers.time.advance(5_000);
    const inMemory = () => service.loaded.namesOn("o");
    assert.deepEqual(inMemory(), ["a"]);
    loaded = ["b"];
    service.onServed(state, "b");
    assert.deepEqual(inMemory(), ["a", "b"]);
    await servers.time.advance(0);
    assert.deepEqual(inMemory(), ["b"]);
    service.stop();
  });
});

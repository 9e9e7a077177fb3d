import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "../../lib/logger.ts";
import { Catalog } from "../catalog/catalog.ts";
import { StaleSweep } from "./stale_sweep.ts";
import { never, PlayedServers } from "./test_support.ts";

const HOUR = 3_600_000;

function setUp(settings: { stale_threshold: number; cleanup_interval: number }) {
  const servers = new PlayedServers(never);
  const { time } = servers;
  const catalog = new Catalog({ joinByDigest: true });
  const log: string[] = [];
  const sweep = new StaleSweep({
    settings,
    catalog,
    states: servers.states,
    timers: time.timers,
    now: () => time.now,
    logger: { ...silentLogger, info: (message) => log.push(message) },
  });
  return { servers, time, catalog, log, sweep };
}

describe("StaleSweep", () => {
  test("drops what an endpoint listed too long ago, and leaves the rest", async () => {
    const { time, catalog, log, sweep } = setUp({ stale_threshold: 24 * HOUR, cleanup_interval: HOUR });
    sweep.start();
    sweep.start();
    catalog.setModels("gone", [{ id: "old" }], time.now);
    await time.advance(20 * HOUR);
    catalog.setModels("there", [{ id: "new" }], time.now);
    assert.equal(catalog.resolve("old")?.modelId, "old");
    await time.advance(6 * HOUR);
    assert.equal(catalog.resolve("old"), undefined);
    assert.equal(catalog.resolve("new")?.modelId, "new");
    assert.deepEqual(log, ['The models of endpoint "gone" are dropped: it has not listed them for 24h']);
    await time.advance(6 * HOUR);
    assert.equal(log.length, 1);
  });

  test("keeps the models of an endpoint in service that is asked less often than the threshold", async () => {
    const { servers, time, catalog, sweep } = setUp({ stale_threshold: 60_000, cleanup_interval: 60_000 });
    for (const name of ["well", "mute"]) {
      servers.add(name);
      catalog.setModels(name, [{ id: name }], time.now);
    }
    sweep.start();
    await time.advance(5 * HOUR);
    assert.equal(catalog.isSynced("well") && catalog.isSynced("mute"), true);
    catalog.setError("mute", "GET /v1/models answers 500");
    await time.advance(60_000);
    assert.deepEqual([catalog.isSynced("well"), catalog.isSynced("mute")], [true, false]);
  });

  test("counts from when an endpoint went out of service, where that was after its last list", async () => {
    const { servers, time, catalog, sweep } = setUp({ stale_threshold: 10 * 60_000, cleanup_interval: 60_000 });
    const state = servers.add("a");
    catalog.setModels("a", [{ id: "m" }], time.now);
    sweep.start();
    await time.advance(HOUR);
    servers.down(state);
    await time.advance(10 * 60_000);
    assert.equal(catalog.isSynced("a"), true);
    await time.advance(60_000);
    assert.equal(catalog.isSynced("a"), false);
  });

  test("never looks when a setting is 0, nor after stop()", async () => {
    const cases = [
      setUp({ stale_threshold: 0, cleanup_interval: HOUR }),
      setUp({ stale_threshold: HOUR, cleanup_interval: 0 }),
      setUp({ stale_threshold: HOUR, cleanup_interval: HOUR }),
    ];
    for (const { sweep } of cases) sweep.start();
    cases[2]?.sweep.stop();
    for (const { time, catalog } of cases) {
      catalog.setModels("a", [{ id: "m" }], time.now);
      assert.equal(time.pending, 0);
      await time.advance(100 * HOUR);
      assert.equal(catalog.resolve("m")?.modelId, "m");
    }
  });
});

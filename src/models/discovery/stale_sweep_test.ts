import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeTime } from "../../endpoints/test_support.ts";
import { silentLogger } from "../../lib/logger.ts";
import { Catalog } from "../catalog/catalog.ts";
import { StaleSweep } from "./stale_sweep.ts";

const HOUR = 3_600_000;

function setUp(settings: { stale_threshold: number; cleanup_interval: number }) {
  const time = new FakeTime();
  const catalog = new Catalog({ joinByDigest: true });
  const log: string[] = [];
  const sweep = new StaleSweep({
    settings,
    catalog,
    timers: time.timers,
    now: () => time.now,
    logger: { ...silentLogger, info: (message) => log.push(message) },
  });
  return { time, catalog, log, sweep };
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

import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import { realTimers, type Timers } from "../../lib/clock.ts";
import { silentLogger } from "../../lib/logger.ts";
import { catalogOf, ids, type Lists, NOW } from "../catalog/catalog_test_support.ts";
import { LookAlikeLog } from "./look_alike_log.ts";
import type { ModelAliases } from "./look_alikes.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

/** Longer than it takes until it looks. */
const SETTLED_MS = 10_000;

function logOf(lists: Lists, aliases: ModelAliases = {}) {
  const catalog = catalogOf(lists);
  const lines: string[] = [];
  const logger = { ...silentLogger, info: (message: string) => void lines.push(message) };
  return { catalog, lines, logger, log: new LookAlikeLog({ catalog, aliases, logger, timers: realTimers }) };
}

describe("LookAlikeLog", () => {
  test("names a group once, with the alias to add, after the lists have settled", () => {
    const { catalog, lines, log } = logOf({ mac: ids("gpt-oss:120b"), gpu: ids("gpt-oss-120b") });
    log.onModels();
    assert.deepEqual(lines, []);
    mock.timers.tick(SETTLED_MS);
    assert.deepEqual(lines, [
      '"gpt-oss-120b" (on gpu) and "gpt-oss:120b" (on mac) look like one model; to use them as one, ' +
      'add to model_aliases: gpt-oss-120b: ["gpt-oss:120b", "gpt-oss-120b"]',
    ]);
    catalog.setModels("mac", ids("gpt-oss:120b", "other"), NOW);
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    catalog.removeEndpoint("mac");
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    catalog.setModels("mac", ids("gpt-oss:120b"), NOW);
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    assert.equal(lines.length, 1);
  });

  test("names a group again when a further name joins it", () => {
    const { catalog, lines, log } = logOf({ a: ids("m:1b"), b: ids("m-1b") });
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    catalog.setModels("c", ids("x/m-1b"), NOW);
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? "", /m-1b: \["m:1b", "x\/m-1b", "m-1b"\]$/);
  });

  test("is silent about what an alias joins", () => {
    const { lines, log } = logOf({ a: ids("m:1b"), b: ids("m-1b") }, { mine: ["m:1b", "m-1b"] });
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    assert.deepEqual(lines, []);
  });

  test("looks only when the catalogue has changed", () => {
    const { catalog, log } = logOf({ a: ids("m") });
    const list = mock.method(catalog, "list");
    for (let count = 0; count < 3; count++) {
      log.onModels();
      log.onModels();
      mock.timers.tick(SETTLED_MS);
    }
    assert.equal(list.mock.callCount(), 1);
  });

  test("looks at many names in slices, and again at what changed meanwhile", () => {
    const many = (form: (index: number) => string) => ids(...Array.from({ length: 1200 }, (_, index) => form(index)));
    const { catalog, lines, logger } = logOf({ a: many((i) => `m-${i}b`), b: ids("m:7b") });
    const waiting: (() => void)[] = [];
    const timers: Timers = { start: (callback) => waiting.push(callback), stop: () => {} };
    const log = new LookAlikeLog({ catalog, aliases: {}, logger, timers });
    const step = () => waiting.shift()?.();
    log.onModels();
    step();
    assert.deepEqual([lines.length, waiting.length], [0, 1], "the first slice");
    catalog.setModels("c", ids("m:9b"), NOW);
    log.onModels();
    step();
    step();
    assert.deepEqual([lines.length, waiting.length], [1, 1], "all that there was");
    while (waiting.length > 0) step();
    assert.equal(lines.length, 2);
  });

  test("stops after fifty groups, and says where the others are", () => {
    const names = Array.from({ length: 60 }, (_, index) => index);
    const { catalog, lines, log } = logOf({
      a: ids(...names.map((n) => `m:${n}b`)),
      b: ids(...names.map((n) => `m-${n}b`)),
    });
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    assert.equal(lines.length, 51);
    assert.match(lines[50] ?? "", /olla validate names them all/);
    catalog.setModels("c", ids("x/m-1b"), NOW);
    log.onModels();
    mock.timers.tick(SETTLED_MS);
    assert.equal(lines.length, 51);
  });

  test("does nothing any more once it is stopped", () => {
    const { lines, log } = logOf({ a: ids("m:1b"), b: ids("m-1b") });
    log.onModels();
    log.stop();
    mock.timers.tick(SETTLED_MS);
    assert.deepEqual(lines, []);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EndpointState } from "../../endpoints/state.ts";
import { Registry } from "../../endpoints/registry.ts";
import { FakeTime, settle, testEndpoint, testProfile } from "../../endpoints/test_support.ts";
import type { Logger } from "../../lib/logger.ts";
import { Catalog } from "../catalog/catalog.ts";
import { DiscoveryLoop, type DiscoverySettings } from "./discovery_loop.ts";

const SETTINGS: DiscoverySettings = { enabled: true, interval: 300_000, timeout: 30_000, concurrent_workers: 5 };
const NEVER_STALE = { stale_threshold: 0, cleanup_interval: 0 };
const GOOD = { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" } as const;

/** Answers one question; a question without an answer hangs until its signal ends it. */
type Answer = (name: string) => Response | Promise<Response>;

function listOf(...ids: string[]): Response {
  return Response.json({ object: "list", data: ids.map((id) => ({ id })) });
}

/** A loop over endpoints that are in service, with a server behind each that `answer` plays. */
function setUp(names: readonly string[], options: { answer?: Answer; settings?: Partial<DiscoverySettings> } = {}) {
  const time = new FakeTime();
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  const catalog = new Catalog({ joinByDigest: true });
  const asked: string[] = [];
  const log: string[] = [];
  const logger: Logger = {
    info: (message) => log.push(`info ${message}`),
    warn: (message) => log.push(`warn ${message}`),
    error: (message) => log.push(`error ${message}`),
  };
  const events: string[] = [];
  const play = { answer: options.answer ?? ((name: string) => listOf(`${name}-model`)) };
  const loop = new DiscoveryLoop({
    settings: { ...SETTINGS, ...options.settings },
    staleness: NEVER_STALE,
    catalog,
    client: {
      timers: time.timers,
      now: () => time.now,
      userAgent: "olla/test",
      fetch: async (url, { signal }) => {
        const name = new URL(url).hostname;
        asked.push(name);
        const ended = new Promise<never>((_, reject) =>
          signal?.addEventListener("abort", () => reject(new DOMException("ended", "AbortError")))
        );
        return await Promise.race([play.answer(name), ended]);
      },
    },
    random: () => 0.5,
    states: () => registry.list(),
    logger,
    onModels: (state, models) => {
      events.push(`${state.endpoint.name}: ${models.map((model) => model.id).join(" ")}`);
      registry.reportDiscoverySuccess(state, time.now);
    },
    onAuthFailure: (state, status) => {
      events.push(`${state.endpoint.name}: ${status}`);
      registry.reportAuthFailure(state, status, "discovery", time.now);
    },
  });
  const add = (name: string): EndpointState => {
    const state = registry.add(testEndpoint({ name, url: `http://${name}:9` }), testProfile("vllm"));
    registry.observe(state, GOOD, time.now, time.now);
    return state;
  };
  const states = names.map(add);
  return { time, registry, catalog, asked, log, events, loop, play, states, add };
}

function only(states: readonly EndpointState[]): EndpointState {
  const [state] = states;
  assert.ok(state);
  return state;
}

const never = () => new Promise<Response>(() => {});

describe("DiscoveryLoop.refresh()", () => {
  test("puts an endpoint's models into the catalogue", async () => {
    const { loop, states, catalog, events } = setUp(["a"]);
    await loop.refresh(only(states));
    assert.deepEqual(catalog.modelsOf("a"), [{ id: "a-model" }]);
    assert.equal(catalog.syncInfo("a").lastSyncAt, 1_000_000);
    assert.deepEqual(events, ["a: a-model"]);
  });

  test("joins the question that is on its way", async () => {
    const { loop, states, asked } = setUp(["a"]);
    const state = only(states);
    await Promise.all([loop.refresh(state), loop.refresh(state), loop.refresh(state)]);
    assert.deepEqual(asked, ["a"]);
    await loop.refresh(state);
    assert.deepEqual(asked, ["a", "a"]);
  });

  test("asks nothing of an endpoint that is down, or of unknown type, or when discovery is off", async () => {
    const { loop, registry, asked, time } = setUp([]);
    const down = registry.add(testEndpoint({ name: "down", url: "http://down:9" }), testProfile("vllm"));
    const untyped = registry.add(testEndpoint({ name: "untyped", url: "http://untyped:9" }), undefined);
    registry.observe(untyped, GOOD, time.now, time.now);
    await Promise.all([loop.refresh(down), loop.refresh(untyped)]);
    const off = setUp(["a"], { settings: { enabled: false } });
    off.loop.start();
    await off.loop.refresh(only(off.states));
    await off.loop.refreshOnMiss(off.states, { isFound: () => false });
    await off.time.advance(1_000_000);
    assert.deepEqual([...asked, ...off.asked], []);
  });

  test("keeps the former list when the server fails, says so once, and says when it is back", async () => {
    const { loop, states, catalog, log, play } = setUp(["a"]);
    const state = only(states);
    await loop.refresh(state);
    play.answer = () => new Response("oops", { status: 500 });
    await loop.refresh(state);
    await loop.refresh(state);
    assert.deepEqual(catalog.modelsOf("a"), [{ id: "a-model" }]);
    assert.equal(catalog.syncInfo("a").error, "GET /v1/models answers 500");
    play.answer = () => listOf("new");
    await loop.refresh(state);
    assert.deepEqual(catalog.modelsOf("a"), [{ id: "new" }]);
    assert.deepEqual(log, [
      'warn The models of endpoint "a" are not known: GET /v1/models answers 500',
      'info Endpoint "a" lists its models again',
    ]);
  });

  test("gives up after the time limit", async () => {
    const { loop, states, catalog, time } = setUp(["a"], { answer: never });
    const done = loop.refresh(only(states));
    await time.advance(30_000);
    await done;
    assert.equal(catalog.syncInfo("a").error, "asking for its models failed: no answer in time");
  });

  test("does not bring back an endpoint that was removed meanwhile", async () => {
    let answer = (_response: Response) => {};
    const { loop, states, catalog, registry, events } = setUp(["a"], {
      answer: () => new Promise<Response>((resolve) => answer = resolve),
    });
    const done = loop.refresh(only(states));
    await settle();
    registry.remove("a");
    answer(listOf("m"));
    await done;
    assert.equal(catalog.isSynced("a"), false);
    assert.deepEqual(events, []);
  });

  test("asks no more endpoints at once than there are workers, and one that hangs delays only its own worker", async () => {
    const { loop, states, asked, catalog } = setUp(["a", "b", "c", "d"], {
      settings: { concurrent_workers: 2 },
      answer: (name) => name === "a" ? never() : listOf("m"),
    });
    void Promise.all(states.map((state) => loop.refresh(state)));
    await Promise.resolve();
    assert.deepEqual(asked, ["a", "b"]);
    await settle();
    assert.deepEqual(["a", "b", "c", "d"].map((name) => catalog.isSynced(name)), [false, true, true, true]);
  });

  test("asks the others soon when all workers hang", async () => {
    const { loop, states, time, catalog } = setUp(["a", "b", "c", "d", "e"], {
      settings: { concurrent_workers: 2 },
      answer: (name) => name === "e" ? listOf("m") : never(),
    });
    void Promise.all(states.map((state) => loop.refresh(state)));
    await time.advance(999);
    assert.equal(catalog.isSynced("e"), false);
    await time.advance(1);
    assert.equal(catalog.isSynced("e"), true);
  });

  test("models that a server no longer lists leave with its next list", async () => {
    const { loop, states, catalog, play } = setUp(["a"], { answer: () => listOf("old", "both") });
    await loop.refresh(only(states));
    play.answer = () => listOf("both", "new");
    await loop.refresh(only(states));
    assert.deepEqual(catalog.modelsOf("a").map(({ id }) => id), ["both", "new"]);
    assert.equal(catalog.resolve("old"), undefined);
    play.answer = () => listOf();
    await loop.refresh(only(states));
    assert.deepEqual(catalog.list(), []);
  });
});

describe("DiscoveryLoop at the interval", () => {
  test("asks every endpoint at once, then after each interval", async () => {
    const { loop, time, asked } = setUp(["a", "b"]);
    loop.start();
    await time.advance(0);
    assert.deepEqual(asked, ["a", "b"]);
    await time.advance(299_999);
    assert.equal(asked.length, 2);
    await time.advance(1);
    assert.deepEqual(asked, ["a", "b", "a", "b"]);
    await time.advance(3_000_000);
    assert.equal(asked.length, 24);
  });

  test("does not ask again what was asked a moment ago", async () => {
    const { loop, time, asked, states } = setUp(["a"]);
    await loop.refresh(only(states));
    loop.start();
    await time.advance(299_999);
    assert.deepEqual(asked, ["a"]);
  });

  test("sets one timer, however many endpoints there are, and none after stop()", async () => {
    const { loop, time } = setUp(["a", "b", "c"]);
    loop.start();
    loop.start();
    await time.advance(10);
    assert.equal(time.pending, 1);
    loop.stop();
    assert.equal(time.pending, 0);
  });

  test("asks a failing endpoint again after 5 s, 10 s, … up to a minute, for good", async () => {
    const { loop, time, asked } = setUp(["a"], { answer: () => new Response("", { status: 404 }) });
    loop.start();
    const times: number[] = [];
    const begin = time.now;
    for (let second = 0; second <= 300; second++) {
      await time.advance(second === 0 ? 0 : 1000);
      while (times.length < asked.length) times.push((time.now - begin) / 1000);
    }
    assert.deepEqual(times, [0, 5, 15, 35, 75, 135, 195, 255]);
  });

  test("never waits longer after a failure than after a success", async () => {
    const { loop, time, asked } = setUp(["a"], {
      answer: () => new Response("", { status: 500 }),
      settings: { interval: 3_000 },
    });
    loop.start();
    await time.advance(9_000);
    assert.equal(asked.length, 4);
  });

  test("reports refused credentials, and asks on until they are accepted", async () => {
    const { loop, time, states, events, play, log } = setUp(["a"], { answer: () => new Response("", { status: 401 }) });
    const state = only(states);
    loop.start();
    await time.advance(0);
    assert.equal(state.status, "config_error");
    play.answer = () => listOf("m");
    await time.advance(5_000);
    assert.equal(state.status, "healthy");
    assert.deepEqual(events, ["a: 401", "a: m"]);
    assert.deepEqual(log, ['info Endpoint "a" lists its models again']);
  });

  test("ends what is on its way at stop(), without a word", async () => {
    const { loop, time, catalog, log, events, asked } = setUp(["a"], { answer: never });
    loop.start();
    await time.advance(0);
    loop.stop();
    await time.advance(1_000_000);
    assert.deepEqual(asked, ["a"]);
    assert.deepEqual([log, events, catalog.syncInfo("a").error], [[], [], undefined]);
  });

  test("can be started again", async () => {
    const { loop, time, asked } = setUp(["a"]);
    loop.start();
    loop.stop();
    loop.start();
    await time.advance(0);
    assert.deepEqual(asked, ["a"]);
  });

  test("spreads its questions by ±10 %", async () => {
    const seen = new Set<number>();
    for (const random of [0, 0.5, 0.999_999]) {
      const { time, catalog, registry, add } = setUp([]);
      const started: number[] = [];
      const loop = new DiscoveryLoop({
        settings: SETTINGS,
        staleness: NEVER_STALE,
        catalog,
        client: {
          timers: time.timers,
          now: () => time.now,
          userAgent: "olla/test",
          fetch: () => {
            started.push(time.now);
            return Promise.resolve(listOf("m"));
          },
        },
        random: () => random,
        states: () => registry.list(),
        logger: { info() {}, warn() {}, error() {} },
        onModels: () => {},
        onAuthFailure: () => {},
      });
      add("a");
      loop.start();
      await time.advance(340_000);
      loop.stop();
      const [first = 0, second = 0] = started;
      seen.add(Math.round((second - first) / 1000));
    }
    assert.deepEqual([...seen], [270, 300, 330]);
  });
});

describe("what one endpoint does", () => {
  const cases: readonly [string, Answer][] = [
    ["fails to connect", () => Promise.reject(new TypeError("broken"))],
    ["never answers", never],
    ["answers rubbish", () => new Response("<html>")],
    ...[401, 403, 404, 429, 500, 503].map((status): [string, Answer] => [
      `answers ${status}`,
      () => new Response("", { status }),
    ]),
  ];
  for (const [what, answer] of cases) {
    test(`never touches another nor ends its own questions: it ${what}`, async () => {
      const { loop, time, catalog, play, asked } = setUp(["bad", "good"], {
        answer: (name) => name === "bad" ? answer(name) : listOf("m"),
      });
      loop.start();
      await time.advance(0);
      assert.deepEqual([catalog.isSynced("bad"), catalog.isSynced("good")], [false, true]);
      await time.advance(600_000);
      assert.equal(asked.filter((name) => name === "good").length, 3);
      assert.equal(catalog.syncInfo("good").error, undefined);
      play.answer = (name) => listOf(`${name}-model`);
      await time.advance(100_000);
      assert.deepEqual(catalog.modelsOf("bad").map(({ id }) => id), ["bad-model"]);
    });
  }
});

describe("DiscoveryLoop.refreshOnMiss()", () => {
  test("asks each endpoint a few times in quick succession, and then at most every two seconds", async () => {
    const { loop, states, asked, time } = setUp(["a", "b"]);
    await loop.refresh(only(states.slice(0, 1)));
    assert.deepEqual(asked, ["a"]);
    for (let miss = 1; miss <= 5; miss++) {
      await loop.refreshOnMiss(states, { isFound: () => false });
      assert.equal(asked.length, 1 + 2 * miss);
    }
    await loop.refreshOnMiss(states, { isFound: () => false });
    await time.advance(1_999);
    await loop.refreshOnMiss(states, { isFound: () => false });
    assert.equal(asked.length, 11);
    await time.advance(1);
    await Promise.all(Array.from({ length: 50 }, () => loop.refreshOnMiss(states, { isFound: () => false })));
    assert.equal(asked.length, 13);
    await time.advance(60_000);
    for (let miss = 0; miss < 50; miss++) await loop.refreshOnMiss(states, { isFound: () => false });
    assert.equal(asked.length, 13 + 5 * 2);
  });

  test("asks as often as models are found by it", async () => {
    const { loop, states, catalog, asked, play } = setUp(["a", "b"]);
    for (let added = 0; added < 20; added++) {
      play.answer = (name) => listOf(name === "a" ? `new-${added}` : "other");
      await loop.refreshOnMiss(states, { isFound: () => catalog.resolve(`new-${added}`) !== undefined });
      assert.equal(catalog.resolve(`new-${added}`)?.modelId, `new-${added}`);
    }
    assert.equal(asked.length, 40);
  });

  test("waits for a question that is on its way, and asks again when that was too early", async () => {
    let answer = (_response: Response) => {};
    const play = { answer: () => new Promise<Response>((resolve) => answer = resolve) };
    const { loop, states, catalog, asked, time } = setUp(["a"], play);
    void loop.refresh(only(states));
    await settle();
    await time.advance(10);
    const isFound = () => catalog.resolve("m") !== undefined;
    const missed = Promise.all([loop.refreshOnMiss(states, { isFound }), loop.refreshOnMiss(states, { isFound })]);
    answer(listOf("older"));
    await settle();
    assert.equal(asked.length, 2);
    answer(listOf("m"));
    await missed;
    assert.equal(catalog.resolve("m")?.modelId, "m");
    assert.equal(asked.length, 2);
  });

  test("waits no longer than two seconds, and the late answer still counts", async () => {
    let answer = (_response: Response) => {};
    const { loop, states, catalog, time } = setUp(["slow", "fast"], {
      answer: (name) => name === "slow" ? new Promise((resolve) => answer = resolve) : listOf("fast-model"),
    });
    let returned = false;
    const missed = loop.refreshOnMiss(states, { isFound: () => false }).then(() => returned = true);
    await time.advance(1_999);
    assert.equal(returned, false);
    assert.equal(catalog.isSynced("fast"), true);
    await time.advance(1);
    await missed;
    answer(listOf("late"));
    await settle();
    assert.equal(catalog.resolve("late")?.modelId, "late");
  });

  test("a list that hangs holds up only the first request that waits for it", async () => {
    const { loop, states, time } = setUp(["stuck", "fast"], {
      answer: (name) => name === "stuck" ? new Promise(() => {}) : listOf("fast-model"),
    });
    const waited = async () => {
      const began = time.now;
      let ended: number | undefined;
      void loop.refreshOnMiss(states, { isFound: () => false }).then(() => ended = time.now);
      await time.advance(0);
      for (let step = 0; step < 40 && ended === undefined; step++) await time.advance(100);
      return (ended ?? Infinity) - began;
    };
    assert.deepEqual([await waited(), await waited(), await waited()], [2_000, 0, 0]);
    await time.advance(60_000);
    assert.deepEqual([await waited(), await waited()], [2_000, 0], "each question has its first");
  });

  test("does not wait for the others once the model is found", async () => {
    const { loop, states, catalog, time } = setUp(["stuck", "fast"], {
      answer: (name) => name === "stuck" ? new Promise(() => {}) : listOf("wanted"),
    });
    const began = time.now;
    await loop.refreshOnMiss(states, { isFound: () => catalog.resolve("wanted") !== undefined });
    assert.equal(time.now, began);
    assert.equal(catalog.isSynced("stuck"), false);
  });

  test("leaves no timer behind", async () => {
    const { loop, states, time } = setUp(["a"]);
    await loop.refreshOnMiss(states, { isFound: () => false });
    await loop.refreshOnMiss([], { isFound: () => false });
    assert.equal(time.pending, 0);
  });
});

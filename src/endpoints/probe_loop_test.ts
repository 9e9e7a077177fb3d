import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filterProfiles } from "../config/profile_filter.ts";
import { isAvailable } from "./availability.ts";
import { ProbeLoop } from "./probe_loop.ts";
import { Registry } from "./registry.ts";
import type { EndpointEvent, EndpointState } from "./state.ts";
import { type FakeAnswer, FakeServer, FakeTime, testEndpoint, testProfile, testProfiles } from "./test_support.ts";

interface Setup {
  readonly time: FakeTime;
  readonly server: FakeServer;
  readonly registry: Registry;
  readonly loop: ProbeLoop;
  readonly state: EndpointState;
  readonly events: string[];
}

/** One endpoint, checked every 5 s with a time limit of 2 s, without jitter; the type `auto` must be detected. */
function setUp(routes: Record<string, FakeAnswer>, type = "vllm", profiles = testProfiles()): Setup {
  const time = new FakeTime();
  const server = new FakeServer(routes);
  const registry = new Registry({ breaker: { failures: 2, open_for: 30_000, half_open_max: 1 } });
  const events: string[] = [];
  const endpoint = testEndpoint({ type });
  const state = registry.add(endpoint, type === "auto" ? undefined : testProfile(type));
  registry.subscribe((event) => events.push(spell(event)));
  const client = { fetch: server.fetch, timers: time.timers, now: () => time.now, userAgent: "olla/test" };
  const loop = new ProbeLoop({ registry, profiles, client, random: () => 0.5 });
  return { time, server, registry, loop, state, events };
}

function spell(event: EndpointEvent): string {
  if (event.kind === "status") return `${event.from}>${event.to}`;
  return event.kind === "type_detected" ? `type ${event.type}` : event.kind;
}

const OK = { "/health": { body: "ok" } };
const REFUSED: FakeAnswer = { fails: "ECONNREFUSED" };

describe("the timer", () => {
  test("checks at once and then at the interval", async () => {
    const { time, server, loop, state } = setUp(OK);
    loop.start();
    await time.advance(0);
    assert.deepEqual([state.status, server.asked.length], ["healthy", 1]);
    assert.equal(state.nextCheckAt, time.now + 5000);
    await time.advance(4990);
    assert.equal(server.asked.length, 1);
    await time.advance(10);
    assert.equal(server.asked.length, 2);
    await time.advance(60_000);
    assert.equal(server.asked.length, 14);
    loop.stop();
  });

  test("is one for all endpoints, and each keeps its own pace", async () => {
    const { time, server, registry, loop } = setUp(OK);
    for (let i = 0; i < 20; i++) {
      const endpoint = testEndpoint({ name: `e${i}`, url: `http://h${i}`, check_interval: 10_000 });
      registry.add(endpoint, testProfile("vllm"));
    }
    loop.start();
    await time.advance(0);
    assert.equal(server.asked.length, 21);
    assert.equal(time.pending, 1);
    await time.advance(20_000);
    assert.equal(server.asked.length, 21 + 4 + 40);
    loop.stop();
  });

  test("checks an endpoint that is added later at once", async () => {
    const { time, registry, loop } = setUp(OK);
    loop.start();
    await time.advance(1000);
    const late = registry.add(testEndpoint({ name: "late", url: "http://late" }), testProfile("vllm"));
    await time.advance(1);
    assert.equal(late.status, "healthy");
    loop.stop();
  });

  test("never runs two checks of one endpoint at once", async () => {
    const { time, server, loop, state } = setUp({ "/health": { hangs: true } });
    loop.start();
    await time.advance(0);
    const joined = loop.probeNow(state);
    await time.advance(1900);
    assert.equal(server.asked.length, 1);
    await time.advance(200);
    await joined;
    assert.equal(state.status, "offline");
    loop.stop();
  });

  test("after stop there is no timer, no check and no late result, and start works again", async () => {
    const { time, server, loop, state } = setUp({ "/health": { hangs: true } });
    loop.start();
    await time.advance(0);
    loop.stop();
    await time.advance(60_000);
    assert.deepEqual([time.pending, server.asked.length, state.status], [0, 1, "unknown"]);
    server.routes = OK;
    loop.start();
    await time.advance(0);
    assert.equal(state.status, "healthy");
    loop.stop();
  });

  test("a removed endpoint is left alone", async () => {
    const { time, server, registry, loop } = setUp(OK);
    loop.start();
    await time.advance(0);
    registry.remove("one");
    await time.advance(60_000);
    assert.equal(server.asked.length, 1);
    assert.equal(time.pending, 0);
    loop.stop();
  });
});

describe("going and coming back", () => {
  test("backs off to a minute while it is away, and finds it again with the first good check", async () => {
    const { time, server, loop, state, events } = setUp(OK);
    loop.start();
    await time.advance(0);
    server.routes = { "/health": REFUSED };
    await time.advance(5000);
    assert.equal(state.status, "offline");
    const before = server.asked.length;
    await time.advance(10 * 60_000);
    assert.ok(server.asked.length - before < 16, `${server.asked.length - before} checks in ten minutes`);
    assert.ok(state.nextCheckAt - time.now <= 60_000);
    server.routes = OK;
    await time.advance(60_000);
    assert.equal(state.status, "healthy");
    assert.equal(state.nextCheckAt - state.lastCheckAt, 5000);
    assert.deepEqual(events, ["unknown>healthy", "healthy>offline", "offline>healthy"]);
    loop.stop();
  });

  test("a request that finds nothing there gets it checked within a second", async () => {
    const { time, server, registry, loop, state } = setUp(OK);
    loop.start();
    await time.advance(2000);
    registry.reportUnreachable(state, "connection refused", time.now);
    assert.equal(isAvailable(state, "m", time.now), false);
    await time.advance(999);
    assert.equal(server.asked.length, 1);
    await time.advance(1);
    assert.deepEqual([server.asked.length, state.status], [2, "healthy"]);
    loop.stop();
  });

  test("a request that finds nothing there during a check gets another check", async () => {
    const { time, server, registry, loop, state } = setUp({ "/health": { hangs: true } });
    loop.start();
    await time.advance(500);
    registry.reportUnreachable(state, "connection refused", time.now);
    await time.advance(1500);
    assert.equal(server.asked.length, 2, "the second one begins as soon as the first has ended");
    loop.stop();
  });

  test("a hanging health path takes three checks, and none while streams move", async () => {
    const { time, server, registry, loop, state, events } = setUp(OK);
    loop.start();
    await time.advance(0);
    server.routes = { "/health": { hangs: true } };
    for (let i = 0; i < 30; i++) {
      registry.reportActivity(state, time.now);
      await time.advance(1000);
    }
    assert.equal(state.status, "busy");
    await time.advance(40_000);
    assert.equal(state.status, "offline");
    assert.deepEqual(events, ["unknown>healthy", "healthy>busy", "busy>offline"]);
    loop.stop();
  });

  test("a rate limit is waited out", async () => {
    const { time, server, loop, state } = setUp({ "/health": { status: 429, headers: { "retry-after": "20" } } });
    loop.start();
    await time.advance(19_900);
    assert.deepEqual([state.status, server.asked.length], ["rate_limited", 1]);
    server.routes = OK;
    await time.advance(2200);
    assert.deepEqual([state.status, server.asked.length], ["healthy", 2]);
    loop.stop();
  });

  test("a path that answered is asked first from then on", async () => {
    const { time, server, registry, loop } = setUp({ "/b": {} });
    const profile = testProfile("vllm", { health_check_paths: ["/a", "/b"] });
    registry.add(testEndpoint({ name: "two", url: "http://two" }), profile);
    registry.remove("one");
    loop.start();
    await time.advance(5000);
    assert.deepEqual(server.asked, ["/a", "/b", "/b"]);
    loop.stop();
  });
});

describe("an endpoint without a type", () => {
  const OLLAMA = { "/": { body: "Ollama is running" }, "/api/version": { body: { version: "1" } }, "/health": {} };

  test("is asked what it is before anything else, once", async () => {
    const { time, server, loop, state, events } = setUp(OLLAMA, "auto");
    loop.start();
    await time.advance(0);
    assert.equal(state.profile?.name, "ollama");
    assert.deepEqual([state.status, state.typeDetected], ["healthy", true]);
    assert.deepEqual(events, ["type ollama", "unknown>healthy"]);
    const asked = server.asked.length;
    assert.equal(server.asked.indexOf("/health"), asked - 1, "its health is asked last");
    await time.advance(5000);
    assert.equal(server.asked.length, asked + 1);
    loop.stop();
  });

  test("is not used when it is of a type that proxy.profile_filter leaves out, and says so", async () => {
    const left = filterProfiles(testProfiles(), { include: [], exclude: ["ollama"] });
    const { time, loop, state } = setUp(OLLAMA, "auto", left);
    loop.start();
    await time.advance(60_000);
    assert.equal(state.profile, undefined);
    assert.equal(isAvailable(state, undefined, time.now), false);
    assert.equal(state.detail, "it is of type ollama, which proxy.profile_filter leaves out: it is not used");
    loop.stop();
  });

  test("is offline while nobody is there, and is found when it comes", async () => {
    const { time, server, loop, state } = setUp({}, "auto");
    server.otherwise = REFUSED;
    loop.start();
    await time.advance(20_000);
    assert.deepEqual([state.status, state.profile], ["offline", undefined]);
    server.routes = OLLAMA;
    server.otherwise = { status: 404 };
    await time.advance(60_000);
    assert.deepEqual([state.status, state.profile?.name], ["healthy", "ollama"]);
    loop.stop();
  });

  test("is asked again after it was offline, since another server may stand there", async () => {
    const { time, server, loop, state, events } = setUp(OLLAMA, "auto");
    loop.start();
    await time.advance(0);
    server.routes = {};
    server.otherwise = REFUSED;
    await time.advance(5000);
    assert.deepEqual([state.status, state.profile?.name], ["offline", "ollama"]);
    server.routes = {
      "/version": { body: { version: "1" } },
      "/health": {},
      "/v1/models": { body: { data: [{ id: "m", owned_by: "vllm" }] } },
    };
    server.otherwise = { status: 404 };
    await time.advance(60_000);
    assert.deepEqual([state.status, state.profile?.name], ["healthy", "vllm"]);
    assert.deepEqual(events, ["type ollama", "unknown>healthy", "healthy>offline", "type vllm", "offline>healthy"]);
    loop.stop();
  });

  test("that wants credentials is config_error with the YAML to add", async () => {
    const { time, server, loop, state } = setUp({}, "auto");
    server.otherwise = { status: 401 };
    loop.start();
    await time.advance(0);
    assert.equal(state.status, "config_error");
    assert.match(state.detail, /auth:\n {6}type: bearer/);
    loop.stop();
  });

  test("that is no LLM server is unhealthy and says what to do, and is never a candidate", async () => {
    const { time, server, loop, state } = setUp({}, "auto");
    server.otherwise = { body: "<html>" };
    loop.start();
    await time.advance(0);
    assert.equal(state.status, "unhealthy");
    assert.match(state.detail, /set type:/);
    assert.equal(isAvailable(state, undefined, time.now), false);
    loop.stop();
  });
});

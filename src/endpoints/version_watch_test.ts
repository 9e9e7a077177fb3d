import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProbeResult } from "./health.ts";
import { Registry } from "./registry.ts";
import { FakeTime, settle, testEndpoint, testProfile } from "./test_support.ts";
import { VersionWatch } from "./version_watch.ts";

const MINUTE = 60_000;
const WELL: ProbeResult = { kind: "answered", status: 200, latencyMs: 7, loading: false, detail: "" };
const GONE: ProbeResult = { kind: "failed", reason: "refused", latencyMs: 7, detail: "refused" };

function setUp() {
  const time = new FakeTime();
  const registry = new Registry({ breaker: { failures: 2, open_for: 1000, half_open_max: 1 } });
  const questions: ((version: string | undefined) => void)[] = [];
  const ask = () => new Promise<string | undefined>((resolve) => questions.push(resolve));
  const watch = new VersionWatch({ registry, ask, timers: time.timers });
  registry.subscribe((event) => watch.onEndpointEvent(event));
  const state = registry.add(testEndpoint(), testProfile("ollama"));
  watch.start();
  const observe = (result: ProbeResult) => registry.observe(state, result, time.now, time.now);
  const answer = async (version: string | undefined) => {
    questions.shift()?.(version);
    await settle();
  };
  /** Out of service: more than one check must fail. */
  const leave = () => Array.from({ length: 5 }, () => observe(GONE));
  return { time, registry, state, questions, watch, observe, answer, leave };
}

describe("The version of a server", () => {
  test("is asked when it comes into service, and every ten minutes while it is there", async () => {
    const { time, state, questions, watch, observe, answer, leave } = setUp();
    await time.advance(11 * MINUTE);
    assert.equal(questions.length, 0);
    observe(WELL);
    await answer("0.1");
    assert.equal(state.version, "0.1");
    await time.advance(10 * MINUTE);
    await answer("0.2");
    assert.equal(state.version, "0.2");
    leave();
    observe(WELL);
    await answer("0.3");
    assert.equal(state.version, "0.3");
    watch.stop();
    await time.advance(20 * MINUTE);
    assert.equal(questions.length + time.pending, 0);
  });

  test("stays when a question fails, and is asked for again", async () => {
    const { time, state, questions, observe, answer } = setUp();
    observe(WELL);
    await answer("0.1");
    await time.advance(10 * MINUTE);
    await answer(undefined);
    assert.equal(state.version, "0.1");
    await time.advance(10 * MINUTE);
    assert.equal(questions.length, 1);
  });

  test("is asked once at a time", async () => {
    const { time, questions, observe } = setUp();
    observe(WELL);
    await time.advance(30 * MINUTE);
    assert.equal(questions.length, 1);
  });

  test("is not what another kind of server said there before", async () => {
    const { registry, state, questions, observe, answer } = setUp();
    observe(WELL);
    await answer("0.1");
    registry.setProfile(state, testProfile("lm-studio"));
    assert.equal(state.version, undefined);
    registry.setProfile(state, testProfile("vllm"));
    await answer("0.1");
    assert.deepEqual([state.version, questions.length], [undefined, 1]);
    await answer("0.9");
    assert.equal(state.version, "0.9");
  });
});

describe("What a server was found not to have", () => {
  test("is remembered while it stays the same, and forgotten with another version, kind, or after a time away", async () => {
    const { time, registry, state, observe, answer, leave } = setUp();
    observe(WELL);
    await answer("0.1");
    const missingAfter = async (change: () => unknown) => {
      registry.reportMissing(state, "messages");
      await change();
      return state.missing.size;
    };
    const nextVersion = async (version: string | undefined) => {
      await time.advance(10 * MINUTE);
      await answer(version);
    };
    const drained = () => [true, false].forEach((draining) => registry.setDraining(state, draining, time.now));
    assert.equal(await missingAfter(() => nextVersion("0.1")), 1);
    assert.equal(await missingAfter(() => nextVersion(undefined)), 1);
    assert.equal(await missingAfter(drained), 1);
    assert.equal(await missingAfter(() => answer("0.1")), 1);
    assert.equal(await missingAfter(() => nextVersion("0.2")), 0);
    assert.equal(await missingAfter(() => registry.setProfile(state, testProfile("vllm"))), 0);
    assert.equal(await missingAfter(() => [...leave(), observe(WELL)]), 0);
  });
});

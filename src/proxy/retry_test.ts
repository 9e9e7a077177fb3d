import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  attemptsOf,
  decideRetry,
  type Effect,
  immediateEffect,
  type Outcome,
  type OutcomeKind,
  settledEffects,
} from "./retry.ts";

/** A history of attempts, each on an endpoint of its own. */
function history(...kinds: OutcomeKind[]): Outcome[] {
  return kinds.map((kind, i) => ({ kind, endpoint: `e${i}` }));
}

describe("decideRetry", () => {
  const cases: [story: string, kinds: OutcomeKind[], decision: string][] = [
    ["an answer is delivered", ["answered"], "deliver"],
    ["a refusal of the client's own key is delivered", ["passed_on"], "deliver"],
    ["refused: another", ["unreachable"], "another"],
    ["no connection in time: another", ["connect_timeout"], "another"],
    ["a quick reset: the same on a new connection", ["reset"], "same_fresh"],
    ["the new connection dies too: another", ["reset", "closed"], "another"],
    ["closed: another", ["closed"], "another"],
    ["two died of it: the request kills backends", ["closed", "closed"], "give_up"],
    ["two died of it, each after a reset", ["reset", "closed", "reset", "closed"], "give_up"],
    ["no headers in time: another", ["header_timeout"], "another"],
    ["two kept silent: no third", ["header_timeout", "header_timeout"], "give_up"],
    ["the probe found it gone: another", ["probe_refused"], "another"],
    ["busy: another", ["busy"], "another"],
    ["502, 503, 504: another", ["gateway"], "another"],
    ["500: another", ["server_error"], "another"],
    ["model missing: another", ["model_missing"], "another"],
    ["credentials refused: another", ["auth"], "another"],
    ["loading: another", ["loading"], "another"],
    ["different failures: on to the third", ["unreachable", "closed"], "another"],
    ["three endpoints tried: the end", ["unreachable", "gateway", "busy"], "give_up"],
    ["a reset is no attempt of its own", ["unreachable", "gateway", "reset"], "same_fresh"],
  ];
  for (const [story, kinds, decision] of cases) {
    test(story, () => assert.equal(decideRetry(history(...kinds), 3).kind, decision));
  }

  test("one attempt means one attempt", () => assert.equal(decideRetry(history("busy"), 1).kind, "give_up"));

  test("it always comes to an end within the limit", () => {
    const failures: OutcomeKind[] = [
      "unreachable",
      "closed",
      "busy",
      "gateway",
      "server_error",
      "auth",
      "header_timeout",
    ];
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...failures)), fc.integer({ min: 1, max: 5 }), (kinds, max) => {
        const past: Outcome[] = [];
        do past.push({ kind: kinds.next().value, endpoint: "e" }); while (decideRetry(past, max).kind === "another");
        assert.ok(attemptsOf(past) <= max);
      }),
    );
  });
});

describe("immediateEffect", () => {
  const cases: [outcome: Partial<Outcome> & { kind: OutcomeKind }, effect: Effect | undefined][] = [
    [{ kind: "answered" }, { kind: "success" }],
    [{ kind: "answered", streaming: true }, { kind: "streaming" }],
    [{ kind: "passed_on" }, undefined],
    [{ kind: "unreachable" }, { kind: "unreachable" }],
    [{ kind: "connect_timeout" }, { kind: "transport_failure" }],
    [{ kind: "header_timeout" }, { kind: "transport_failure" }],
    [{ kind: "reset" }, undefined],
    [{ kind: "closed" }, undefined],
    [{ kind: "probe_refused" }, undefined],
    [{ kind: "busy", retryAfterMs: 7000 }, { kind: "rest", ms: 7000, explicit: true }],
    [{ kind: "busy", retryAfterMs: 3_600_000 }, { kind: "rest", ms: 300_000, explicit: true }],
    [{ kind: "busy" }, { kind: "rest", ms: 5000, explicit: false }],
    [{ kind: "loading" }, { kind: "warming", ms: 5000 }],
    [{ kind: "gateway" }, { kind: "answer_failure" }],
    [{ kind: "server_error" }, undefined],
    [{ kind: "model_missing" }, { kind: "refresh_models" }],
    [{ kind: "auth" }, { kind: "rest", ms: 60_000, explicit: false }],
  ];
  for (const [outcome, effect] of cases) {
    test(JSON.stringify(outcome), () => assert.deepEqual(immediateEffect({ endpoint: "e", ...outcome }), effect));
  }
});

test("an endpoint that failed twice in one request is still the only one to blame", () => {
  const twice = (["closed", "closed"] as const).map((kind) => ({ kind, endpoint: "same" }));
  assert.deepEqual(settledEffects(twice).map((effect) => effect?.kind), ["transport_failure", "transport_failure"]);
});

describe("settledEffects", () => {
  const cases: [story: string, kinds: OutcomeKind[], effects: (Effect["kind"] | undefined)[]][] = [
    ["one that closed is to blame", ["closed", "answered"], ["transport_failure", undefined]],
    ["two that closed are not", ["closed", "closed"], [undefined, undefined]],
    ["one 500 is to blame", ["server_error", "answered"], ["answer_failure", undefined]],
    ["two 500 are the request's fault", ["server_error", "server_error"], [undefined, undefined]],
    ["a sole endpoint's 500 counts", ["server_error"], ["answer_failure"]],
    ["a close and a 500 are two stories", ["closed", "server_error"], ["transport_failure", "answer_failure"]],
    ["a reset that healed is forgotten", ["reset", "answered"], [undefined, undefined]],
  ];
  for (const [story, kinds, effects] of cases) {
    test(story, () => assert.deepEqual(settledEffects(history(...kinds)).map((effect) => effect?.kind), effects));
  }
});

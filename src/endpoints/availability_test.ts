import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAvailable, isCandidate, isLastResort } from "./availability.ts";
import type { ProbeResult } from "./health.ts";
import { Registry } from "./registry.ts";
import type { EndpointState } from "./state.ts";
import { testEndpoint, testProfile } from "./test_support.ts";

const BREAKER = { failures: 2, open_for: 1000, half_open_max: 1 };
const NOW = 10_000;
const GOOD: ProbeResult = { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" };
const LOADING: ProbeResult = { kind: "answered", status: 503, latencyMs: 1, loading: true, detail: "" };
const TIMEOUT: ProbeResult = { kind: "failed", reason: "timeout", latencyMs: 1, detail: "no answer in time" };

function healthy(): { registry: Registry; state: EndpointState } {
  const registry = new Registry({ breaker: BREAKER });
  const state = registry.add(testEndpoint(), testProfile("ollama"));
  registry.observe(state, GOOD, NOW, NOW);
  return { registry, state };
}

/** What was done, then: candidate, available, last resort for model "a"; available for model "b". */
const cases: [string, (registry: Registry, state: EndpointState) => void, [boolean, boolean, boolean, boolean]][] = [
  ["a healthy endpoint", () => {}, [true, true, true, true]],
  ["one that drains", (r, s) => r.setDraining(s, true, NOW), [false, false, false, false]],
  ["one that refused a request", (r, s) => r.reportUnreachable(s, "refused", NOW), [false, false, false, false]],
  ["one whose model list refuses us", (r, s) => r.reportAuthFailure(s, 401, "discovery", NOW), [
    false,
    false,
    false,
    false,
  ]],
  ["one whose last check timed out", (r, s) => r.observe(s, TIMEOUT, NOW, NOW), [true, false, true, false]],
  ["one that is busy streaming", (r, s) => {
    r.reportActivity(s, NOW);
    r.observe(s, TIMEOUT, NOW, NOW);
  }, [true, true, true, true]],
  ["one that says it is loading", (r, s) => r.observe(s, LOADING, NOW, NOW), [true, false, true, false]],
  ["one that loads one model", (r, s) => r.markWarming(s, "a", NOW + 1, NOW), [true, false, true, true]],
  ["one that breaks connections", (r, s) => {
    r.reportTransportFailure(s, NOW);
    r.reportTransportFailure(s, NOW);
  }, [true, false, false, false]],
  ["one that fails one model", (r, s) => {
    r.reportAnswerFailure(s, "a", NOW);
    r.reportAnswerFailure(s, "a", NOW);
  }, [true, false, true, true]],
  ["one where a model rests by our choice", (r, s) => r.rest(s, "a", NOW + 1, false), [true, false, true, true]],
  ["one where a model rests by its own wish", (r, s) => r.rest(s, "a", NOW + 1, true), [true, false, false, true]],
  ["one whose rest is over", (r, s) => r.rest(s, "a", NOW, true), [true, true, true, true]],
];

describe("who gets requests", () => {
  for (const [name, act, expected] of cases) {
    test(name, () => {
      const { registry, state } = healthy();
      act(registry, state);
      assert.deepEqual(
        [
          isCandidate(state),
          isAvailable(state, "a", NOW),
          isLastResort(state, "a", NOW),
          isAvailable(state, "b", NOW),
        ],
        expected,
      );
    });
  }

  test("an endpoint that was never checked, and one of unknown type, get none", () => {
    const registry = new Registry({ breaker: BREAKER });
    const fresh = registry.add(testEndpoint(), testProfile("ollama"));
    assert.deepEqual([isCandidate(fresh), isAvailable(fresh, "a", NOW), isLastResort(fresh, "a", NOW)], [
      false,
      false,
      false,
    ]);
    const untyped = registry.add(testEndpoint({ name: "two" }), undefined);
    registry.observe(untyped, GOOD, NOW, NOW);
    assert.deepEqual([isCandidate(untyped), isAvailable(untyped, "a", NOW), isLastResort(untyped, "a", NOW)], [
      false,
      false,
      false,
    ]);
  });

  test("requests without a model have facts of their own", () => {
    const { registry, state } = healthy();
    registry.rest(state, undefined, NOW + 1, true);
    assert.equal(isAvailable(state, undefined, NOW), false);
    assert.equal(isAvailable(state, "a", NOW), true);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type FailReason,
  type HealthState,
  isCertain,
  isRoutableWord,
  observeProbe,
  type ProbeContext,
  type ProbeResult,
  UNKNOWN_HEALTH,
} from "./health.ts";

function answered(status: number, extra: Partial<ProbeResult & { kind: "answered" }> = {}): ProbeResult {
  return { kind: "answered", status, latencyMs: 5, loading: false, detail: status < 300 ? "" : `${status}`, ...extra };
}

function failed(reason: FailReason): ProbeResult {
  return { kind: "failed", reason, latencyMs: 5, detail: reason };
}

const RESULTS: Record<string, ProbeResult> = {
  ok: answered(200),
  empty: answered(204),
  slow: answered(200, { latencyMs: 12_000 }),
  refused: failed("refused"),
  dns: failed("dns"),
  no_route: failed("no_route"),
  tls: failed("tls"),
  reset: failed("reset"),
  timeout: failed("timeout"),
  other: failed("other"),
  "401": answered(401),
  "403": answered(403),
  "404": answered(404),
  "429": answered(429),
  "302": answered(302),
  "500": answered(500),
  "503": answered(503),
  loading: answered(503, { loading: true }),
};

/** Plays results by name; a trailing `~` says that streams made progress meanwhile. Gives the word after each. */
function words(story: readonly string[], forwardsAuth = false): string[] {
  let state = UNKNOWN_HEALTH;
  return story.map((name) => {
    const result = RESULTS[name.replace("~", "")];
    assert.ok(result, name);
    const step = observeProbe(state, result, { progressing: name.endsWith("~"), forwardsAuth });
    assert.equal(step.flipped, step.next.word !== state.word);
    state = step.next;
    return state.word;
  });
}

describe("stories of checks", () => {
  const cases: [string, string[], string[]][] = [
    ["a good check makes an unknown endpoint healthy", ["ok"], ["healthy"]],
    ["any 2xx is good", ["empty"], ["healthy"]],
    ["a first bad answer needs no confirmation", ["500"], ["unhealthy"]],
    ["a first timeout needs no confirmation", ["timeout"], ["offline"]],
    ["refused is certain", ["ok", "refused"], ["healthy", "offline"]],
    ["a name that is gone is certain", ["ok", "dns"], ["healthy", "offline"]],
    ["no route is certain", ["ok", "no_route"], ["healthy", "offline"]],
    ["a refused certificate is certain", ["ok", "tls"], ["healthy", "offline"]],
    ["only the third timeout in a row counts", ["ok", "timeout", "timeout", "timeout"], [
      "healthy",
      "healthy",
      "healthy",
      "offline",
    ]],
    ["a reset counts like a timeout", ["ok", "reset", "timeout", "other"], [
      "healthy",
      "healthy",
      "healthy",
      "offline",
    ]],
    ["only the third bad status in a row counts", ["ok", "500", "404", "302"], [
      "healthy",
      "healthy",
      "healthy",
      "unhealthy",
    ]],
    ["a good check between breaks the row", ["ok", "500", "500", "ok", "500", "500"], Array(6).fill("healthy")],
    ["the third failure gives the word, whatever the first two were", ["ok", "timeout", "timeout", "500"], [
      "healthy",
      "healthy",
      "healthy",
      "unhealthy",
    ]],
    ["one good check brings it back", ["refused", "ok"], ["offline", "healthy"]],
    ["one good check brings it back from unhealthy", ["500", "ok"], ["unhealthy", "healthy"]],
    [
      "failing in both ways does not swing the word",
      ["500", "timeout", "500", "timeout", "500"],
      Array(5).fill("unhealthy"),
    ],
    ["failing in one way for long changes the word", ["500", "timeout", "timeout", "timeout"], [
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "offline",
    ]],
    ["progress outweighs slow checks", ["ok", "timeout~", "timeout~", "timeout~", "timeout~"], [
      "healthy",
      "busy",
      "busy",
      "busy",
      "busy",
    ]],
    ["without progress the counting begins anew", ["ok", "timeout~", "timeout", "timeout", "timeout"], [
      "healthy",
      "busy",
      "busy",
      "busy",
      "offline",
    ]],
    ["progress does not help against a refusal", ["ok", "refused~"], ["healthy", "offline"]],
    ["progress of old streams does not bring it back", ["refused", "timeout~"], ["offline", "offline"]],
    ["busy ends with a good check", ["ok", "500~", "ok"], ["healthy", "busy", "healthy"]],
    ["a very slow good answer is busy", ["slow"], ["busy"]],
    ["refused credentials are a fault of the config", ["ok", "401", "403", "ok"], [
      "healthy",
      "config_error",
      "config_error",
      "healthy",
    ]],
    ["too many checks is a word of its own", ["ok", "429", "ok"], ["healthy", "rate_limited", "healthy"]],
    ["a loading model is warming, however long", ["ok", "loading", "loading", "loading", "loading", "ok"], [
      "healthy",
      "warming",
      "warming",
      "warming",
      "warming",
      "healthy",
    ]],
    ["a 503 without a word of loading is a failure", ["503"], ["unhealthy"]],
  ];
  for (const [name, story, expected] of cases) {
    test(name, () => assert.deepEqual(words(story), expected));
  }

  test("where clients bring the credentials, a 401 only shows that the server is up", () => {
    assert.deepEqual(words(["401", "403"], true), ["healthy", "healthy"]);
  });

  test("a timeout makes it lag until the next result, progress excuses it", () => {
    const context = { progressing: false, forwardsAuth: false };
    const well = observeProbe(UNKNOWN_HEALTH, answered(200), context).next;
    const late = observeProbe(well, failed("timeout"), context).next;
    assert.equal(late.lagging, true);
    assert.equal(observeProbe(late, answered(200), context).next.lagging, false);
    assert.equal(observeProbe(well, failed("timeout"), { ...context, progressing: true }).next.lagging, false);
    assert.equal(observeProbe(well, answered(500), context).next.lagging, false);
  });
});

test("whatever the checks say, a good word is only taken back for a reason", () => {
  const names = Object.keys(RESULTS);
  const step = fc.record({ name: fc.constantFrom(...names), progressing: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (story) => {
    let state: HealthState = UNKNOWN_HEALTH;
    let badInARow = 0;
    for (const { name, progressing } of story) {
      const result = RESULTS[name];
      assert.ok(result);
      const context: ProbeContext = { progressing, forwardsAuth: false };
      const before = state;
      const frozen = structuredClone(before);
      state = observeProbe(state, result, context).next;
      assert.deepEqual(before, frozen, "the former state must not change");

      const good = result.kind === "answered" && result.status >= 200 && result.status < 300;
      const certain = result.kind === "failed" && isCertain(result.reason);
      const doubtful = ["reset", "timeout", "other", "404", "302", "500", "503"].includes(name);
      badInARow = doubtful || certain ? badInARow + 1 : 0;
      if (doubtful && progressing && isRoutableWord(before.word)) badInARow = 0;

      if (good) assert.ok(state.word === "healthy" || state.word === "busy");
      if (good) assert.deepEqual([state.failures, state.lagging], [0, false]);
      if (certain) assert.equal(state.word, "offline");
      const lost = isRoutableWord(before.word) && (state.word === "offline" || state.word === "unhealthy");
      if (lost && !certain) assert.ok(badInARow >= 3);
      if (lost && !certain) assert.equal(progressing, false);
      if (isRoutableWord(before.word) && doubtful && !progressing && badInARow >= 3) assert.ok(lost);
      assert.notEqual(state.word, "unknown");
    }
  }));
});

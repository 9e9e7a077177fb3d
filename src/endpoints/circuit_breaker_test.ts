import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  breakerAllows,
  breakerFailure,
  breakerHint,
  type BreakerSettings,
  type BreakerState,
  breakerWord,
  CLOSED,
  returnTrial,
  takeTrial,
} from "./circuit_breaker.ts";

const SETTINGS: BreakerSettings = { failures: 3, open_for: 100, half_open_max: 1 };

/** Runs a story: `f` failure, `s` success, `h` hint, `t` trial starts, `r` last trial returns, a number waits. */
function play(story: readonly (string | number)[], settings = SETTINGS): { state: BreakerState; now: number } {
  let state: BreakerState = CLOSED;
  let now = 0;
  let round: number | undefined;
  for (const step of story) {
    if (typeof step === "number") now += step;
    else if (step === "f") state = breakerFailure(state, settings, now);
    else if (step === "s") state = CLOSED;
    else if (step === "h") state = breakerHint(state, settings, now);
    else if (step === "t") ({ state, round } = takeTrial(state, settings, now));
    else if (step === "r" && round !== undefined) state = returnTrial(state, settings, round);
  }
  return { state, now };
}

describe("stories", () => {
  const open = ["f", "f", "f"];
  const cases: [string, (string | number)[], "closed" | "open" | "half_open", boolean][] = [
    ["starts closed", [], "closed", true],
    ["stays closed below the limit", ["f", "f"], "closed", true],
    ["opens at the limit", open, "open", false],
    ["a success breaks the row", ["f", "f", "s", "f", "f"], "closed", true],
    ["stays open until the pause is over", [...open, 99], "open", false],
    ["lets a trial through after the pause", [...open, 100], "half_open", true],
    ["lets only one trial through", [...open, 100, "t"], "half_open", false],
    ["a trial that fails opens it again", [...open, 100, "t", "f"], "open", false],
    ["a trial that succeeds closes it", [...open, 100, "t", "s"], "closed", true],
    ["a trial without a verdict frees its slot", [...open, 100, "t", "r"], "half_open", true],
    ["a trial that never ends blocks for one pause only", [...open, 100, "t", 100], "half_open", true],
    ["a good probe allows a trial at once", [...open, "h"], "half_open", true],
    ["a good probe does not refill the slots", [...open, "h", "t", "h"], "half_open", false],
    ["a good probe does not close it", [...open, "h", "t", "f"], "open", false],
    ["a good probe changes nothing while closed", ["f", "f", "h", "f"], "open", false],
    ["late failures do not prolong the pause", [...open, 99, "f", 1], "half_open", true],
    ["a last resort that fails after the pause opens it again", [...open, 100, "f"], "open", false],
  ];
  for (const [name, story, word, allows] of cases) {
    test(name, () => {
      const { state, now } = play(story);
      assert.equal(breakerWord(state, now), word);
      assert.equal(breakerAllows(state, now), allows);
    });
  }

  test("as many trials as configured run at once", () => {
    const settings = { ...SETTINGS, half_open_max: 2 };
    assert.equal(breakerAllows(play([...open, "h", "t"], settings).state, 0), true);
    assert.equal(breakerAllows(play([...open, "h", "t", "t"], settings).state, 0), false);
  });

  test("a slot of an earlier round is not given back to a later one", () => {
    const { state: first, round } = takeTrial(play([...open, 100]).state, SETTINGS, 100);
    assert.equal(round, 100);
    const reopened = breakerFailure(first, SETTINGS, 110);
    const second = takeTrial(reopened, SETTINGS, 210).state;
    assert.deepEqual(returnTrial(second, SETTINGS, 100), second);
    assert.equal(breakerAllows(second, 210), false);
  });
});

type Command =
  | { do: "fail" | "succeed" | "hint" | "take" }
  | { do: "return"; which: number }
  | { do: "wait"; ms: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Command>({ do: "fail" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "succeed" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "hint" }) },
  { weight: 3, arbitrary: fc.constant<Command>({ do: "take" }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("return" as const), which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 150 }) }) },
);

test("whatever happens, it opens only after a row of failures, never admits too many trials, and is never stuck", () => {
  const settingsArbitrary = fc.record({
    failures: fc.integer({ min: 1, max: 4 }),
    open_for: fc.constant(100),
    half_open_max: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(fc.property(settingsArbitrary, fc.array(command, { maxLength: 60 }), (settings, commands) => {
    let state: BreakerState = CLOSED;
    let now = 1;
    let row = 0;
    let rounds: number[] = [];
    for (const next of commands) {
      // Rounds are told apart by their time, as they are in life.
      now++;
      const before = state;
      const allowed = breakerAllows(state, now);
      switch (next.do) {
        case "fail":
          state = breakerFailure(state, settings, now);
          row++;
          if (before.kind === "closed") assert.equal(state.kind === "open", row >= settings.failures);
          else assert.equal(state.kind, "open");
          break;
        case "succeed":
          state = CLOSED;
          row = 0;
          rounds = [];
          break;
        case "hint":
          state = breakerHint(state, settings, now);
          assert.equal(state.kind, before.kind === "open" ? "half_open" : before.kind);
          break;
        case "take": {
          const taken = takeTrial(state, settings, now);
          state = taken.state;
          assert.equal(taken.round !== undefined, allowed && before.kind !== "closed");
          if (taken.round !== undefined) rounds.push(taken.round);
          break;
        }
        case "return": {
          const [round] = rounds.splice(next.which % Math.max(1, rounds.length), 1);
          if (round !== undefined) state = returnTrial(state, settings, round);
          break;
        }
        case "wait":
          now += next.ms;
      }
      if (state.kind === "closed") assert.ok(state.failures < settings.failures);
      if (state.kind === "half_open") {
        const { since, slotsLeft } = state;
        const running = rounds.filter((round) => round === since).length;
        assert.equal(slotsLeft + running, settings.half_open_max);
      }
      assert.equal(breakerAllows(state, now + settings.open_for), true);
    }
  }));
});

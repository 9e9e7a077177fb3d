import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makePaint, wantsColors } from "./paint.ts";

describe("wantsColors", () => {
  const cases: [name: string, env: Record<string, string>, isTerminal: boolean, expected: boolean][] = [
    ["a terminal gets colours", {}, true, true],
    ["a pipe gets none", {}, false, false],
    ["a dumb terminal gets none", { TERM: "dumb" }, true, false],
    ["NO_COLOR wins over FORCE_COLOR", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["an empty NO_COLOR says nothing", { NO_COLOR: "" }, true, true],
    ["FORCE_COLOR colours a pipe", { FORCE_COLOR: "1" }, false, true],
    ["FORCE_COLOR=0 turns a terminal's colours off", { FORCE_COLOR: "0" }, true, false],
    ["OLLA_FORCE_COLORS=true colours a pipe", { OLLA_FORCE_COLORS: "true" }, false, true],
  ];
  for (const [name, env, isTerminal, expected] of cases) {
    test(name, () => assert.equal(wantsColors(env, isTerminal), expected));
  }
});

test("painting wraps text in codes only when colours are wanted, and never an empty text", () => {
  assert.equal(makePaint(true).red("no"), "\x1b[31mno\x1b[39m");
  assert.equal(makePaint(true).red(""), "");
  assert.equal(makePaint(false).red("no"), "no");
});

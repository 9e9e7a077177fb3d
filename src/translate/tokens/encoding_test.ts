import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { Tiktoken } from "js-tiktoken/lite";
import cl100k from "js-tiktoken/ranks/cl100k_base";
import o200k from "js-tiktoken/ranks/o200k_base";
import { CORPUS } from "./corpus_test_support.ts";
import { emptyTally, type Encoding } from "./encoding.ts";
import type { EncodingName } from "./families.ts";
import { loadEncoding } from "./load_encoding.ts";

const SOURCES = { o200k_base: o200k, cl100k_base: cl100k };

function count(encoding: Encoding, text: string): number {
  const tally = emptyTally();
  for (const _ of encoding.tally(text, tally));
  return tally.tokens;
}

for (const name of ["o200k_base", "cl100k_base"] satisfies EncodingName[]) {
  describe(name, () => {
    let ours: Encoding;
    let theirs: (text: string) => number;
    let pauses = 0;

    before(async () => {
      ours = await loadEncoding(name, () => Promise.resolve(pauses++));
      const tiktoken = new Tiktoken(SOURCES[name]);
      theirs = (text) => tiktoken.encode(text, [], []).length;
    });

    test("lets others run while it is loaded", () => assert.ok(pauses > 20, String(pauses)));

    for (const [kind, text] of Object.entries(CORPUS)) {
      test(`counts ${kind} as tiktoken does`, () => assert.equal(count(ours, text), theirs(text)));
    }

    test("counts any short text as tiktoken does", () => {
      const units = ["grapheme", "binary", "grapheme-ascii"] as const;
      const texts = fc.oneof(...units.map((unit) => fc.string({ unit, maxLength: 40 })));
      fc.assert(fc.property(texts, (text) => assert.equal(count(ours, text), theirs(text))), { numRuns: 300 });
    });

    test("counts prose across the edges of its steps as tiktoken does", () => {
      const text = Object.values(CORPUS).join("\n").slice(0, 20_000);
      const steps = [...ours.tally(text, emptyTally())];
      assert.ok(steps.length >= 3 && steps.every((units) => units <= 8192));
      assert.equal(steps.reduce((sum, units) => sum + units, 0), text.length);
      const difference = Math.abs(count(ours, text) - theirs(text));
      assert.ok(difference <= steps.length, `${difference} off`);
    });

    test("is not held up by a text without an end of word", () => {
      for (const unit of ["a", " ", "漢", "\n", "🎉", "=", "\ud83c"]) {
        const text = unit.repeat(40_000 / unit.length);
        const steps = [...ours.tally(text, emptyTally())];
        assert.ok(steps.every((units) => units <= 8193));
        assert.ok(count(ours, text) > 0 && count(ours, text) <= text.length * 3);
      }
    });

    test("does not split a pair of surrogates between two steps", () => {
      const text = `${"a".repeat(8191)}🎉 b`;
      assert.deepEqual([...ours.tally(text, emptyTally())], [8193, 2]);
    });
  });
}

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { CORPUS, MEASURED, MEASURED_FAMILIES } from "./corpus_test_support.ts";
import { emptyTally, type Encoding } from "./encoding.ts";
import { type EncodingName, FAMILIES, tokensOf } from "./families.ts";
import { loadEncoding } from "./load_encoding.ts";
import { PIECE_CLASSES } from "./piece_class.ts";

const MOST_WRONG = 0.15;
const encodings = new Map<EncodingName, Encoding>();

before(async () => {
  const pause = () => Promise.resolve();
  for (const name of ["o200k_base", "cl100k_base"] as const) encodings.set(name, await loadEncoding(name, pause));
});

for (const [index, family] of MEASURED_FAMILIES.entries()) {
  const facts = FAMILIES[family];
  const isExact = facts.factors === undefined;

  describe(`tokens of ${family}`, () => {
    for (const [kind, text] of Object.entries(CORPUS)) {
      test(`${kind}: ${isExact ? "exact" : "within 15 %"}`, () => {
        const encoding = encodings.get(facts.encoding);
        const expected = MEASURED[kind]?.[index];
        assert.ok(encoding !== undefined && expected !== undefined);
        const tally = emptyTally();
        for (const _ of encoding.tally(text, tally));
        const tokens = tokensOf(tally, facts);
        if (isExact) assert.equal(tokens, expected);
        const error = tokens / expected - 1;
        assert.ok(Math.abs(error) <= MOST_WRONG, `${tokens.toFixed(0)} for ${expected}: ${(error * 100).toFixed(1)} %`);
      });
    }

    test("has a factor for each class", () => {
      if (facts.factors === undefined) return;
      assert.equal(facts.factors.pieces.length, PIECE_CLASSES.length);
      assert.equal(facts.factors.extra.length, PIECE_CLASSES.length);
    });
  });
}

test("every family is measured", () => assert.deepEqual([...MEASURED_FAMILIES].sort(), Object.keys(FAMILIES).sort()));

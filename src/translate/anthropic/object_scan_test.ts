import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { jsonObject } from "./anthropic_test_support.ts";
import { type ObjectScan, SCAN_START, scanObject } from "./object_scan.ts";

/** Where the object ends in all pieces together; undefined when it does not. */
function endOf(pieces: readonly string[]): number | undefined {
  let scan: ObjectScan = SCAN_START;
  let before = 0;
  for (const piece of pieces) {
    const scanned = scanObject(scan, piece);
    if ("end" in scanned) return before + scanned.end;
    scan = scanned;
    before += piece.length;
  }
  return undefined;
}

describe("An object ends", () => {
  const cases: [text: string, end: number | undefined][] = [
    ["{}", 2],
    ['{"a":{"b":[1]}}', 15],
    ['{"a":1}}', 7],
    ['{"a":1} {"a":1}', 7],
    ['{"}":"]"}', 9],
    ['{"a":"\\"}"}', 11],
    ['{"a":"\\\\"}', 10],
    ['{"a":1', undefined],
    ['{"a":"}', undefined],
    ['{"a":"\\"}', undefined],
    ["{", undefined],
  ];
  for (const [text, end] of cases) {
    test(`${text} at ${end}, in one piece and in single characters`, () => {
      assert.equal(endOf([text]), end);
      assert.equal(endOf([...text]), end);
    });
  }

  test("where JSON says, wherever it is cut and whatever follows", () => {
    fc.assert(fc.property(jsonObject, fc.boolean(), fc.string(), fc.nat(), (object, isSpread, after, cut) => {
      const json = JSON.stringify(object, null, isSpread ? 2 : 0);
      const text = json + after;
      const at = cut % (text.length + 1);
      assert.equal(endOf([text.slice(0, at), text.slice(at)]), json.length);
      assert.equal(endOf([json.slice(0, at % json.length)]), undefined);
    }));
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { base36, fnv1a32, fnv1a64 } from "./hash.ts";

describe("fnv1a", () => {
  // From the authors' own test vectors.
  const vectors: [string, number, bigint][] = [
    ["", 0x811c9dc5, 0xcbf29ce484222325n],
    ["a", 0xe40c292c, 0xaf63dc4c8601ec8cn],
    ["foobar", 0xbf9cf968, 0x85944171f73967e8n],
  ];
  for (const [text, narrow, wide] of vectors) {
    test(`hashes ${JSON.stringify(text)} as published`, () => {
      assert.equal(fnv1a32(text), narrow);
      assert.equal(fnv1a64(text), wide);
    });
  }

  test("of 64 bits is what the definition with whole numbers gives", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      let hash = 0xcbf29ce484222325n;
      for (const byte of new TextEncoder().encode(text)) {
        hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      }
      assert.equal(fnv1a64(text), hash);
    }));
  });

  test("works on UTF-8 bytes, not on code units", () => {
    assert.notEqual(fnv1a32("é"), fnv1a32("\u00e9\u0000"));
    assert.equal(
      fnv1a32("é"),
      [0xc3, 0xa9].reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5),
    );
  });

  test("is written in digits and lower-case letters", () => {
    assert.equal(base36(fnv1a32("a")), "1r9wi7g");
    assert.match(base36(fnv1a64("http://localhost:11434")), /^[0-9a-z]+$/);
  });
});

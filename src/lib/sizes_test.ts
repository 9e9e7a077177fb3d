import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatSize, parseSize } from "./sizes.ts";

describe("parseSize", () => {
  const cases: [string, number | undefined][] = [
    ["0", 0],
    ["104857600", 104_857_600],
    ["104_857_600", 104_857_600],
    ["100MB", 104_857_600],
    ["100mb", 104_857_600],
    ["100 MiB", 104_857_600],
    ["100M", 104_857_600],
    ["1KB", 1024],
    ["1.5GB", 1_610_612_736],
    ["2TB", 2_199_023_255_552],
    ["512B", 512],
    ["", undefined],
    ["MB", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["10XB", undefined],
    ["1e6", undefined],
    ["9999999TB", undefined],
  ];
  for (const [text, bytes] of cases) {
    test(`reads ${JSON.stringify(text)} as ${bytes === undefined ? "no size" : `${bytes} bytes`}`, () => {
      assert.equal(parseSize(text), bytes);
    });
  }
});

describe("formatSize", () => {
  test("uses the largest unit that keeps the number whole", () => {
    assert.equal(formatSize(104_857_600), "100MB");
    assert.equal(formatSize(1536), "1536");
    assert.equal(formatSize(1536 * 1024), "1536KB");
    assert.equal(formatSize(0), "0");
  });

  test("writes what parseSize reads back", () => {
    fc.assert(fc.property(fc.nat(), (bytes) => assert.equal(parseSize(formatSize(bytes)), bytes)));
  });
});

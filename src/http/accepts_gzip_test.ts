import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { acceptsGzip } from "./accepts_gzip.ts";

describe("acceptsGzip", () => {
  const cases: [header: string | null, expected: boolean][] = [
    [null, false],
    ["", false],
    ["gzip", true],
    ["GZip", true],
    ["x-gzip", true],
    ["gzip, deflate, br", true],
    ["br;q=1.0, gzip;q=0.5", true],
    ["br ; q=1 , gzip ; Q=0.001", true],
    ["gzip;q=0", false],
    ["gzip;q=0.000", false],
    ["gzip;q=1.000", true],
    ["*", true],
    ["*;q=0.1", true],
    ["*;q=0", false],
    ["gzip;q=0, *", false],
    ["*, gzip;q=0", false],
    ["*;q=0, gzip", true],
    ["identity", false],
    ["identity, br, zstd", false],
    ["gzipped", false],
    ["gzip;q=high", false],
    ["gzip;q=2", false],
    ["gzip;q=-1", false],
    ["gzip;level=9;q=0", false],
    [",,gzip", true],
  ];
  for (const [header, expected] of cases) {
    test(`${JSON.stringify(header)}: ${expected}`, () => assert.equal(acceptsGzip(header), expected));
  }
});

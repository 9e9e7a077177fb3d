import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ClientCount } from "./client_count.ts";

const SEED = 0x5eed;

function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}`);
}

function countOf(clients: Iterable<string>, seed = SEED): number {
  const count = new ClientCount(seed);
  for (const client of clients) count.add(client);
  return count.size;
}

describe("ClientCount", () => {
  test("is 0 before the first client", () => assert.equal(new ClientCount(SEED).size, 0));

  test("is exact up to 64 clients, however often each comes", () => {
    const some = fc.array(fc.constantFrom(...addresses(64), "::1", "fe80::1"), { maxLength: 300 });
    fc.assert(fc.property(some, fc.integer({ min: 0, max: 0xffffffff }), (clients, seed) => {
      const exact = new Set(clients).size;
      if (exact <= 64) assert.equal(countOf(clients, seed), exact);
    }));
  });

  for (const size of [65, 200, 1000, 2600, 5000, 40_000]) {
    test(`is within a tenth for ${size} clients, seen twice each`, () => {
      for (const seed of [SEED, 1, 0xdeadbeef]) {
        const found = countOf([...addresses(size), ...addresses(size)], seed);
        assert.ok(Math.abs(found - size) <= size / 10, `${found} for ${size}`);
      }
    });
  }

  test("does not grow with clients that it has seen, as an estimate too", () => {
    const count = new ClientCount(SEED);
    for (const client of addresses(500)) count.add(client);
    const before = count.size;
    for (const client of addresses(500)) count.add(client);
    assert.equal(count.size, before);
  });
});

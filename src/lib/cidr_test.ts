import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cidrProblem } from "./cidr.ts";

describe("cidrProblem", () => {
  for (const range of ["10.0.0.0/8", "127.0.0.1/32", "0.0.0.0/0", "::1/128", "fd00::/8", "::/0"]) {
    test(`finds no fault with ${range}`, () => assert.equal(cidrProblem(range), undefined));
  }

  const cases: [string, RegExp][] = [
    ["", /range of addresses/],
    ["10.0.0/8", /range of addresses/],
    ["localhost/8", /range of addresses/],
    ["10.0.0.0/33", /from \/0 to \/32/],
    ["::1/129", /from \/0 to \/128/],
    ["10.0.0.0/", /from \/0 to \/32/],
    ["10.0.0.0/8/8", /from \/0 to \/32/],
    ["10.0.0.0/-1", /from \/0 to \/32/],
    ["10.1.2.3", /write 10\.1\.2\.3\/32/],
    ["::1", /write ::1\/128/],
  ];
  for (const [range, fault] of cases) {
    test(`refuses ${JSON.stringify(range)}`, () => assert.match(cidrProblem(range) ?? "", fault));
  }
});

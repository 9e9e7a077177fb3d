import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as v from "valibot";
import {
  boolean,
  cidr,
  duration,
  glob,
  integer,
  list,
  oneOf,
  orDefault,
  section,
  setting,
  size,
  text,
} from "./setting_kinds.ts";

function messages(schema: v.GenericSchema, value: unknown): string[] {
  return v.safeParse(schema, value).issues?.map((issue) => issue.message) ?? [];
}

describe("the kinds of settings", () => {
  const good: [string, v.GenericSchema, string, unknown][] = [
    ["a whole number", integer(0), "40114", 40114],
    ["a whole number with separators", integer(0), "100_000", 100_000],
    ["a hexadecimal number", integer(0), "0x1F", 31],
    ["an octal number", integer(0), "0o17", 15],
    ["a number with leading zeros as decimal", integer(0), "010", 10],
    ["a signed number", integer(-5), "-5", -5],
    ["true", boolean(), "true", true],
    ["Yes", boolean(), "Yes", true],
    ["off", boolean(), "off", false],
    ["a duration", duration(), "1m30s", 90_000],
    ["0 without a unit", duration(), "0", 0],
    ["a size", size(), "100MB", 104_857_600],
    ["a word", oneOf(["info", "warn"]), "WARN", "warn"],
    ["0 as the default", orDefault(duration(), 7), "0", 7],
    ["a range", cidr(), "10.0.0.0/8", "10.0.0.0/8"],
    ["a pattern", glob(), "llama*", "llama*"],
  ];
  for (const [what, schema, given, read] of good) {
    test(`read ${what}`, () => assert.deepEqual(v.parse(schema, given), read));
  }

  const bad: [v.GenericSchema, unknown, string][] = [
    [integer(1, 65535), "65536", "must be a whole number from 1 to 65535"],
    [integer(1), "1.5", "must be a whole number of 1 or more"],
    [integer(0), "", "must be a whole number of 0 or more"],
    [integer(0), "99999999999999999999", "must be a whole number of 0 or more"],
    [integer(0), ["1"], "must be a whole number of 0 or more"],
    [boolean(), "maybe", "must be true or false"],
    [boolean(), null, "must be true or false"],
    [duration(), "30", "must have a unit, such as 30s, 30m or 30ms"],
    [duration(), "1.5", "must have a unit, such as 1.5s, 1.5m or 1.5ms"],
    [duration(), "soon", 'must be a duration such as "30s", "1m30s" or "500ms"'],
    [duration(), "-5s", "must not be negative"],
    [duration({ min: 1000 }), "500ms", "must be at least 1s"],
    [duration(), "9999h", "must be at most 596h (24.8 days)"],
    [size(), "many", 'must be a number of bytes or a size such as "100MB"'],
    [size(), "-1", 'must be a number of bytes or a size such as "100MB"'],
    [size({ max: 10 }), "11", "must be at most 10 bytes"],
    [oneOf(["a", "b", "c"]), "d", 'must be "a", "b" or "c"'],
    [oneOf(["static"]), "dns", 'must be "static"'],
    [list(text()), "a", "must be a list"],
    [list(text()), [null], "must be a text"],
    [glob(), "a*b", 'may have "*" only at its start and its end'],
    [cidr(), "10.0.0.1", "must end in a prefix length: write 10.0.0.1/32 for this one address"],
  ];
  for (const [schema, given, message] of bad) {
    test(`refuse ${JSON.stringify(given)}: it ${message}`, () => assert.deepEqual(messages(schema, given), [message]));
  }

  test("fill in defaults of every depth, for what is left out and for what is left empty", () => {
    const schema = section({ inner: section({ wait: setting(duration(), "5s", "") }, "") }, "");
    for (const given of [undefined, null, {}, { inner: null }, { inner: {} }, { inner: { wait: null } }]) {
      assert.deepEqual(v.parse(schema, given), { inner: { wait: 5000 } });
    }
  });
});

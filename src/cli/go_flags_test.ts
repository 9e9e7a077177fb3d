import assert from "node:assert/strict";
import { test } from "node:test";
import { withTwoDashes } from "./go_flags.ts";

const known = new Set(["config", "version", "validate-config", "port"]);

const cases: [name: string, args: string[], expected: string[]][] = [
  ["a known long name gets its second dash", ["-config", "x.yaml"], ["--config", "x.yaml"]],
  ["so does one with a value in it", ["-port=80", "-validate-config"], ["--port=80", "--validate-config"]],
  ["two dashes stay", ["--config", "x"], ["--config", "x"]],
  ["short flags stay", ["-c", "x", "-h"], ["-c", "x", "-h"]],
  ["a short flag with its value stays", ["-cfile.yaml"], ["-cfile.yaml"]],
  ["a slip of the keyboard too, so that it is refused by its name", ["-confg", "x"], ["--confg", "x"]],
  ["other names stay, to be refused as they were typed", ["-xyz"], ["-xyz"]],
  ["words and what follows -- stay", ["serve", "--", "-config"], ["serve", "--", "-config"]],
];
for (const [name, args, expected] of cases) test(name, () => assert.deepEqual(withTwoDashes(args, known), expected));

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ToolArguments } from "./tool_arguments.ts";

describe("Arguments in pieces", () => {
  const cases: [name: string, pieces: string[], sent: string[], rest: string, isComplete: boolean][] = [
    ["go on as they come", ['{"a"', ":", "1}"], ['{"a"', ":", "1}"], "", true],
    ["go on up to the closing brace", ['{"a":1}}', '{"a":1}'], ['{"a":1}', ""], "", true],
    ["go on without blanks before them", [" ", "\n {", "}"], ["", "{", "}"], "", true],
    ["that break off stay as they are", ['{"a":'], ['{"a":'], "", false],
    ["that never come leave nothing to send", [], [], "", false],
    ["that are blank leave nothing to send", ["", "  "], ["", ""], "", false],
    ["that are null leave nothing to send", ["nu", "ll"], ["", ""], "", false],
    ["that are an object in a string go at the end", ['"{\\"a\\"', ':1}"'], ["", ""], '{"a":1}', false],
    ["that are a list go at the end, wrapped", ["[", "{}", "]"], ["", "", ""], '{"INVALID_JSON":"[{}]"}', false],
    ["that are no JSON go at the end, wrapped", ["ls ", "{}"], ["", ""], '{"INVALID_JSON":"ls {}"}', false],
  ];
  for (const [name, pieces, sent, rest, isComplete] of cases) {
    test(name, () => {
      const args = new ToolArguments();
      assert.deepEqual(pieces.map((piece) => args.add(piece)), sent);
      assert.equal(args.isComplete, isComplete);
      assert.equal(args.rest(), rest);
    });
  }
});

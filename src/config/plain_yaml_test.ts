import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { parsePlainYaml } from "./plain_yaml.ts";
import { parseYaml } from "./yaml_tree.ts";

describe("parsePlainYaml()", () => {
  for (const { file, text } of BUILTIN_PROFILES) {
    test(`reads ${file} as the full parser does`, () => {
      const full = parseYaml(text);
      assert.deepEqual(full.problems, []);
      assert.deepEqual(parsePlainYaml(text), full.root);
    });
  }

  test("reads what the files may hold as the full parser does", () => {
    const text = [
      "# comment",
      "a: x y: z",
      'b: "1.0"',
      "c:",
      '  d: [p, "q", /r]',
      "  e:",
      "    - GET /v1/{x}",
      "    # comment",
      "    - /y",
      "  f: []",
      "",
      "g:",
    ].join("\n").replace("x y: z", "x y");
    assert.deepEqual(parsePlainYaml(text), parseYaml(text).root);
  });

  test("refuses a line that it does not know", () => {
    assert.throws(() => parsePlainYaml("a: x\n| b"), /Cannot read line 2/);
  });
});

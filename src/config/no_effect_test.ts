import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NO_EFFECT, noEffectWarnings } from "./no_effect.ts";
import { fileSchema } from "./schema.ts";
import { schemaAt } from "./schema_shape.ts";
import { report } from "./test_support.ts";

describe("keys without effect", () => {
  test("are accepted and named, with what to do instead", () => {
    assert.deepEqual(report("proxy:\n  engine: sherpa\n  max_retries: 5\n"), [
      "warning: olla.yaml:2:3: proxy.engine has no effect: olla has one engine",
      "warning: olla.yaml:3:3: proxy.max_retries has no effect: set proxy.retry.max_attempts",
    ]);
  });

  for (const key of Object.keys(NO_EFFECT)) {
    test(`${key} is in the schema and found in a file`, () => {
      const parts = key.split(".");
      assert.ok(schemaAt(fileSchema, parts) !== undefined);
      const tree = parts.reduceRight<unknown>((inner, part) => ({ [part]: inner }), "x");
      assert.equal(noEffectWarnings(tree).length, 1);
    });
  }

  test("are not named when they are left out", () =>
    assert.deepEqual(noEffectWarnings({ proxy: { engine: null } }), []));
});

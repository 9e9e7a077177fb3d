import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LONGEST_MODEL_NAME } from "../../lib/model_names.ts";
import { nameOf } from "./fields.ts";

describe("nameOf()", () => {
  test("takes no name that is too long for a request to ask for", () => {
    const longest = "m".repeat(LONGEST_MODEL_NAME);
    assert.equal(LONGEST_MODEL_NAME, 512);
    assert.equal(nameOf(longest), longest);
    assert.equal(nameOf(`${longest}m`), undefined);
    assert.equal(nameOf(`${longest}m`, "short"), "short");
  });
});

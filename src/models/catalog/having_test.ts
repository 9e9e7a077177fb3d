import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatedCapabilities } from "../capability.ts";
import type { ModelEntry } from "../model.ts";
import { modelsHaving } from "./having.ts";

function entry(id: string, ...copies: readonly StatedCapabilities[]): ModelEntry {
  return {
    id,
    names: [id],
    copies: copies.map((capabilities, index) => ({ endpoint: `e${index}`, model: { id, capabilities } })),
    created: 1,
    ownedBy: undefined,
    contextLength: undefined,
  };
}

test("models that can do something are those of which one copy says that it can do all of it", () => {
  const entries = [
    entry("apart", { vision: true }, { tools: true }),
    entry("both", { vision: false }, { vision: true, tools: true }),
    entry("seeing", { vision: true, tools: false }),
    entry("silent", {}),
  ];
  assert.deepEqual(modelsHaving(entries, ["vision"], 3), ["apart", "both", "seeing"]);
  assert.deepEqual(modelsHaving(entries, ["vision"], 2), ["apart", "both"]);
  assert.deepEqual(modelsHaving(entries, ["vision", "tools"], 3), ["both"]);
  assert.deepEqual(modelsHaving(entries, ["embeddings"], 3), []);
});

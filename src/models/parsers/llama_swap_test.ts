import assert from "node:assert/strict";
import { test } from "node:test";
import { parseModelList } from "../parse_list.ts";

test("llama-swap says nothing of a model but its name, other names and a description", () => {
  const entry = { id: "qwen", object: "model", created: 1790000000, owned_by: "llama-swap" };
  const data = [entry, { ...entry, id: "gemma", aliases: ["g3", "gemma"], description: "for letters", name: "Gemma" }];
  assert.deepEqual(parseModelList("llama-swap", { object: "list", data }), [
    { id: "qwen" },
    { id: "gemma", aliases: ["g3"], description: "for letters" },
  ]);
});

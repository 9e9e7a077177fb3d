import assert from "node:assert/strict";
import { test } from "node:test";
import { conversationStore } from "./conversation_store.ts";

test("Conversations are bounded in number and in size, and the least recently used goes first", () => {
  const store = conversationStore(3, 100);
  const kept = () => ["a", "b", "c", "d", "e"].filter((id) => store.get(id) !== undefined).join("");
  for (const id of ["a", "b", "c", "d"]) store.set(id, ["x"]);
  assert.equal(kept(), "bcd");
  store.set("e", ["x".repeat(90)]);
  assert.equal(kept(), "de");
  store.set("a", ["x".repeat(200)]);
  assert.equal(kept(), "de");
});

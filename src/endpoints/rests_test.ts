import assert from "node:assert/strict";
import { test } from "node:test";
import { clearTrouble, isResting, MAX_TROUBLED_MODELS, type ModelFacts, setRest, touchFacts } from "./rests.ts";

function facts(): Map<string, ModelFacts> {
  return new Map();
}

test("a rest ends by itself", () => {
  const entry = touchFacts(facts(), "a");
  setRest(entry, 100, false);
  assert.equal(isResting(entry, 99, false), true);
  assert.equal(isResting(entry, 100, false), false);
});

test("a shorter rest does not end a longer one", () => {
  const entry = touchFacts(facts(), "a");
  setRest(entry, 100, true);
  setRest(entry, 50, true);
  setRest(entry, 60, false);
  assert.deepEqual([entry.restUntil, entry.explicitUntil], [100, 100]);
});

test("only a time that the backend named counts as explicit, however long the other rest is", () => {
  const entry = touchFacts(facts(), "a");
  setRest(entry, 100, false);
  setRest(entry, 50, true);
  assert.equal(isResting(entry, 49, true), true);
  assert.equal(isResting(entry, 50, true), false);
  assert.equal(isResting(entry, 99, false), true);
});

test("a success forgets everything but a time that the backend named", () => {
  const map = facts();
  setRest(touchFacts(map, "a"), 100, false);
  clearTrouble(map, "a", 10);
  assert.equal(map.size, 0);

  const entry = touchFacts(map, "a");
  setRest(entry, 100, false);
  setRest(entry, 50, true);
  entry.breaker = { kind: "open", until: 500 };
  clearTrouble(map, "a", 10);
  assert.deepEqual(map.get("a"), { breaker: { kind: "closed", failures: 0 }, restUntil: 50, explicitUntil: 50 });
  clearTrouble(map, "a", 50);
  assert.equal(map.size, 0);
});

test("endless model names take bounded memory, and the oldest go first", () => {
  const map = facts();
  for (let i = 0; i < MAX_TROUBLED_MODELS; i++) touchFacts(map, `m${i}`);
  touchFacts(map, "m0");
  for (let i = 0; i < 10; i++) touchFacts(map, `new${i}`);
  assert.equal(map.size, MAX_TROUBLED_MODELS);
  assert.ok(map.has("m0"), "used again, so it is young");
  assert.ok(!map.has("m1"));
});

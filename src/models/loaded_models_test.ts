import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LoadedModels } from "./loaded_models.ts";

describe("LoadedModels", () => {
  test("knows what an endpoint last said, and nothing of one that does not say", () => {
    const loaded = new LoadedModels();
    assert.equal(loaded.isLoaded("a", "m"), undefined);
    assert.equal(loaded.set("a", ["n", "m", "m"]), true);
    assert.deepEqual([loaded.isLoaded("a", "m"), loaded.isLoaded("a", "x"), loaded.isLoaded("b", "m")], [
      true,
      false,
      undefined,
    ]);
    assert.deepEqual([loaded.namesOn("a"), loaded.namesOn("b")], [["m", "n"], undefined]);
    loaded.set("a", []);
    assert.equal(loaded.isLoaded("a", "m"), false);
    assert.deepEqual(loaded.namesOn("a"), []);
    loaded.forget("a");
    assert.equal(loaded.isLoaded("a", "m"), undefined);
  });

  test("moves its version exactly when an answer changes", () => {
    const loaded = new LoadedModels();
    const steps: readonly [() => unknown, boolean][] = [
      [() => loaded.forget("a"), false],
      [() => loaded.served("a", "m"), false],
      [() => loaded.set("a", []), true],
      [() => loaded.set("a", []), false],
      [() => loaded.served("a", "m"), true],
      [() => loaded.served("a", "m"), false],
      [() => loaded.set("a", ["m"]), false],
      [() => loaded.set("a", ["m", "n"]), true],
      [() => loaded.set("a", ["n", "m"]), false],
      [() => loaded.set("a", ["n"]), true],
      [() => loaded.forget("a"), true],
    ];
    for (const [index, [step, moves]] of steps.entries()) {
      const before = loaded.version;
      step();
      assert.equal(loaded.version > before, moves, `step ${index}`);
    }
  });

  test("believes a served request only of an endpoint that tells its memory", () => {
    const loaded = new LoadedModels();
    loaded.served("a", "m");
    assert.equal(loaded.isLoaded("a", "m"), undefined);
    loaded.set("a", []);
    loaded.served("a", "m");
    assert.equal(loaded.isLoaded("a", "m"), true);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readLemonadeHealth } from "./lemonade_health.ts";
import { readLlamaSwapRunning } from "./llama_swap_running.ts";
import { readOllamaPs } from "./ollama_ps.ts";

type Reader = (json: unknown) => readonly string[] | undefined;

const READERS: readonly {
  readonly name: string;
  readonly read: Reader;
  readonly cases: readonly [string, unknown, readonly string[] | undefined][];
}[] = [
  {
    name: "readOllamaPs()",
    read: readOllamaPs,
    cases: [
      ["what is loaded", {
        models: [
          { name: "llama3.2:latest", model: "llama3.2:latest", size_vram: 5, expires_at: "2025-06-01T10:05:00Z" },
          { model: "nomic-embed-text:latest" },
        ],
      }, ["llama3.2:latest", "nomic-embed-text:latest"]],
      ["nothing loaded", { models: [] }, []],
      ["nothing loaded, as Go writes it", { models: null }, []],
      ["an entry without a name", { models: [{}, null, 5, { name: "" }, { name: "a" }] }, ["a"]],
      ["another answer", { error: "not found" }, undefined],
    ],
  },
  {
    name: "readLlamaSwapRunning()",
    read: readLlamaSwapRunning,
    cases: [
      ["models in all states", {
        running: ["ready", "starting", "stopping", "stopped", "shutdown"].map((state) => ({
          model: `${state}-model`,
          state,
          cmd: "llama-server --api-key secret",
        })),
      }, ["ready-model", "starting-model"]],
      ["none", { running: [] }, []],
      ["none, as Go writes it", { running: null }, []],
      ["an entry without a state", { running: [{ model: "a" }, 5] }, []],
      ["another answer", [], undefined],
    ],
  },
  {
    name: "readLemonadeHealth()",
    read: readLemonadeHealth,
    cases: [
      ["several models", {
        status: "ok",
        model_loaded: "b",
        all_models_loaded: [{ model_name: "a", type: "llm", recipe: "llamacpp" }, { model_name: "b" }, {}],
      }, ["a", "b"]],
      ["an older server's one model", { status: "ok", model_loaded: "a", checkpoint_loaded: "x/y" }, ["a"]],
      ["none", { status: "ok", model_loaded: null, all_models_loaded: [] }, []],
      ["an older server without a model", { status: "ok", model_loaded: null }, []],
      ["another answer", { status: "ok" }, undefined],
    ],
  },
];

for (const { name, read, cases } of READERS) {
  describe(name, () => {
    for (const [what, json, expected] of cases) {
      test(`reads ${what}`, () => assert.deepEqual(read(json), expected));
    }

    test("takes anything for an answer, and gives only names", () => {
      const key = fc.constantFrom("models", "running", "all_models_loaded", "model_loaded");
      fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), (json) => {
        for (const found of read(json) ?? []) assert.ok(typeof found === "string" && found !== "");
      }));
    });
  });
}

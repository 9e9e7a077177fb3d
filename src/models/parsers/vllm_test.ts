import assert from "node:assert/strict";
import { test } from "node:test";
import { parseModelList } from "../parse_list.ts";

/** An entry as vLLM and its kin write it: the time is that of the answer. */
const CARD = { object: "model", created: 1790000000, root: "org/model", parent: null, permission: [] };

function read(format: string, ...data: object[]) {
  return parseModelList(format, { object: "list", data: data.map((entry) => ({ ...CARD, ...entry })) });
}

test("vLLM: the model, where its weights come from, and an adapter of it, all in memory", () => {
  const models = read(
    "vllm",
    { id: "org/model", owned_by: "vllm", max_model_len: 32768 },
    { id: "served-as", owned_by: "vllm", max_model_len: 32768 },
    { id: "adapter", owned_by: "vllm", root: "/lora/a", parent: "org/model", max_model_len: null },
  );
  assert.deepEqual(models, [
    { id: "org/model", contextLength: 32768, loaded: true },
    { id: "served-as", contextLength: 32768, checkpoint: "org/model", loaded: true },
    { id: "adapter", parent: "org/model", checkpoint: "/lora/a", loaded: true },
  ]);
});

test("SGLang: the same", () => {
  const models = read(
    "sglang",
    { id: "m", root: "m", owned_by: "sglang", max_model_len: 4096 },
    { id: "adapter", owned_by: "sglang", root: "adapter", parent: "m", max_model_len: null },
  );
  assert.deepEqual(models, [
    { id: "m", contextLength: 4096, loaded: true },
    { id: "adapter", parent: "m", loaded: true },
  ]);
});

test("LMDeploy: no context length, and never embeddings", () => {
  assert.deepEqual(read("lmdeploy", { id: "m", root: "m", owned_by: "lmdeploy" }), [
    { id: "m", loaded: true, capabilities: { embeddings: false } },
  ]);
});

for (const format of ["vllm", "sglang", "lmdeploy", "vllm-mlx", "omlx", "llama-swap"]) {
  test(`${format}: another owner is kept, the time of the answer is not`, () => {
    const [model] = read(format, { id: "m", owned_by: "meta" });
    assert.deepEqual([model?.ownedBy, model?.created], ["meta", undefined]);
  });
}

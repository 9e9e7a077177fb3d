import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function read(entry: object, models?: unknown) {
  const data = [{ id: "m", object: "model", created: 1700000000, owned_by: "llamacpp", ...entry }];
  return parseModelList("llamacpp", { ...(models === undefined ? {} : { models }), object: "list", data })[0];
}

describe("the parser of llama-server's list", () => {
  test("reads a server of one model from both of its lists", () => {
    const entry = {
      id: "qwen2.5-vl-7b",
      aliases: ["qwen", "qwen2.5-vl-7b", 7],
      tags: [],
      meta: {
        vocab_type: 2,
        n_vocab: 151936,
        n_ctx: 8192,
        n_ctx_train: 40960,
        n_embd: 4096,
        n_params: 8190735360,
        size: 5027783488,
        ftype: "Q4_K - Medium",
      },
    };
    const twin = {
      name: "qwen2.5-vl-7b",
      size: "",
      digest: "",
      capabilities: ["completion", "multimodal"],
      details: {},
    };
    assert.deepEqual(read(entry, [twin]), {
      id: "qwen2.5-vl-7b",
      format: "gguf",
      aliases: ["qwen"],
      contextLength: 8192,
      sizeBytes: 5027783488,
      parameterSize: "8.2B",
      quantization: "Q4_K_M",
      loaded: true,
      capabilities: { vision: true },
    });
  });

  test("reads an entry of a router", () => {
    const entry = {
      aliases: [],
      status: { value: "unloaded", args: ["llama-server", "--model", "m.gguf"] },
      architecture: { input_modalities: ["text", "image", "audio"], output_modalities: ["text"] },
      source: "models_dir",
    };
    const expected = { id: "m", format: "gguf", loaded: false, capabilities: { vision: true, audio: true } };
    assert.deepEqual(read(entry), expected);
  });

  test("knows a model without projector to be blind and deaf, on a server of one model", () => {
    const only = { name: "m", capabilities: ["completion"] };
    assert.deepEqual(read({ meta: {} }, [only])?.capabilities, { vision: false, audio: false });
    assert.equal(read({ meta: {} }, [{ ...only, name: "other" }])?.capabilities, undefined);
    assert.equal(read({ meta: {} }, [{ name: "m" }])?.capabilities, undefined);
    assert.equal(read({ meta: {} }, "x")?.capabilities, undefined);
  });

  test("takes a router's word for text alone as no denial, since it calls so what it has not fetched yet", () => {
    const architecture = { input_modalities: ["text"] };
    assert.equal(read({ status: { value: "unloaded" }, architecture })?.capabilities, undefined);
  });

  test("sees by a router's arguments what a model is for", () => {
    const forUse = (flag: string) => read({ status: { value: "loaded", args: ["llama-server", flag] } })?.capabilities;
    assert.deepEqual(["--embeddings", "--embedding"].map(forUse), [{ embeddings: true }, { embeddings: true }]);
    assert.deepEqual(["--reranking", "--rerank"].map(forUse), [{ rerank: true }, { rerank: true }]);
    assert.equal(forUse("--jinja"), undefined);
  });

  const memory: [string, object, boolean | undefined][] = [
    ["loaded", { status: { value: "loaded" } }, true],
    ["loading", { status: { value: "loading" } }, false],
    ["sleeping, which gives the memory back", { status: { value: "sleeping" }, meta: { n_ctx: 1 } }, false],
    ["unloaded", { status: { value: "unloaded" } }, false],
    ["failed", { status: { value: "unloaded", failed: true, exit_code: 1 } }, false],
    ["downloading", { status: { value: "downloading" } }, false],
    ["of a server of one model", { meta: { n_ctx: 1 } }, true],
    ["of a server of one model that loads", { meta: null }, false],
    ["of a server that says nothing", { status: { value: 1 } }, undefined],
  ];
  for (const [what, entry, expected] of memory) {
    test(`says whether a model is in memory that is ${what}`, () => assert.equal(read(entry)?.loaded, expected));
  }

  test("falls back to the context that the model was trained with", () => {
    assert.equal(read({ meta: { n_ctx_train: 2048 } })?.contextLength, 2048);
  });

  const sizes: [number, string | undefined][] = [
    [8190735360, "8.2B"],
    [8e9, "8B"],
    [134515008, "135M"],
    [22713728, "22.7M"],
    [1.2e11, "120B"],
    [6.8e11, "680B"],
    [1e9, "1B"],
    [9.9e8, "1B"],
    [0, undefined],
    [17, undefined],
  ];
  for (const [n_params, expected] of sizes) {
    test(`writes ${n_params} parameters as ${expected}`, () => {
      assert.equal(read({ meta: { n_params } })?.parameterSize, expected);
    });
  }

  const types: [unknown, string | undefined][] = [
    ["Q4_K - Medium", "Q4_K_M"],
    ["Q3_K - Small", "Q3_K_S"],
    ["Q3_K - Large", "Q3_K_L"],
    ["Q8_0", "Q8_0"],
    ["all F32", "F32"],
    ["IQ2_XXS - 2.0625 bpw", "IQ2_XXS"],
    ["(guessed) Q4_0", "Q4_0"],
    ["unknown, may not work", undefined],
    ["", undefined],
    [7, undefined],
  ];
  for (const [ftype, expected] of types) {
    test(`writes the weights "${ftype}" as ${expected}`, () => {
      assert.equal(read({ meta: { ftype } })?.quantization, expected);
    });
  }
});

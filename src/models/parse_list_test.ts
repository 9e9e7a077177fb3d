import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MODEL_LIST_FORMATS } from "../config/profile.ts";
import { parseModelList } from "./parse_list.ts";

describe("parseModelList() reads what each server sends", () => {
  test("ollama", () => {
    const list = {
      models: [
        {
          name: "llama3.2:latest",
          model: "llama3.2:latest",
          modified_at: "2024-09-25T10:00:00.5+02:00",
          size: 2019393189,
          digest: "a80c4f17acd5",
          details: {
            parent_model: "",
            format: "gguf",
            family: "llama",
            families: ["llama"],
            parameter_size: "3.2B",
            quantization_level: "Q4_K_M",
          },
          capabilities: ["completion", "tools"],
        },
        { name: "hf.co/user/model:Q8_0", size: 0, details: null },
        { name: "localhost:5000/me/model" },
      ],
    };
    assert.deepEqual(parseModelList("ollama", list), [
      {
        id: "llama3.2:latest",
        aliases: ["llama3.2"],
        sizeBytes: 2019393189,
        digest: "a80c4f17acd5",
        modifiedAt: 1727251200,
        created: 1727251200,
        family: "llama",
        format: "gguf",
        parameterSize: "3.2B",
        quantization: "Q4_K_M",
        capabilities: ["completion", "tools"],
      },
      { id: "hf.co/user/model:Q8_0" },
      { id: "localhost:5000/me/model", aliases: ["localhost:5000/me/model:latest"] },
    ]);
  });

  test("lmstudio", () => {
    const list = {
      object: "list",
      data: [{
        id: "qwen2-vl-7b-instruct",
        object: "model",
        type: "vlm",
        publisher: "mlx-community",
        arch: "qwen2_vl",
        compatibility_type: "mlx",
        quantization: "4bit",
        state: "not-loaded",
        max_context_length: 32768,
      }],
    };
    assert.deepEqual(parseModelList("lmstudio", list), [{
      id: "qwen2-vl-7b-instruct",
      ownedBy: "mlx-community",
      type: "vlm",
      family: "qwen2_vl",
      format: "mlx",
      quantization: "4bit",
      state: "not-loaded",
      contextLength: 32768,
    }]);
  });

  test("lmstudio's newer list", () => {
    const list = {
      models: [
        {
          type: "llm",
          publisher: "google",
          key: "google/gemma-3-4b",
          architecture: "gemma3",
          quantization: { name: "Q4_0", bits_per_weight: 4 },
          size_bytes: 3000,
          params_string: "4B",
          loaded_instances: [{ id: "google/gemma-3-4b" }],
          max_context_length: 131072,
          format: "gguf",
        },
        { key: "idle", loaded_instances: [] },
      ],
    };
    assert.deepEqual(parseModelList("lmstudio", list), [
      {
        id: "google/gemma-3-4b",
        ownedBy: "google",
        type: "llm",
        family: "gemma3",
        format: "gguf",
        quantization: "Q4_0",
        parameterSize: "4B",
        sizeBytes: 3000,
        state: "loaded",
        contextLength: 131072,
      },
      { id: "idle", state: "not-loaded" },
    ]);
  });

  test("openai, as LiteLLM and oMLX send it, wildcards included", () => {
    const list = {
      data: [
        { id: "gpt-4", created: 1677610602, owned_by: "openai", mode: "chat", max_input_tokens: 128000 },
        { id: "openai/*", object: "model", created: 1677610602, owned_by: "openai" },
        { id: "long", created: 1677610602123, context_length: 8192 },
      ],
      object: "list",
    };
    assert.deepEqual(parseModelList("openai", list), [
      { id: "gpt-4", created: 1677610602, ownedBy: "openai", contextLength: 128000, type: "chat" },
      { id: "openai/*", created: 1677610602, ownedBy: "openai" },
      { id: "long", created: 1677610602, contextLength: 8192 },
    ]);
  });

  const cards = [
    ["vllm", "vllm", { max_model_len: 32768, parent: "base" }, { contextLength: 32768, parent: "base" }],
    ["sglang", "sglang", { max_model_len: 4096, parent: null }, { contextLength: 4096 }],
    ["lmdeploy", "lmdeploy", { root: "x", parent: "base" }, { parent: "base" }],
    ["vllm-mlx", "vllm-mlx-embedding", {}, { format: "mlx", type: "embeddings" }],
    ["vllm-mlx", "vllm-mlx-reranker", {}, { format: "mlx", type: "reranker" }],
    ["vllm-mlx", "vllm", {}, { format: "mlx" }],
    ["docker-model-runner", "docker", {}, { format: "gguf" }],
  ] as const;
  for (const [format, self, sent, read] of cards) {
    test(`${format} with owned_by "${self}"`, () => {
      const entry = { id: "org/model", object: "model", created: 1700000000, ...sent };
      const list = {
        object: "list",
        data: [{ ...entry, owned_by: self }, { ...entry, id: "other", owned_by: "meta" }],
      };
      const rest = "type" in read ? { format: "mlx" } : read;
      assert.deepEqual(parseModelList(format, list), [
        { id: "org/model", created: 1700000000, ...read },
        { id: "other", created: 1700000000, ownedBy: "meta", ...rest },
      ]);
    });
  }

  test("llamacpp, from data and not from models", () => {
    const list = {
      models: [{ name: "other", model: "other" }],
      object: "list",
      data: [
        {
          id: "qwen3-8b",
          aliases: ["qwen", "qwen3-8b", 7],
          object: "model",
          created: 1700000000,
          owned_by: "llamacpp",
          meta: { n_ctx: 8192, n_ctx_train: 40960, n_params: 8190735360, size: 5027783488, ftype: "Q4_K - Medium" },
        },
        { id: "train-only", owned_by: "me", meta: { n_ctx_train: 2048 } },
        { id: "in-router-mode", meta: null, status: { value: "unloaded" } },
      ],
    };
    assert.deepEqual(parseModelList("llamacpp", list), [
      {
        id: "qwen3-8b",
        created: 1700000000,
        format: "gguf",
        aliases: ["qwen"],
        contextLength: 8192,
        sizeBytes: 5027783488,
        quantization: "Q4_K - Medium",
      },
      { id: "train-only", ownedBy: "me", format: "gguf", contextLength: 2048 },
      { id: "in-router-mode", format: "gguf", state: "unloaded" },
    ]);
  });

  test("lemonade", () => {
    const list = {
      object: "list",
      data: [
        {
          id: "Qwen2.5-0.5B-Instruct-CPU",
          created: 1744173590,
          object: "model",
          owned_by: "lemonade",
          checkpoint: "amd/Qwen2.5-0.5B-Instruct-quantized_int4-float16-cpu-onnx",
          recipe: "oga-cpu",
          downloaded: true,
          labels: ["reasoning"],
        },
        { id: "gguf", checkpoint: "unsloth/x:Q4", recipe: "llamacpp", downloaded: false },
        { id: "plain", checkpoint: "x", recipe: "other" },
      ],
    };
    assert.deepEqual(parseModelList("lemonade", list), [
      {
        id: "Qwen2.5-0.5B-Instruct-CPU",
        created: 1744173590,
        ownedBy: "amd",
        format: "onnx",
        state: "available",
        capabilities: ["reasoning"],
      },
      { id: "gguf", ownedBy: "unsloth", format: "gguf", state: "not-downloaded" },
      { id: "plain" },
    ]);
  });
});

describe("parseModelList() is lenient", () => {
  const ids = [
    ["an OpenAI list where Ollama's is expected", "ollama", { data: [{ id: "a" }] }, ["a"]],
    ["an Ollama list where OpenAI's is expected", "openai", { models: [{ name: "a:latest" }] }, ["a:latest"]],
    ["an unknown format", "tgi", { data: [{ id: "a" }] }, ["a"]],
    ["a format that is a property of every object", "constructor", { data: [{ id: "a" }] }, ["a"]],
    ["a bare list", "openai", [{ id: "a" }], ["a"]],
    ["a list of names", "openai", { data: ["a", "b"] }, ["a", "b"]],
    ["an empty list that a Go program wrote", "ollama", { models: null }, []],
    ["an empty list of OpenAI's kind that a Go program wrote", "openai", { object: "list", data: null }, []],
    ["a name twice", "openai", { data: [{ id: "a", created: 1 }, { id: "a", created: 2 }] }, ["a"]],
    [
      "entries without a usable name",
      "openai",
      { data: [null, 1, [], {}, { id: "" }, { id: " " }, { id: 5 }, { id: "a\r\nX: y" }, { id: " a" }, { id: "b" }] },
      ["b"],
    ],
    ["a name as long as a book", "openai", { data: [{ id: "x".repeat(2000) }, { id: "b" }] }, ["b"]],
  ] as const;
  for (const [what, format, json, expected] of ids) {
    test(`takes ${what}`, () => {
      assert.deepEqual(parseModelList(format, json).map((model) => model.id), expected);
    });
  }

  for (const json of [null, undefined, 1, "models", {}, { data: {} }, { models: "x" }, { error: "no" }]) {
    test(`throws on ${JSON.stringify(json)}, which holds no list`, () => {
      for (const format of MODEL_LIST_FORMATS) assert.throws(() => parseModelList(format, json), /no model list/);
    });
  }
});

describe("parseModelList() with broken input", () => {
  const keys = [
    "id,name,model,key,created,owned_by,size,digest,modified_at,details,family,families,capabilities,meta,n_ctx,status,value",
    "aliases,quantization,loaded_instances,state,type,max_model_len,parent,checkpoint,recipe,downloaded,labels,__proto__",
  ].join(",").split(",");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false, "", "x", "a/b:latest", ":latest", "*", "2024-01-01T00:00:00Z"),
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("any"), { maxKeys: 6 }),
    ),
  })).any;

  test("never throws but for a missing list, and gives only sound models", () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODEL_LIST_FORMATS), fc.array(value, { maxLength: 4 }), (format, entries) => {
        const models = parseModelList(format, JSON.parse(JSON.stringify({ data: entries, models: entries })));
        assert.equal(new Set(models.map((model) => model.id)).size, models.length);
        for (const model of models) {
          for (const name of [model.id, ...model.aliases ?? []]) assert.match(name, /^\S(?:[^\p{Cc}]*\S)?$/u);
          for (const number of [model.created, model.sizeBytes, model.contextLength, model.modifiedAt]) {
            assert.ok(number === undefined || (Number.isSafeInteger(number) && number > 0));
          }
          assert.ok(Object.values(model).every((field) => field !== undefined));
        }
      }),
      { numRuns: 500 },
    );
  });
});

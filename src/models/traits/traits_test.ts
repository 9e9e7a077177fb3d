import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { loadModelFacts, onlyBuiltInModelFacts } from "../../config/model_facts_load.ts";
import { CAPABILITIES, type StatedCapabilities } from "../capability.ts";
import type { DiscoveredModel } from "../model.ts";
import { createTraits, type ModelTraits, traitsOf } from "./traits.ts";

const builtIn = onlyBuiltInModelFacts();
const of = (model: string | DiscoveredModel): ModelTraits =>
  traitsOf(typeof model === "string" ? { id: model } : model, builtIn());
const uses = (model: string | DiscoveredModel) => of(model).capabilities.join(" ");

/** What a user's `models.yaml` makes of a model. */
function withFile(text: string): (model: DiscoveredModel) => ModelTraits {
  const loaded = loadModelFacts({
    cwd: "/w",
    exists: (path) => path === "/w/models.yaml",
    readFile: () => text,
  });
  assert.deepEqual(loaded.issues, []);
  return createTraits(loaded.facts);
}

describe("families", () => {
  const cases: [model: string | DiscoveredModel, family: string, variant: string | undefined][] = [
    ["llama3.1:8b", "llama", "3.1"],
    ["meta-llama/Llama-3-70b-chat-hf", "llama", "3"],
    ["Meta-Llama-3.1-8B-Instruct", "llama", "3.1"],
    ["together_ai/meta-llama/Llama-3-70b-chat-hf", "llama", "3"],
    ["bedrock/anthropic.claude-3-sonnet", "claude", "3"],
    ["claude-3-5-sonnet-20241022", "claude", "3.5"],
    ["claude-opus-4-20250514", "claude", "4"],
    ["openai/gpt-4o-mini", "gpt", "4o"],
    ["gpt-oss:20b", "gpt-oss", undefined],
    ["o3-mini", "o3", undefined],
    ["mistral:7b", "mistral", undefined],
    ["mistral-large-2411", "mistral", "large"],
    ["mixtral:8x7b", "mixtral", "8x7b"],
    ["devstral:24b", "mistral", undefined],
    ["qwen2.5-coder:32b", "qwen", "2.5"],
    ["deepseek-r1:8b", "deepseek", "r1"],
    ["nvidia/Llama-3.1-Nemotron-70B-Instruct", "nemotron", undefined],
    ["gemma3n:e4b", "gemma", "3n"],
    ["phi-3-mini-128k-instruct", "phi", "3"],
    ["some-tune-of-llama-3.1-8b", "llama", "3.1"],
    ["/models/Qwen2.5-7B-Instruct-Q5_K_M.gguf", "qwen", "2.5"],
    ["/data/llama-3-8b/ggml-model-q4_0.gguf", "llama", "3"],
    ["C:\\models\\phi-4-q4.gguf", "phi", "4"],
    [`/c/models--google--gemma-2-9b/snapshots/${"0123456789abcdef".repeat(2)}`, "gemma", "2"],
    ["my-model", "unknown", undefined],
    ["model", "unknown", undefined],
    // The backend's architecture is its word, but Mistral's models have Llama's.
    [{ id: "my-tune", family: "qwen2" }, "qwen", undefined],
    [{ id: "my-tune", family: "Llama" }, "llama", undefined],
    [{ id: "mistral:7b", family: "llama" }, "mistral", undefined],
    [{ id: "hermes-4-70b", family: "llama" }, "llama", undefined],
    [{ id: "llama3.2:3b", family: "llama" }, "llama", "3.2"],
    [{ id: "my-tune", family: "unheard-of" }, "unheard-of", undefined],
    [{ id: "my-tune", family: "unknown" }, "unknown", undefined],
    // A name that says nothing may stand for one that does.
    [{ id: "default", checkpoint: "unsloth/Qwen3-8B-GGUF:Q4_0" }, "qwen", "3"],
    [{ id: "sql-adapter", parent: "meta-llama/Llama-3.1-8B" }, "llama", "3.1"],
  ];
  for (const [model, family, variant] of cases) {
    test(`${JSON.stringify(model)} is ${family} ${variant ?? ""}`, () => {
      const traits = of(model);
      assert.deepEqual([traits.family, traits.variant], [family, variant]);
    });
  }

  test("every architecture that the Go program knows has the family that it has there", () => {
    const known = {
      phi: "phi3 phi3.5 phi4",
      llama: "llama llama2 llama3 llama3.1 llama3.2 llama3.3 llama4",
      gemma: "gemma gemma2 gemma3 gemma4",
      qwen: "qwen qwen2 qwen2.5 qwen3 qwen3.5 qwen3.6",
      glm: "glm4 glm5 glm4moe glm",
      granite: "granite granitemoe granitehybrid",
      exaone: "exaone exaone4",
      "seed-oss": "seed-oss seed_oss",
      olmo: "olmo olmo2",
      internlm: "internlm internlm2 internlm3",
      smollm: "smollm smollm2 smollm3",
      deepseek: "deepseek2 deepseek3 deepseek4",
    };
    for (const [family, words] of Object.entries(known)) {
      for (const word of words.split(" ")) assert.equal(of({ id: "x", family: word }).family, family, word);
    }
  });

  test("every maker that the Go program knows is the same here, unless the backend names one", () => {
    const makers = {
      meta: "llama-3-8b codellama-7b opt-1.3b",
      google: "gemma-2-9b",
      microsoft: "phi-4",
      mistral: "mistral-7b mixtral-8x7b devstral magistral codestral ministral-8b",
      alibaba: "qwen3-8b",
      "01-ai": "yi-34b",
      deepseek: "deepseek-v3",
      bigcode: "starcoder2-3b",
      tii: "falcon-7b",
      lmsys: "vicuna-13b",
      bigscience: "bloom-7b",
      openai: "gpt2 gpt-oss-20b",
      "zai-org": "glm-4-9b",
      moonshotai: "kimi-k2",
      ibm: "granite-3.3-8b",
      nvidia: "nemotron-70b",
      "lg-ai": "exaone-4-32b",
      tencent: "hunyuan-a13b",
      minimax: "minimax-m2",
      bytedance: "seed-oss-36b",
      allenai: "olmo-2-7b",
      internlm: "internlm3-8b",
      huggingfacetb: "smollm2-135m",
      cohere: "command-r-plus",
      tensorfoundry: "forge-7b",
    };
    for (const [maker, names] of Object.entries(makers)) {
      for (const name of names.split(" ")) assert.equal(of(name).publisher, maker, name);
    }
    assert.equal(of({ id: "llama-3-8b", ownedBy: "acme" }).publisher, "acme");
    assert.equal(of("my-model").publisher, undefined);
  });
});

describe("sizes and quantisations", () => {
  const cases: [
    model: string | DiscoveredModel,
    size: string | undefined,
    count: number | undefined,
    q: string | undefined,
  ][] = [
    [{ id: "x", parameterSize: "8.0B" }, "8b", 8e9, undefined],
    [{ id: "x", parameterSize: "8.03B" }, "8b", 8.03e9, undefined],
    [{ id: "x", parameterSize: "136.73M" }, "137m", 136_730_000, undefined],
    [{ id: "x", parameterSize: "1500M" }, "1.5b", 1.5e9, undefined],
    [{ id: "x", parameterSize: "0.5B" }, "0.5b", 5e8, undefined],
    [{ id: "x", parameterSize: "1T" }, "1000b", 1e12, undefined],
    [{ id: "x", parameterSize: "30B-A3B" }, "30b", 3e10, undefined],
    [{ id: "x", parameterSize: "8x7B" }, "8x7b", undefined, undefined],
    [{ id: "x", parameterSize: "8030261248" }, "8b", 8_030_261_248, undefined],
    [{ id: "llama-3-8b", parameterSize: "large" }, "8b", 8e9, undefined],
    [{ id: "llama-3-8b", parameterSize: "70B" }, "70b", 7e10, undefined],
    // Never the bytes on disk.
    [{ id: "x", sizeBytes: 4_920_000_000 }, undefined, undefined, undefined],
    ["llama3:70b", "70b", 7e10, undefined],
    ["Qwen/Qwen3-30B-A3B", "30b", 3e10, undefined],
    ["qwen2.5:0.5b", "0.5b", 5e8, undefined],
    ["Mixtral-8x7B-Instruct", "8x7b", undefined, undefined],
    ["meta-llama/Llama-4-Scout-17B-16E-Instruct", "17b", undefined, undefined],
    ["glm-4-9b-chat-1m", "9b", 9e9, undefined],
    ["phi-3-mini-128k", undefined, undefined, undefined],
    ["smollm2:135m", "135m", 135e6, undefined],
    ["gpt-4o", undefined, undefined, undefined],
    ["llama3.1:70b-instruct-q4_K_M", "70b", 7e10, "q4km"],
    ["Qwen2.5-7B-Instruct-GPTQ-Int4", "7b", 7e9, "gptq4"],
    ["Qwen2.5-7B-Instruct-AWQ", "7b", 7e9, "awq"],
    ["mlx-community/Llama-3.2-3B-Instruct-4bit", "3b", 3e9, "4bit"],
    ["gpt-oss-120b-mxfp4", "120b", 1.2e11, "mxfp4"],
    ["Meta-Llama-3.1-8B-Instruct-FP8", "8b", 8e9, "fp8"],
    ["model-x-7b.IQ4_XS.gguf", "7b", 7e9, "iq4_xs"],
    ["/data/llama-3-8b/ggml-model-q4_0.gguf", "8b", 8e9, "q4"],
    [{ id: "llama-3-8b-q4_0", quantization: "Q8_0" }, "8b", 8e9, "q8"],
    [{ id: "llama-3-8b-q4_0", quantization: "unknown" }, "8b", 8e9, "q4"],
    [{ id: "x", quantization: "UD-IQ2_M" }, undefined, undefined, "ud-iq2_m"],
  ];
  for (const [model, size, count, quantization] of cases) {
    test(`${JSON.stringify(model)}: ${size} ${quantization}`, () => {
      const traits = of(model);
      assert.deepEqual([traits.parameterSize, traits.parameterCount, traits.quantization], [size, count, quantization]);
    });
  }

  test("every quantisation that the Go program knows is shown as there", () => {
    const known =
      "Q4_K_M q4km Q4_K_S q4ks Q3_K_L q3kl Q3_K_M q3km Q3_K_S q3ks Q5_K_M q5km Q5_K_S q5ks Q6_K q6k Q2_K q2k " +
      "Q4_0 q4 Q4_1 q4_1 Q5_0 q5 Q5_1 q5_1 Q8_0 q8 F16 f16 FP16 f16 F32 f32 FP32 f32 BF16 bf16 GPTQ_4BIT gptq4 " +
      "GPTQ-4BIT gptq4 AWQ_4BIT awq4 AWQ-4BIT awq4 INT8 int8 INT4 int4 Q4_K_XL q4kxl MXFP4 mxfp4 NVFP4 nvfp4";
    for (const [, word = "", shown] of known.matchAll(/(\S+) (\S+)/g)) {
      assert.equal(of({ id: "x", quantization: word }).quantization, shown, word);
      assert.equal(of(`llama-7b-${word}`).quantization, shown, `in a name: ${word}`);
    }
  });
});

describe("what the backend states", () => {
  const cases: [what: string, model: DiscoveredModel, uses: string, type: ModelTraits["type"]][] = [
    [
      "holds against a name that says it can",
      {
        id: "llava:7b",
        capabilities: { vision: false, chat: true },
      },
      "chat",
      "llm",
    ],
    [
      "holds against a name that does not say it",
      { id: "my-model", capabilities: { vision: true } },
      "chat completion vision",
      "vlm",
    ],
    [
      "does not stop the name from telling more",
      { id: "qwen2.5-coder:7b", capabilities: { tools: false } },
      "chat completion code",
      "llm",
    ],
    [
      "makes a model for embeddings none for chat",
      { id: "my-model", capabilities: { embeddings: true } },
      "embeddings",
      "embeddings",
    ],
    ["makes one for texts none for embeddings", { id: "bge-chat", capabilities: { chat: true } }, "chat", "llm"],
    [
      "takes embeddings from a name that promises them",
      { id: "text-embedding-x", capabilities: { embeddings: false } },
      "chat completion",
      "llm",
    ],
    [
      "of sound that goes in leaves a text model one",
      { id: "my-model", capabilities: { audio: true } },
      "chat completion audio",
      "llm",
    ],
    [
      "can be that it is for nothing we have a word for",
      {
        id: "my-model",
        capabilities: { chat: false, completion: false, embeddings: false },
      },
      "",
      "unknown",
    ],
    ["may be its kind: vlm", { id: "my-model", type: "vlm" }, "chat completion vision", "vlm"],
    ["may be its kind: embeddings", { id: "qwen2.5-coder", type: "embeddings" }, "embeddings", "embeddings"],
    ["may be its kind: a word of another program's", { id: "gpt-4", type: "audio_transcription" }, "audio", "audio"],
    ["may be a kind that says nothing", { id: "gpt-4", type: "model" }, "chat tools code", "llm"],
    [
      "as its kind gives way to what it states of words",
      { id: "x", type: "vlm", capabilities: { vision: false } },
      "chat completion",
      "llm",
    ],
    [
      "of its architecture counts when its name says nothing",
      { id: "my-vectors", family: "nomic-bert" },
      "embeddings",
      "embeddings",
    ],
    [
      "of its checkpoint counts before that",
      { id: "m", checkpoint: "BAAI/bge-m3", family: "llama4" },
      "embeddings",
      "embeddings",
    ],
  ];
  for (const [what, model, expected, type] of cases) {
    test(what, () => assert.deepEqual([uses(model), of(model).type], [expected, type]));
  }
});

describe("a models.yaml of the user's", () => {
  const go = withFile(
    readFileSync(fileURLToPath(new URL("../../config/testdata/go_models.yaml", import.meta.url).href), "utf8"),
  );

  test("in the Go program's format has its words read as ours, and the others kept", () => {
    assert.deepEqual(go({ id: "acme-2-coder-math-instruct" }).capabilities, [
      "chat",
      "code",
      "mathematics",
      "problem-solving",
    ]);
    assert.deepEqual(go({ id: "x", type: "vlm" }).capabilities, ["chat", "vision"]);
    assert.deepEqual(go({ id: "x", type: "embedding" }).capabilities, ["embeddings"]);
  });

  test("does not make chat models of those for embeddings by its word instruct", () => {
    assert.deepEqual(go({ id: "intfloat/e5-mistral-7b-instruct" }).capabilities, ["embeddings"]);
  });

  test("tells families, makers and quantisations first", () => {
    const traits = go({ id: "Acme-2.5-7b", quantization: "acme-4", family: "llama" });
    assert.deepEqual([traits.family, traits.variant, traits.publisher, traits.quantization], [
      "acme",
      "2.5",
      "acme-labs",
      "a4",
    ]);
    assert.equal(go({ id: "llama-3-8b", quantization: "Q4_K_M" }).publisher, "meta-ai");
    assert.equal(go({ id: "unnamed" }).family, "unknown");
  });

  test("gives words by context length, at the threshold and above", () => {
    const words = (contextLength: number) =>
      go({ id: "acme-1", contextLength }).capabilities.filter((word) => word.includes("context"));
    assert.deepEqual(words(31_999), []);
    assert.deepEqual(words(32_000), ["extended-context"]);
    assert.deepEqual(words(2_000_000), ["extended-context", "long-context", "ultra-long-context"]);
  });

  test("has the last word with a final pattern", () => {
    const own = "capabilities:\n  name_patterns:\n    - {pattern: ^flux-chat, capabilities: [chat], final: true}\n" +
      "    - {pattern: ^mine, capabilities: [Approved]}\n    - {pattern: ^video, capabilities: [], final: true}\n" +
      "    - {pattern: ^ears, capabilities: [audio]}\n";
    const read = withFile(own);
    assert.deepEqual(read({ id: "flux-chat-7b" }).capabilities, ["chat"]);
    assert.deepEqual(read({ id: "mine-gpt-4" }).capabilities, ["chat", "tools", "code", "approved"]);
    assert.deepEqual(read({ id: "mine-bge-m3" }).capabilities, ["embeddings", "approved"]);
    assert.deepEqual([read({ id: "video" }).capabilities, read({ id: "video" }).type], [[], "unknown"]);
    assert.deepEqual(read({ id: "ears" }).capabilities, ["audio"]);
  });
});

describe("traits of any model", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 40, unit: "binary" }),
    fc.stringMatching(/^[a-z0-9:/._-]{0,30}$/),
    fc.constantFrom("llama3:8b", "bge-m3", "whisper-1", "flux", "gpt-4o", "a/".repeat(2000), "-".repeat(5000)),
  );
  const stated: fc.Arbitrary<StatedCapabilities> = fc.dictionary(fc.constantFrom(...CAPABILITIES), fc.boolean());
  const model: fc.Arbitrary<DiscoveredModel> = fc.record({
    id: word,
    type: word,
    family: word,
    parameterSize: word,
    quantization: word,
    checkpoint: word,
    parent: word,
    capabilities: stated,
    contextLength: fc.nat(),
  }, { requiredKeys: ["id"] });

  test("can be told, are told alike each time, in known words and their order, and never against the backend", () => {
    const remembered = createTraits(builtIn);
    fc.assert(fc.property(model, (model) => {
      const traits = of(model);
      assert.deepEqual(remembered(model), traits);
      assert.deepEqual(remembered({ ...model }), traits);
      const { capabilities } = traits;
      assert.deepEqual(CAPABILITIES.filter((known) => capabilities.includes(known)), capabilities);
      for (const known of CAPABILITIES) {
        if (model.capabilities?.[known] !== undefined) {
          assert.equal(capabilities.includes(known), model.capabilities[known], known);
        }
      }
      const said = model.capabilities ?? {};
      const vectors = capabilities.includes("embeddings") && said.embeddings !== true;
      const chats = capabilities.includes("chat") && said.chat !== true;
      assert.ok(!(vectors && chats), "both embeddings and chat, by name alone");
      assert.notEqual(traits.family, "");
      assert.ok(traits.parameterCount === undefined || Number.isSafeInteger(traits.parameterCount));
    }));
  });

  test("are remembered", () => {
    const remembered = createTraits(builtIn);
    const model = { id: "llama3:8b" };
    assert.equal(remembered(model), remembered(model));
  });
});

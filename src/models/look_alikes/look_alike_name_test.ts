import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lookAlikeName, plainName } from "./look_alike_name.ts";

describe("lookAlikeName()", () => {
  const alike: readonly (readonly [plain: string, ...names: string[]])[] = [
    ["gpt-oss-120b", "gpt-oss:120b", "gpt-oss-120b", "openai/gpt-oss-120b", "GPT_OSS 120B", "gpt-oss-120b-mxfp4.gguf"],
    [
      "llama3.1-8b",
      "llama3.1:8b",
      "Llama-3.1-8B",
      "meta-llama/Llama-3.1-8B-Q4_K_M",
      "models\\llama-3.1-8b.Q4_K_M.gguf",
    ],
    ["qwen3-8b", "Qwen/Qwen3-8B", "qwen3:8b", "qwen3-8b-mlx-4bit", "Qwen3-8B-AWQ", "unsloth/qwen3-8b-UD-Q4_K_XL"],
    ["llama3", "llama3", "llama3:latest", "LLAMA3"],
    ["mixtral-8x7b", "mixtral:8x7b", "/models/Mixtral-8x7B-Q8_0-00001-of-00002.gguf", "mixtral-8x7b-gptq"],
    ["phi-4", "phi-4", "phi4"],
  ];
  for (const [plain, ...names] of alike) {
    test(`${names.join(", ")} look alike`, () => {
      assert.equal(new Set(names.map((name) => lookAlikeName(name).key)).size, 1);
      assert.ok(names.map(plainName).includes(plain), names.map(plainName).join());
    });
  }

  const different: readonly (readonly [a: string, b: string])[] = [
    ["llama3.1:8b", "llama3.1:70b"],
    ["qwen3:8b", "qwen3-8b-instruct"],
    ["llama3:18b", "llama3.1:8b"],
    ["qwen3:8b", "qwen:38b"],
    ["gemma3:4b", "gemma3n:4b"],
    ["deepseek-r1", "deepseek-v3"],
    ["text-embedding-3-small", "text-embedding-3-large"],
    ["q4", "q8"],
  ];
  for (const [a, b] of different) {
    test(`${a} and ${b} differ`, () => assert.notEqual(lookAlikeName(a).key, lookAlikeName(b).key));
  }

  const quantizations: readonly (readonly [name: string, quantization: string])[] = [
    ["m", ""],
    ["m-q4_K_M", "q4km"],
    ["m:q4_0", "q40"],
    ["m-IQ2_XXS.gguf", "iq2xxs"],
    ["m.Q8_0.gguf", "q80"],
    ["m-gguf", ""],
    ["m-mlx-4bit", "4bit"],
    ["m-4-bit", "4bit"],
    ["m-FP8", "fp8"],
    ["m-GPTQ-Int4", "gptq-int4"],
    ["m-w4a16", "w4a16"],
    ["m-3.5bpw", "35bpw"],
    ["m-8b", ""],
    ["m-instruct", ""],
  ];
  for (const [name, quantization] of quantizations) {
    test(`${name} names ${quantization === "" ? "no quantisation" : quantization}`, () => {
      assert.equal(lookAlikeName(name).quantization, quantization);
    });
  }

  test("a name without letters or digits tells nothing", () => {
    for (const name of ["", "/", "models/", "::", "-"]) assert.equal(lookAlikeName(name).key, "");
  });

  test("names of any length take no time", () => {
    const started = performance.now();
    for (const filler of ["-q4_k", "a", "/", "1."]) lookAlikeName(filler.repeat(200_000));
    assert.ok(performance.now() - started < 1000);
  });
});

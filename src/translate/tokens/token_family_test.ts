import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tokenFamily } from "./token_family.ts";

const cases: [name: string, family: string][] = [
  ["gpt-oss:20b", "o200k_base"],
  ["openai/gpt-oss-120b", "o200k_base"],
  ["gpt-4o-mini", "o200k_base"],
  ["gpt-4.1", "o200k_base"],
  ["azure/gpt-5.1-codex", "o200k_base"],
  ["o3-mini", "o200k_base"],
  ["openai/o1", "o200k_base"],
  ["gpt-4-turbo", "cl100k_base"],
  ["gpt-3.5-turbo", "cl100k_base"],
  ["text-embedding-3-small", "cl100k_base"],
  ["llama3.1:8b", "llama3"],
  ["meta-llama/Llama-3.3-70B-Instruct", "llama3"],
  ["Meta-Llama-3-8B", "llama3"],
  ["llama4:scout", "other"],
  ["llama2:7b", "sentencepiece"],
  ["codellama", "sentencepiece"],
  ["mixtral:8x7b", "sentencepiece"],
  ["mistralai/Mistral-7B-Instruct-v0.3", "sentencepiece"],
  ["mistral-small3.1", "mistral"],
  ["mistral-nemo", "mistral"],
  ["devstral:24b", "mistral"],
  ["Qwen/Qwen3-Coder-30B", "qwen"],
  ["qwq:32b", "qwen"],
  ["deepseek-r1:671b", "deepseek"],
  ["deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "llama3"],
  ["deepseek-r1-distill-qwen-7b", "qwen"],
  ["gemma3:27b", "gemma"],
  ["gemini-2.5-pro", "gemma"],
  ["anthropic/claude-sonnet-4.5", "claude"],
  ["phi4", "other"],
  ["command-r", "other"],
  ["demo3", "other"],
  ["", "other"],
];

describe("the family of a model", () => {
  for (const [name, family] of cases) test(`${name} is ${family}`, () => assert.equal(tokenFamily(name), family));

  test("is that of its architecture where the name says nothing", () => {
    assert.equal(tokenFamily("my-own-model", undefined, "qwen3moe"), "qwen");
    assert.equal(tokenFamily("my-gemma", "llama"), "gemma");
    assert.equal(tokenFamily(), "other");
  });

  test("a name of a megabyte costs nothing", () => assert.equal(tokenFamily("x".repeat(1_000_000) + "qwen"), "other"));
});

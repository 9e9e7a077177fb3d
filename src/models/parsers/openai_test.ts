import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DiscoveredModel } from "../model.ts";
import { parseModelList } from "../parse_list.ts";

function read(entry: object): Partial<DiscoveredModel> {
  const [model] = parseModelList("openai", { object: "list", data: [{ id: "m", object: "model", ...entry }] });
  assert.ok(model);
  const { id: _, ...rest } = model;
  return rest;
}

describe("the parser of OpenAI-style lists reads what providers add", () => {
  const entries: [string, object, Partial<DiscoveredModel>][] = [
    ["OpenAI", { created: 1686935002, owned_by: "system" }, { created: 1686935002, ownedBy: "system" }],
    ["a time in milliseconds", { created: 1677610602123 }, { created: 1677610602 }],
    ["Anthropic", { type: "model", display_name: "Claude", created_at: "2025-05-22T00:00:00Z" }, {
      created: 1747872000,
    }],
    [
      "Groq",
      { owned_by: "Meta", active: true, context_window: 131072, public_apps: null, max_completion_tokens: 32768 },
      { ownedBy: "Meta", contextLength: 131072, maxOutputTokens: 32768 },
    ],
    [
      "OpenRouter",
      {
        hugging_face_id: "meta-llama/Llama-3.2-11B-Vision-Instruct",
        description: "sees",
        context_length: 131072,
        architecture: {
          modality: "text+image->text",
          input_modalities: ["text", "image"],
          output_modalities: ["text"],
        },
        pricing: { prompt: "0.000000049", completion: "0.00000005", request: "0", image: "0.00007948" },
        top_provider: { context_length: 131072, max_completion_tokens: 16384, is_moderated: false },
        supported_parameters: ["max_tokens", "tools", "reasoning", "temperature"],
      },
      {
        checkpoint: "meta-llama/Llama-3.2-11B-Vision-Instruct",
        description: "sees",
        contextLength: 131072,
        maxOutputTokens: 16384,
        inputCostPerToken: 4.9e-8,
        outputCostPerToken: 5e-8,
        capabilities: { vision: true, tools: true, reasoning: true },
      },
    ],
    [
      "OpenRouter, free, text alone, without tools",
      {
        architecture: { input_modalities: ["text"], output_modalities: ["text"] },
        pricing: { prompt: "0", completion: "0" },
        supported_parameters: ["temperature"],
      },
      { inputCostPerToken: 0, outputCostPerToken: 0, capabilities: { vision: false, tools: false } },
    ],
    ["OpenRouter, where the price varies", { pricing: { prompt: "-1", completion: "-1" } }, {}],
    [
      "an older OpenRouter",
      { architecture: { modality: "text+image->text", instruct_type: null } },
      { capabilities: { vision: true } },
    ],
    [
      "OpenRouter's image models",
      { architecture: { input_modalities: ["text", "image"], output_modalities: ["image"] } },
      { capabilities: { vision: true, image: true, chat: false, tools: false } },
    ],
    [
      "OpenRouter's embedding models",
      { architecture: { input_modalities: ["text"], output_modalities: ["embeddings"] } },
      { capabilities: { vision: false, embeddings: true, chat: false, tools: false } },
    ],
    [
      "providers behind OpenRouter",
      {
        input_modalities: ["text"],
        output_modalities: ["text"],
        quantization: "fp8",
        max_output_length: 8192,
        supported_features: ["tools", "json_mode", "reasoning"],
      },
      { quantization: "fp8", maxOutputTokens: 8192, capabilities: { vision: false, tools: true, reasoning: true } },
    ],
    [
      "Mistral",
      {
        owned_by: "mistralai",
        capabilities: { completion_chat: true, completion_fim: false, function_calling: true, vision: false },
        aliases: ["mistral-latest", "m"],
        max_context_length: 131072,
        type: "base",
      },
      {
        ownedBy: "mistralai",
        aliases: ["mistral-latest"],
        contextLength: 131072,
        capabilities: { chat: true, tools: true, vision: false },
      },
    ],
    [
      "Mistral's embedding model",
      { capabilities: { completion_chat: false, function_calling: false, vision: false } },
      { capabilities: { chat: false, tools: false, vision: false } },
    ],
    [
      "Together's chat models",
      { type: "chat", context_length: 8192, pricing: { hourly: 0, input: 0.3, output: 0.3 } },
      {
        type: "chat",
        contextLength: 8192,
        capabilities: { chat: true },
      },
    ],
    ["Together's embedding models", { type: "embedding" }, {
      type: "embedding",
      capabilities: { chat: false, completion: false, tools: false, vision: false, embeddings: true },
    }],
    ["Together's rerankers", { type: "rerank" }, {
      type: "rerank",
      capabilities: { chat: false, completion: false, tools: false, vision: false, embeddings: false, rerank: true },
    }],
    ["Together's image models", { type: "image" }, {
      type: "image",
      capabilities: { chat: false, completion: false, tools: false, embeddings: false, image: true },
    }],
    [
      "Fireworks",
      { kind: "HF_BASE_MODEL", supports_chat: true, supports_image_input: false, supports_tools: false },
      { capabilities: { chat: true, vision: false, tools: false } },
    ],
    ["words for abilities", { capabilities: ["Vision", "tool_use", "chat-completion", "flying"] }, {
      capabilities: { vision: true, tools: true, chat: true },
    }],
    ["a gateway before vLLM", { root: "org/weights", parent: "base", owned_by: "vllm", max_model_len: 4096 }, {
      checkpoint: "org/weights",
      parent: "base",
      ownedBy: "vllm",
      contextLength: 4096,
    }],
    ["root and parent that are the model itself", { root: "m", parent: "m" }, {}],
    ["two that differ: it is better tried than refused", { supports_vision: false, capabilities: ["vision"] }, {
      capabilities: { vision: true },
    }],
  ];
  for (const [what, entry, model] of entries) {
    test(what, () => {
      assert.deepEqual(read(entry), model);
    });
  }
});

describe("the parser of OpenAI-style lists leaves what it cannot be sure of", () => {
  const entries: [string, object][] = [
    ["a type that is no kind", { type: "constructor" }],
    ["flags that are no booleans", { capabilities: { vision: "yes", function_calling: 1 }, supports_tools: null }],
    ["prices for a million tokens, or in no currency", { pricing: { input: 0.3, output: 0.3, prompt: 0.3 } }],
    ["prices that are none", { pricing: { prompt: "", completion: "free" }, input_cost_per_token: -1 }],
    ["empty lists", {
      supported_parameters: [],
      architecture: { input_modalities: [] },
      aliases: [],
      capabilities: [],
    }],
    ["blank texts", { description: " ", root: "", parent: "", owned_by: "", hugging_face_id: "" }],
  ];
  for (const [what, entry] of entries) {
    test(what, () => {
      assert.deepEqual(read(entry), {});
    });
  }
});

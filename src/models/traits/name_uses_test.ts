import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onlyBuiltInModelFacts } from "../../config/model_facts_load.ts";
import { traitsOf } from "./traits.ts";

const facts = onlyBuiltInModelFacts();
const uses = (id: string) => traitsOf({ id }, facts()).capabilities;
const words = (names: string) => names.trim().split(/\s+/);

describe("the models that users of LiteLLM are promised to find", () => {
  const chat = words(
    `gpt-4 gpt-3.5-turbo openai/gpt-4 azure/gpt-35-turbo claude-3-opus-20240229 claude-3-sonnet-20240229
    claude-3-haiku-20240307 anthropic/claude-3-opus-20240229 bedrock/anthropic.claude-3-sonnet gemini-pro gemini/gemini-pro
    vertex_ai/gemini-pro together_ai/meta-llama/Llama-3-70b-chat-hf groq/llama3-70b-8192 replicate/meta/meta-llama-3-8b
    mistral-large mistral/mistral-small-latest mixtral-8x7b together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1`,
  );
  const embeddings = words(`text-embedding-ada-002 openai/text-embedding-3-small azure/text-embedding-ada-002 voyage-3
    voyage/voyage-3 voyage/voyage-code-3 embed-english-v3.0 cohere/embed-english-v3.0 embed-multilingual-v3.0
    amazon.titan-embed-text-v1 bedrock/amazon.titan-embed-text-v1 bedrock/amazon.titan-embed-image-v1`);
  const vision = words(`gpt-4-vision-preview openai/gpt-4-vision-preview claude-3-opus-20240229 claude-3-haiku-20240307
    anthropic/claude-3-opus-20240229 bedrock/anthropic.claude-3-sonnet gemini-pro-vision vertex_ai/gemini-pro-vision`);
  const code = words(`gpt-4 openai/gpt-4-turbo claude-3-opus-20240229 anthropic/claude-3-sonnet-20240229
    bedrock/anthropic.claude-3-sonnet codellama together_ai/codellama/CodeLlama-34b-Instruct-hf
    replicate/meta/codellama-70b-instruct together_ai/deepseek-ai/deepseek-coder-33b-instruct deepseek-coder`);

  for (const [use, names] of Object.entries({ chat, embeddings, vision, code })) {
    for (const name of names) test(`${name}: ${use}`, () => assert.ok(uses(name).includes(use), uses(name).join(" ")));
  }

  for (const name of embeddings) {
    test(`${name}: not chat`, () => assert.equal(uses(name).filter((use) => use !== "vision").join(), "embeddings"));
  }
});

describe("what other names tell", () => {
  const cases: [uses: string, names: string][] = [
    ["chat completion", "llama3:8b llama2 vicuna:13b my-model decoder-7b encoder-x zephyr:7b gemma2:9b gemma3:1b phi4"],
    ["completion", "gpt-3.5-turbo-instruct davinci-002 babbage-002 gpt2 pythia-160m mistral-7b-base llama-3.1-8b-base"],
    ["chat tools", "gpt-3.5-turbo grok-3"],
    ["chat tools code", "gpt-4 gpt-4-0613 gpt-4-turbo-preview gpt-4-1106-preview gemini-pro"],
    [
      "chat vision tools code",
      "gpt-4o gpt-4o-mini chatgpt-4o-latest gpt-4.1-nano gpt-4-turbo gpt-5-chat-latest claude-3-5-haiku",
    ],
    [
      "chat vision tools code reasoning",
      "gpt-5 gpt-5.2 openai/gpt-5-mini o1 o3 o4-mini openai/o3-pro claude-3-7-sonnet claude-sonnet-4-5 us.anthropic.claude-opus-4-1-20250805-v1:0 grok-4",
    ],
    ["chat code reasoning", "o1-mini o1-preview"],
    ["chat tools code reasoning", "o3-mini grok-code-fast-1"],
    [
      "chat completion tools code reasoning",
      "gpt-oss:20b openai/gpt-oss-120b deepseek-r1:8b deepseek-reasoner glm-4.6 glm-5 minimax-m2",
    ],
    ["chat", "claude-2.1 claude-instant-1.2 perplexity/sonar"],
    ["chat vision", "gemini-pro-vision"],
    ["chat vision tools code reasoning audio", "gemini-2.5-pro gemini-3-flash-preview"],
    [
      "chat completion tools",
      "llama3.1:8b llama3.3:70b mistral:7b mistral-nemo mixtral:8x22b qwen2.5:7b qwen3-30b-a3b-instruct-2507 command-r-plus lfm2:1.2b",
    ],
    [
      "chat completion vision",
      "llava:13b bakllava moondream minicpm-v:8b gemma3:4b gemma3 google/gemma-3-27b-it phi3.5-vision internvl3-8b smolvlm deepseek-ocr",
    ],
    [
      "chat completion vision tools",
      "llama3.2-vision:11b meta-llama/Llama-3.2-90B-Vision-Instruct pixtral-12b Qwen/Qwen2.5-VL-7B-Instruct mistral-small3.2",
    ],
    ["chat completion vision tools code", "llama4:16x17b meta-llama/Llama-4-Maverick-17B-128E"],
    ["chat completion vision audio", "phi-4-multimodal-instruct qwen2.5-omni-7b Qwen/Qwen3-Omni-30B-A3B gemma3n:e4b"],
    ["chat completion vision tools reasoning", "qwen3-vl:8b"],
    ["chat completion vision reasoning", "qvq-72b"],
    [
      "chat completion code",
      "codellama:7b starcoder2:3b codegemma codestral:22b deepseek-coder:6.7b yi-coder opencoder",
    ],
    ["chat completion tools code", "qwen2.5-coder:32b qwen3-coder:30b devstral:24b deepseek-v3 kimi-k2 granite3.3:8b"],
    ["chat completion tools reasoning", "qwen3:8b qwq:32b magistral:24b seed-oss:36b exaone4:32b smollm3:3b"],
    ["chat completion reasoning", "phi4-reasoning olmo-3:32b-think marco-o1"],
    ["chat completion audio", "voxtral-mini-3b ultravox qwen2-audio"],
    ["chat tools audio", "gpt-4o-audio-preview gpt-4o-realtime-preview gpt-realtime"],
    ["chat vision image", "gemini-2.5-flash-image"],
    [
      "audio",
      "whisper-1 whisper-large-v3 Systran/faster-whisper-small tts-1-hd gpt-4o-transcribe gpt-4o-mini-tts kokoro qwen3-tts parakeet-tdt-0.6b gemini-2.5-flash-preview-tts",
    ],
    [
      "image",
      "flux.1-dev black-forest-labs/FLUX.1-schnell sdxl-turbo stabilityai/stable-diffusion-xl-base-1.0 dall-e-3 gpt-image-1 imagen-4.0-generate-001 qwen-image grok-2-image",
    ],
    [
      "rerank",
      "bge-reranker-v2-m3 jinaai/jina-reranker-v2-base-multilingual rerank-english-v3.0 cohere/rerank-v3.5 voyage/rerank-2 Qwen/Qwen3-Reranker-8B",
    ],
    [
      "embeddings",
      "text-embedding-3-large nomic-embed-text mxbai-embed-large bge-m3 BAAI/bge-large-en-v1.5 intfloat/e5-mistral-7b-instruct intfloat/multilingual-e5-large gte-qwen2-7b snowflake-arctic-embed:33m all-minilm:22m sentence-transformers/all-MiniLM-L6-v2 jina-embeddings-v3 qwen3-embedding:0.6b embeddinggemma:300m codestral-embed mistral-embed gemini-embedding-001 bert-base-uncased",
    ],
    ["embeddings vision", "voyage-multimodal-3 jina-embeddings-v4"],
    ["", "sora-2 veo-3.0-generate omni-moderation-latest text-moderation-latest"],
  ];
  for (const [expected, names] of cases) {
    for (const name of words(names)) {
      test(`${name}: ${expected || "none of the words"}`, () =>
        assert.deepEqual(uses(name), words(expected).filter((w) => w)));
    }
  }
});

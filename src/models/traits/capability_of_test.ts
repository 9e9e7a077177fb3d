import assert from "node:assert/strict";
import { test } from "node:test";
import { CAPABILITIES } from "../capability.ts";
import { capabilityOf } from "./capability_of.ts";

test("each capability is its own word, and older words mean one", () => {
  for (const capability of CAPABILITIES) assert.equal(capabilityOf(capability), capability);
  const cases = {
    chat: ["Chat", "text_generation", "text-generation", "instruction-following"],
    completion: ["completions"],
    embeddings: ["embedding", "vector_search", "Vector Search"],
    vision: ["multimodal", "image-understanding"],
    tools: ["function_calling", "tool_use"],
    code: ["code-generation", "programming", "code-completion"],
    reasoning: ["logic", "thinking"],
    audio: ["transcription"],
    image: ["image_generation"],
    rerank: ["reranking"],
  };
  for (const [capability, words] of Object.entries(cases)) {
    for (const word of words) assert.equal(capabilityOf(word), capability, word);
  }
});

test("other words mean none", () => {
  for (const word of ["", "mathematics", "constructor", "__proto__", "long-context"]) {
    assert.equal(capabilityOf(word), undefined, word);
  }
});

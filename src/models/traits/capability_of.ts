import { foldWord } from "../../config/model_facts.ts";
import type { Capability } from "../capability.ts";

/** Other words for each capability: those of the Go program, and what people write. Folded by `foldWord`. */
const SYNONYMS: Readonly<Record<Capability, readonly string[]>> = {
  chat: ["chats", "chat-completion", "chat-completions", "text-generation", "instruction-following", "conversational"],
  completion: ["completions", "text-completion", "text-completions"],
  embeddings: ["embedding", "embed", "text-embedding", "text-embeddings", "vector-search", "semantic-search"],
  vision: ["multimodal", "image-understanding", "image-input", "vlm"],
  tools: ["tool", "tool-use", "tool-calling", "tool-calls", "function-calling", "functions"],
  code: ["coding", "coder", "code-generation", "code-completion", "programming"],
  reasoning: ["reason", "thinking", "logic"],
  audio: ["speech", "transcription", "speech-to-text", "text-to-speech", "tts", "stt"],
  image: ["images", "image-generation", "text-to-image"],
  rerank: ["reranking", "reranker", "re-rank"],
};

const BY_WORD: ReadonlyMap<string, Capability> = new Map(
  Object.entries(SYNONYMS).flatMap(([capability, words]) =>
    [capability, ...words].map((word) => [word, capability as Capability])
  ),
);

/** The capability that a word means, in whatever case and with `-`, `_` or spaces; undefined for none. */
export function capabilityOf(word: string): Capability | undefined {
  return BY_WORD.get(foldWord(word));
}

import type { Capability, StatedCapabilities } from "../capability.ts";
import { type JsonObject, objectOf, textsOf } from "./fields.ts";

/** The words that servers have for one ability, wherever they say it. Words that mean different things are left out. */
const WORDS: Readonly<Record<string, Capability>> = {
  chat: "chat",
  chat_completion: "chat",
  chat_completions: "chat",
  completion_chat: "chat",
  vision: "vision",
  image_input: "vision",
  tools: "tools",
  tool_use: "tools",
  tool_calling: "tools",
  tool_calls: "tools",
  function_calling: "tools",
  trained_for_tool_use: "tools",
  embedding: "embeddings",
  embeddings: "embeddings",
  reasoning: "reasoning",
  thinking: "reasoning",
  code: "code",
  coding: "code",
  audio: "audio",
  audio_input: "audio",
  audio_transcription: "audio",
  transcription: "audio",
  rerank: "rerank",
  reranking: "rerank",
};

/** The ability that a word means; undefined for none. Case, `-` and spaces do not count. */
function meantBy(word: string): Capability | undefined {
  const key = word.toLowerCase().replace(/[- ]/g, "_");
  return Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
}

/** What a list of words grants. What it does not name stays open. */
export function grantedBy(words: unknown): StatedCapabilities {
  const granted: Partial<Record<Capability, boolean>> = {};
  for (const word of textsOf(words) ?? []) {
    const capability = meantBy(word);
    if (capability !== undefined) granted[capability] = true;
  }
  return granted;
}

/** What an object of flags says, such as `{"vision": false}`. Whatever is no boolean says nothing. */
export function flaggedBy(flags: unknown): StatedCapabilities {
  const pairs = Object.entries(objectOf(flags) as JsonObject);
  return allStated(...pairs.map(([word, value]) => {
    const capability = meantBy(word);
    return capability === undefined || typeof value !== "boolean" ? {} : { [capability]: value };
  }));
}

/** All that is said in several places. Where they differ, it has the ability: a request is better tried than refused. */
export function allStated(...parts: readonly StatedCapabilities[]): StatedCapabilities {
  const all: Partial<Record<Capability, boolean>> = {};
  for (const part of parts) {
    for (const [word, value] of Object.entries(part)) {
      const capability = word as Capability; // The keys of StatedCapabilities are no others.
      all[capability] = all[capability] === true || value;
    }
  }
  return all;
}

import type { Capability, StatedCapabilities } from "../capability.ts";
import { statedOf } from "./fields.ts";

/** Words of Ollama that it refuses requests by when they are not in the list, and ours for them. */
const COMPLETE: readonly (readonly [string, readonly Capability[]])[] = [
  ["completion", ["chat", "completion"]],
  ["tools", ["tools"]],
  ["vision", ["vision"]],
  ["thinking", ["reasoning"]],
  ["image", ["image"]],
];

/**
 * What `capabilities` comes to, in Ollama's `/api/show` and, from newer versions, in its `/api/tags`.
 *
 * The list is complete, but for two: Ollama makes embeddings with most models, so that only a missing `embedding` is no
 * denial; and a model that can fill in (`insert`) is made for code, while others may be as well.
 */
export function ollamaCapabilities(value: unknown): StatedCapabilities | undefined {
  if (!Array.isArray(value)) return undefined;
  const words: ReadonlySet<unknown> = new Set(value);
  // Without one of these, Ollama could not read the model's file: then the rest of the list is not complete either.
  const isComplete = words.has("completion") || words.has("embedding") || words.has("image");
  const stated: Partial<Record<Capability, boolean>> = {};
  for (const [word, ours] of COMPLETE) {
    const has = words.has(word);
    if (has || isComplete) { for (const capability of ours) stated[capability] = has; }
  }
  if (words.has("embedding")) stated.embeddings = true;
  if (words.has("insert")) stated.code = true;
  if (words.has("audio")) stated.audio = true;
  return statedOf(stated);
}

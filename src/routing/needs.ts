import type { DiscoveredModel } from "../models/model.ts";

/** What a request needs beyond text in and text out. Bits, since they are part of what candidate lists are kept by. */
export type Needs = number;

export const NO_NEEDS: Needs = 0;
export const VISION: Needs = 1;
export const TOOLS: Needs = 2;
export const EMBEDDINGS: Needs = 4;
/** Anthropic's extended thinking: a matter of the server's dialect, not of the model. */
export const THINKING: Needs = 8;

const WORDS = [[VISION, "vision"], [TOOLS, "tools"], [EMBEDDINGS, "embeddings"]] as const;

/** One of the capabilities that a request can need. */
export type NeededCapability = (typeof WORDS)[number][1];

/** Last segments of paths that turn text into vectors. */
const EMBEDDING_PATHS = /\/(?:embeddings|embedding|embed)\/?$/;
/** Last segments of paths whose bodies hold messages or prompts for a language model. */
const TEXT_PATHS = /\/(?:completions?|messages|count_tokens|responses|chat|generate)\/?$/;

/**
 * What a request needs of its model.
 *
 * @param path As the backend will see it.
 * @param inBody What its body holds. On other paths than those of language models the same keys mean something else: the
 * `images` of an image edit need no model that understands pictures.
 */
export function needsOf(path: string, inBody: Needs): Needs {
  if (EMBEDDING_PATHS.test(path)) return EMBEDDINGS;
  return inBody !== NO_NEEDS && TEXT_PATHS.test(path) ? inBody : NO_NEEDS;
}

/** The needs in words. */
export function neededWords(needs: Needs): readonly NeededCapability[] {
  return WORDS.flatMap(([bit, word]) => (needs & bit) === 0 ? [] : word);
}

/** What of the needs every one of these models lacks; undefined when each lacks something else. */
export function commonLack(
  models: readonly (DiscoveredModel | undefined)[],
  needs: Needs,
): NeededCapability | undefined {
  return neededWords(needs).find((word) => models.every((model) => model?.capabilities?.[word] === false));
}

/** What of the needs the model lacks by its backend's own word; undefined when that is nothing, or is not known. */
export function lackOf(model: DiscoveredModel | undefined, needs: Needs): NeededCapability | undefined {
  const stated = model?.capabilities;
  if (needs === NO_NEEDS || stated === undefined) return undefined;
  for (const [bit, word] of WORDS) if ((needs & bit) !== 0 && stated[word] === false) return word;
  return undefined;
}

import type { Capability, StatedCapabilities } from "../capability.ts";

/** What a model that the backend keeps for one purpose is asked in vain: the backend answers such requests with an error. */
const NOT_FOR_OTHERS = { chat: false, completion: false, tools: false, embeddings: false } as const;

/** The abilities of a model that is made for one thing alone, by the backend's own word: an embedding model, a reranker. */
export function singleUse(capability: Capability): StatedCapabilities {
  // Models that draw or listen may take pictures as well; those that embed or rank are asked with text.
  const blind = capability === "embeddings" || capability === "rerank";
  return { ...NOT_FOR_OTHERS, ...(blind ? { vision: false } : {}), [capability]: true };
}

import { LRUCache } from "lru-cache";
import type { ConversationStore } from "../translate/responses/keeping_translator.ts";

/** What all conversations may hold together, as JSON in UTF-16 units: with their images they can be megabytes each. */
const STORE_MAX_LENGTH = 64 * 1024 * 1024;

/**
 * Conversations in memory. The least recently used go first, beyond a number of them or their size; one that is larger
 * than all may be is not kept.
 *
 * @param max `translators.responses.store_max`, not 0.
 */
export function conversationStore(max: number, maxLength: number = STORE_MAX_LENGTH): ConversationStore {
  return new LRUCache<string, readonly unknown[]>({
    max,
    maxSize: maxLength,
    sizeCalculation: (items) => JSON.stringify(items).length,
  });
}

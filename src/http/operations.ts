import type { Config } from "../config/schema.ts";
import type { Dialect } from "../errors.ts";
import {
  COUNT_TOKENS,
  COUNT_TOKENS_LOCAL,
  MESSAGES,
  MESSAGES_TRANSLATED,
  OLLAMA_CHAT,
  OLLAMA_EMBED,
  OLLAMA_EMBEDDINGS,
  OLLAMA_GENERATE,
  OLLAMA_SHOW,
  type Operation,
  RESPONSES,
} from "../routing/operation.ts";
import { anthropicTranslator } from "../translate/anthropic/translator.ts";
import { ollamaChatTranslator } from "../translate/ollama/chat_translator.ts";
import { ollamaEmbeddingsTranslator, ollamaEmbedTranslator } from "../translate/ollama/embed_translators.ts";
import { ollamaGenerateTranslator } from "../translate/ollama/generate_translator.ts";
import { conversationStore } from "./conversation_store.ts";
import { keepingTranslator } from "../translate/responses/keeping_translator.ts";
import { responsesTranslator } from "../translate/responses/responses_translator.ts";
import type { Translator } from "../translate/translator.ts";

/** Something that clients of one dialect ask for, and what olla does where endpoints do not speak it. */
export interface ServedOperation {
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** Undefined for what is not translated: then olla answers itself. */
  readonly translator: Translator | undefined;
  /** Under what `/internal/stats/translators` counts it. */
  readonly counted: "anthropic" | "responses" | "ollama";
}

/** The operations by their paths. */
export function operationsOf({ translators }: Config): ReadonlyMap<string, ServedOperation> {
  const { store_max } = translators.responses;
  const responses = store_max === 0 ? responsesTranslator : keepingTranslator(conversationStore(store_max));
  const { enabled, passthrough_enabled } = translators.anthropic;
  const messages = passthrough_enabled ? MESSAGES : MESSAGES_TRANSLATED;
  const countTokens = passthrough_enabled ? COUNT_TOKENS : COUNT_TOKENS_LOCAL;
  const anthropic: readonly ServedOperation[] = enabled
    ? [
      { operation: messages, dialect: "anthropic", translator: anthropicTranslator, counted: "anthropic" },
      { operation: countTokens, dialect: "anthropic", translator: undefined, counted: "anthropic" },
    ]
    : [];
  const ollama = (operation: Operation, translator: Translator | undefined): ServedOperation => ({
    operation,
    dialect: "ollama",
    translator,
    counted: "ollama",
  });
  const all: readonly ServedOperation[] = [
    ...anthropic,
    { operation: RESPONSES, dialect: "openai", translator: responses, counted: "responses" },
    ollama(OLLAMA_CHAT, ollamaChatTranslator),
    ollama(OLLAMA_GENERATE, ollamaGenerateTranslator),
    ollama(OLLAMA_EMBED, ollamaEmbedTranslator),
    ollama(OLLAMA_EMBEDDINGS, ollamaEmbeddingsTranslator),
    ollama(OLLAMA_SHOW, undefined),
  ];
  return new Map(all.map((served) => [served.operation.path, served]));
}

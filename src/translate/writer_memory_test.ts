import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { anthropicTranslator } from "./anthropic/translator.ts";
import type { JsonObject } from "./chat/chat_request.ts";
import { ollamaChatTranslator } from "./ollama/chat_translator.ts";
import { ollamaEmbedTranslator } from "./ollama/embed_translators.ts";
import { keepingTranslator } from "./responses/keeping_translator.ts";
import { responsesTranslator } from "./responses/responses_translator.ts";
import type { AnswerWriter, Translator } from "./translator.ts";

const COUNT = 50;
/** Garbage is collected when enough of it was made. */
const MOST_ROUNDS = 300;

/** How many requests of as many open answers can be forgotten. */
async function forgotten(translator: Translator): Promise<number> {
  const requests: WeakRef<JsonObject>[] = [];
  const open: AnswerWriter[] = [];
  for (let i = 0; i < COUNT; i++) open.push(openAnswer(translator, requests));
  const count = () => requests.filter((request) => request.deref() === undefined).length;
  for (let round = 0; round < MOST_ROUNDS && count() < COUNT - 5; round++) {
    await nextTurn(); // what was looked at stays until the turn is over
    Array.from({ length: 20_000 }, (_, i) => ({ i }));
    await nextTurn();
  }
  // Used again, so that they are open until here.
  for (const writer of open) writer.event({ kind: "text", text: "x" });
  return count();
}

function openAnswer(translator: Translator, requests: WeakRef<JsonObject>[]): AnswerWriter {
  const request: JsonObject = { model: "m", input: "Hi", messages: [{ role: "user", content: "Hi" }] };
  requests.push(new WeakRef(request));
  translator.request(request);
  return translator.writer({ model: "m", request, newId: (prefix) => `${prefix}1`, now: () => 1, arrivedAt: 0 });
}

describe("An answer that is being written holds no request:", () => {
  const cases: [string, Translator][] = [
    ["Anthropic's", anthropicTranslator],
    ["a response", responsesTranslator],
    ["a response that will be stored", keepingTranslator(new Map())],
    ["Ollama's chat", ollamaChatTranslator],
    ["Ollama's embeddings", ollamaEmbedTranslator],
  ];
  for (const [name, translator] of cases) {
    // The collector may take a few for used that are not.
    test(name, async () => assert.ok(await forgotten(translator) > COUNT / 2));
  }
});

import { OllaError } from "../../errors.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { AnswerContext, AnswerWriter, Translator } from "../translator.ts";
import { conversationItems, type GivenItem, type KeptItems } from "./input_list.ts";
import { requestWith } from "./request.ts";
import { responsesTranslator } from "./responses_translator.ts";
import { type ResponseWriter, responseWriter } from "./response_writer.ts";
import { storedItems } from "./stored_items.ts";

/** Where conversations are kept. What has been pushed out is gone. */
export interface ConversationStore {
  get(responseId: string): readonly unknown[] | undefined;
  set(responseId: string, items: readonly unknown[]): unknown;
}

/**
 * The Responses API with a memory: a request may name the response that it follows (`previous_response_id`) instead of
 * sending the conversation again. Requests with `store: false` leave nothing behind.
 */
export function keepingTranslator(store: ConversationStore): Translator {
  // Looked up once for each request: what is pushed out while the backend answers is still there for the writer.
  const found = new WeakMap<JsonObject, KeptItems>();
  const keptOf = (body: JsonObject): KeptItems => {
    const kept = found.get(body) ?? keptFor(body, store);
    found.set(body, kept);
    return kept;
  };
  return {
    ...responsesTranslator,
    request: (body) => requestWith(body, keptOf(body)),
    writer: (context) => new KeepingWriter(context, keptOf(context.request), store),
  };
}

class KeepingWriter implements AnswerWriter {
  readonly #writer: ResponseWriter;
  /** What is to be stored with the response; undefined when nothing is. */
  readonly #conversation: readonly GivenItem[] | undefined;
  readonly #store: ConversationStore;

  constructor(context: AnswerContext, kept: KeptItems, store: ConversationStore) {
    this.#store = store;
    const { request } = context;
    this.#conversation = request.store === false ? undefined : conversationItems(request, kept);
    this.#writer = responseWriter(context, kept);
  }

  whole(answer: Parameters<AnswerWriter["whole"]>[0]): unknown {
    const body = this.#writer.whole(answer);
    this.#keep();
    return body;
  }

  event(event: Parameters<AnswerWriter["event"]>[0]): string {
    return this.#writer.event(event);
  }

  end(): string {
    const text = this.#writer.end();
    this.#keep();
    return text;
  }

  fail(error: OllaError, requestId: string): string {
    return this.#writer.fail(error, requestId);
  }

  #keep(): void {
    const { ended } = this.#writer;
    if (ended === undefined || this.#conversation === undefined) return;
    this.#store.set(ended.id, storedItems(this.#conversation, ended));
  }
}

/** @throws {OllaError} When the request follows a response that is not kept any more, or never was. */
function keptFor({ previous_response_id: id }: JsonObject, store: ConversationStore): KeptItems {
  if (id === undefined || id === null) return { previous: [] };
  const previous = typeof id === "string" ? store.get(id) : undefined;
  if (previous !== undefined) return { previous };
  throw new OllaError(
    "not_found",
    `The response "${String(id).slice(0, 100)}" is not kept any more; send the whole conversation in input`,
    { param: "previous_response_id", status: 400 },
  );
}

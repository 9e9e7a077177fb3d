import type { Dialect, OllaError } from "../errors.ts";
import type { ChatEvent, ChatResult } from "./chat/chat_event.ts";
import type { JsonObject } from "./chat/chat_request.ts";

/** Which of a backend's OpenAI-style paths a translated request goes to. */
export type Target = "chat" | "completions" | "embeddings";

/** A client's request as a backend understands it that does not speak the client's dialect. */
export interface TranslatedRequest {
  readonly target: Target;
  /** The JSON body, without `model`, `stream` and `stream_options`, which the attempt adds. */
  readonly body: JsonObject;
  /** Whether the client wants its answer as a stream. */
  readonly stream: boolean;
}

/** A whole answer of a backend. */
export type TranslatedAnswer =
  | { readonly kind: "chat"; readonly result: ChatResult }
  | {
    readonly kind: "embeddings";
    readonly vectors: readonly (readonly number[])[];
    readonly model: string;
    readonly inputTokens: number;
  };

/** What an answer is written with, beside what the backend says. */
export interface AnswerContext {
  /** As the client wrote it: what the answer calls the model. */
  readonly model: string;
  /** The client's request, as it came. */
  readonly request: JsonObject;
  /** A new random id: `newId("msg_")` is `msg_` and 20 letters and digits. */
  readonly newId: (prefix: string) => string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Epoch ms when the request came. */
  readonly arrivedAt: number;
}

/** What a writer may hold until its answer ends. Not the request: that can be large, and a stream long. */
export type AnswerFacts = Omit<AnswerContext, "request">;

/** A context without its request. */
export function answerFacts({ model, newId, now, arrivedAt }: AnswerContext): AnswerFacts {
  return { model, newId, now, arrivedAt };
}

/** Writes one answer in the client's dialect. A new one for each answer; either `whole` or the others are used. */
export interface AnswerWriter {
  /** The JSON value of an answer that is not streamed. */
  whole(answer: TranslatedAnswer): unknown;
  /** What goes to the client for one event of the backend: complete events or lines, or nothing. */
  event(event: ChatEvent): string;
  /** The last of a stream that ended as it should. Called once, after all events. */
  end(): string;
  /** The last of a stream that broke off: an error in the stream's own dialect, which no client takes for an end. */
  fail(error: OllaError, requestId: string): string;
}

/** A dialect that clients speak, put into OpenAI's for backends that speak no other. Pure. */
export interface Translator {
  /** The shape of errors. */
  readonly dialect: Dialect;
  readonly streamType: "text/event-stream" | "application/x-ndjson";
  /**
   * @param body The client's request, parsed.
   * @throws {OllaError} `invalid_request`, naming the field, for what no backend of this kind could serve. Unknown fields
   *   are passed on or ignored.
   */
  request(body: JsonObject): TranslatedRequest;
  /** A writer that holds of the request only what it writes. */
  writer(context: AnswerContext): AnswerWriter;
}

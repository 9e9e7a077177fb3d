import type { JsonObject } from "../chat/chat_request.ts";
import type { TokenLogprob } from "../chat/chat_event.ts";
import type { AnswerTimes } from "./answer_times.ts";

/** A call as Ollama writes it. */
export interface OllamaToolCall {
  /** Written by Ollama since 0.12, and sent back by clients that know it. */
  readonly id: string;
  readonly function: { readonly index: number; readonly name: string; readonly arguments: JsonObject };
}

/** What one line, or a whole answer, says. */
export interface AnswerPart {
  readonly text?: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly OllamaToolCall[];
}

/** What the last line and a whole answer say beside that. */
export interface AnswerEnd extends AnswerTimes {
  readonly done_reason: string;
  /** Tokens; absent when the backend has not counted. */
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
}

interface AnyLine extends Partial<AnswerEnd> {
  readonly model: string;
  readonly created_at: string;
  readonly done: boolean;
  readonly logprobs?: readonly TokenLogprob[];
}

/** A line of `/api/chat`. */
export interface ChatLine extends AnyLine {
  readonly message: {
    readonly role: "assistant";
    readonly content: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly OllamaToolCall[];
  };
}

/** A line of `/api/generate`. */
export interface GenerateLine extends AnyLine {
  readonly response: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly OllamaToolCall[];
}

/** How the words of an answer are wrapped. */
export type WriteWords<Line extends AnyLine> = (part: AnswerPart) => Omit<Line, keyof AnyLine>;

/** As `/api/chat` has them. */
export const chatWords: WriteWords<ChatLine> = ({ text = "", ...more }) => ({
  message: { role: "assistant", content: text, ...restOfWords(more) },
});

/** As `/api/generate` has them. */
export const generateWords: WriteWords<GenerateLine> = ({ text = "", ...more }) => ({
  response: text,
  ...restOfWords(more),
});

function restOfWords({ thinking, toolCalls }: AnswerPart) {
  return {
    ...(thinking === undefined || thinking === "" ? {} : { thinking }),
    ...(toolCalls === undefined || toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

/** A time as Ollama writes it, in RFC 3339 with nanoseconds, of which only the milliseconds are known. */
export function createdAt(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "000000Z");
}

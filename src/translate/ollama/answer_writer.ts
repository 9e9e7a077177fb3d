import { errorEvent, OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult, ChatUsage, FinishReason, TokenLogprob } from "../chat/chat_event.ts";
import {
  type AnswerContext,
  type AnswerFacts,
  answerFacts,
  type AnswerWriter,
  type TranslatedAnswer,
} from "../translator.ts";
import type { AnswerEnd, AnswerPart, ChatLine, GenerateLine, WriteWords } from "./answer_line.ts";
import { createdAt } from "./answer_line.ts";
import { answerTimes } from "./answer_times.ts";
import { HeldCalls } from "./held_calls.ts";
import { jsonLine } from "./json_line.ts";
import { argumentsObject } from "./tool_arguments.ts";

/**
 * Ollama has no word of its own for a filtered answer, and `stop` would claim that it is whole; clients take any text here.
 */
const DONE_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  tool_calls: "stop",
  length: "length",
  content_filter: "content_filter",
};

/** Writes an answer of `/api/chat` or `/api/generate`, which differ in how the words are wrapped. */
export class OllamaAnswerWriter<Line extends ChatLine | GenerateLine> implements AnswerWriter {
  readonly #facts: AnswerFacts;
  readonly #words: WriteWords<Line>;
  readonly #calls = new HeldCalls();
  #firstAt: number | undefined;
  #finish: FinishReason = "stop";
  #usage: ChatUsage | undefined;

  constructor(context: AnswerContext, words: WriteWords<Line>) {
    this.#facts = answerFacts(context);
    this.#words = words;
  }

  whole(answer: TranslatedAnswer): unknown {
    if (answer.kind !== "chat") throw new OllaError("upstream_error", "The backend has answered with embeddings");
    const { result } = answer;
    return this.#line(partOf(result), {
      end: this.#end(result.finish, result.usage),
      logprobs: result.logprobs,
    });
  }

  event(event: ChatEvent): string {
    switch (event.kind) {
      case "start":
        return "";
      case "reasoning":
        return this.#say(event.text, { thinking: event.text });
      case "text":
        return this.#say(event.text, { text: event.text }, event.logprobs);
      case "refusal":
        return this.#say(event.text, { text: event.text });
      case "tool_call":
        this.#seen();
        return this.#callLines(this.#calls.begin(event));
      case "tool_arguments":
        this.#calls.add(event.index, event.text);
        return "";
      case "finish":
        this.#finish = event.reason;
        return this.#callLines(this.#calls.rest());
      case "usage":
        this.#usage = event.usage;
        return "";
    }
  }

  end(): string {
    const calls = this.#callLines(this.#calls.rest());
    return calls + jsonLine(this.#line({}, { end: this.#end(this.#finish, this.#usage) }));
  }

  fail(error: OllaError, requestId: string): string {
    return errorEvent("ollama", error, requestId);
  }

  #say(text: string, part: AnswerPart, logprobs?: readonly TokenLogprob[]): string {
    if (text === "" && logprobs === undefined) return "";
    this.#seen();
    return jsonLine(this.#line(part, { logprobs }));
  }

  #callLines(calls: AnswerPart["toolCalls"] = []): string {
    return calls.map((call) => jsonLine(this.#line({ toolCalls: [call] }))).join("");
  }

  #seen(): void {
    this.#firstAt ??= this.#facts.now();
  }

  #line(
    part: AnswerPart,
    { end, logprobs }: { end?: AnswerEnd; logprobs?: readonly TokenLogprob[] | undefined } = {},
  ) {
    const { model, now } = this.#facts;
    return {
      model,
      created_at: createdAt(now()),
      ...this.#words(part),
      ...(logprobs === undefined ? {} : { logprobs }),
      done: end !== undefined,
      ...end,
    };
  }

  #end(finish: FinishReason, usage: ChatUsage | undefined): AnswerEnd {
    const { arrivedAt, now } = this.#facts;
    return {
      done_reason: DONE_REASONS[finish],
      ...answerTimes({ arrivedAt, firstAt: this.#firstAt, now: now() }),
      ...(usage === undefined ? {} : { prompt_eval_count: usage.inputTokens, eval_count: usage.outputTokens }),
    };
  }
}

function partOf({ text, refusal, reasoning, toolCalls }: ChatResult): AnswerPart {
  return {
    text: text + refusal,
    thinking: reasoning,
    toolCalls: toolCalls.map(({ id, name, arguments: json }, index) => ({
      id,
      function: { index, name, arguments: argumentsObject(json) },
    })),
  };
}

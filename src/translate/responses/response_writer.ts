import { OllaError } from "../../errors.ts";
import type { ChatEvent, ChatResult, ChatUsage, FinishReason } from "../chat/chat_event.ts";
import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { AnswerContext, AnswerWriter, TranslatedAnswer } from "../translator.ts";
import { includes } from "./body_fields.ts";
import type { ReasoningForm } from "./growing_reasoning.ts";
import { conversationItems, givenTools, type KeptItems } from "./input_list.ts";
import { OutputBuilder } from "./output_builder.ts";
import {
  endedState,
  failedState,
  incompleteReason,
  type ResponseHead,
  responseHead,
  runningState,
} from "./response_body.ts";
import type { LifecycleEvent, ResponseEvent } from "./response_events.ts";
import type { ResponseBody, ResponseState } from "./response_types.ts";
import { toolTable } from "./tool_table.ts";

/** Writes one response, and has it for whoever keeps responses. */
export interface ResponseWriter extends AnswerWriter {
  /** The response once it has ended; undefined before, and after a failure. */
  readonly ended: ResponseBody | undefined;
}

/** The events by which a whole answer could have come. */
function eventsOf(result: ChatResult): ChatEvent[] {
  const { reasoning, text, logprobs, refusal, toolCalls, finish, usage } = result;
  return [
    { kind: "reasoning", text: reasoning },
    { kind: "text", text, logprobs },
    { kind: "refusal", text: refusal },
    ...toolCalls.flatMap(({ id, name, arguments: args }, index): ChatEvent[] => [
      { kind: "tool_call", index, id, name },
      { kind: "tool_arguments", index, text: args },
    ]),
    { kind: "finish", reason: finish },
    ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
  ];
}

/** How the request wants to see what the model thought. */
function reasoningForm(request: JsonObject): ReasoningForm {
  const { summary, generate_summary } = objectOf(request["reasoning"]) ?? {};
  return {
    summary: typeof (summary ?? generate_summary) === "string",
    carried: includes(request, "reasoning.encrypted_content"),
  };
}

class Writer implements ResponseWriter {
  readonly #now: () => number;
  readonly #head: ResponseHead;
  readonly #output: OutputBuilder;
  /** Events written and not yet taken. */
  #written = "";
  #sequence = 0;
  #begun = false;
  #finish: FinishReason | undefined;
  #usage: ChatUsage | undefined;
  #ended: ResponseBody | undefined;

  constructor(context: AnswerContext, kept: KeptItems | undefined) {
    const { request, newId, now } = context;
    this.#now = now;
    this.#head = responseHead(context, kept !== undefined && request["store"] !== false);
    const tools = toolTable(givenTools(request, conversationItems(request, kept)));
    const emit = (event: ResponseEvent): void => this.#write(event);
    this.#output = new OutputBuilder({ tools, reasoning: reasoningForm(request), newId, emit });
  }

  get ended(): ResponseBody | undefined {
    return this.#ended;
  }

  whole(answer: TranslatedAnswer): ResponseBody {
    if (answer.kind !== "chat") {
      throw new OllaError("internal", "A response was asked for, and the backend sent vectors");
    }
    for (const event of eventsOf(answer.result)) this.#take(event);
    return this.#end();
  }

  event(event: ChatEvent): string {
    this.#begin();
    this.#take(event);
    return this.#taken();
  }

  end(): string {
    this.#begin();
    const response = this.#end();
    this.#write({ type: response.status === "incomplete" ? "response.incomplete" : "response.completed", response });
    return this.#taken();
  }

  fail(error: OllaError): string {
    this.#begin();
    this.#tell("response.failed", failedState(this.#output.output(), error, this.#usage));
    const { code, message, param = null } = error;
    const type = error.status < 500 ? "invalid_request_error" : "server_error";
    this.#write({ type: "error", code, message, param, error: { type, code, message, param } });
    return this.#taken();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#tell("response.created", runningState([]));
    this.#tell("response.in_progress", runningState([]));
  }

  #take(event: ChatEvent): void {
    switch (event.kind) {
      case "start":
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "finish":
        this.#finish = event.reason;
        // At once, so that a client can run the calls without waiting for the count of tokens.
        this.#close();
        break;
      default:
        this.#output.add(event);
    }
  }

  #close(): FinishReason {
    const finish = this.#finish ?? "stop";
    this.#output.close(incompleteReason(finish) === null);
    return finish;
  }

  #end(): ResponseBody {
    const finish = this.#close();
    const state = endedState(this.#output.output(), finish, this.#usage, this.#now());
    this.#ended = { ...this.#head, ...state };
    return this.#ended;
  }

  #tell(type: LifecycleEvent["type"], state: ResponseState): void {
    this.#write({ type, response: { ...this.#head, ...state } });
  }

  #write(event: ResponseEvent): void {
    const data = JSON.stringify({ ...event, sequence_number: this.#sequence++ });
    this.#written += `event: ${event.type}\ndata: ${data}\n\n`;
  }

  #taken(): string {
    const written = this.#written;
    this.#written = "";
    return written;
  }
}

/**
 * A writer for the answer to one request for a response, whole or as a stream: both have the same output items.
 *
 * @param kept As for the request; undefined where no responses are kept.
 */
export function responseWriter(context: AnswerContext, kept?: KeptItems): ResponseWriter {
  return new Writer(context, kept);
}

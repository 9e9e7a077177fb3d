import type { ChatEvent, TokenLogprob } from "../chat/chat_event.ts";
import { type GrowingCall, growingCall } from "./growing_call.ts";
import type { GrowingItem } from "./growing_item.ts";
import { GrowingMessage } from "./growing_message.ts";
import { GrowingReasoning, type ReasoningForm } from "./growing_reasoning.ts";
import { outputLogprobs } from "./output_logprobs.ts";
import type { Emit } from "./response_events.ts";
import type { OutputItem } from "./response_types.ts";
import type { ToolTable } from "./tool_table.ts";

/** The events that make output; the others tell of the answer as a whole. */
export type ContentEvent = Exclude<ChatEvent, { readonly kind: "start" | "finish" | "usage" }>;

export interface OutputOptions {
  readonly tools: ToolTable;
  readonly reasoning: ReasoningForm;
  readonly newId: (prefix: string) => string;
  /** Told of every change, in order. */
  readonly emit: Emit;
}

/**
 * Builds the output items of one answer. Reasoning and messages come one after the other: the next of any kind ends the
 * one before, since some clients follow only one at a time. Calls stay open until the end, since a backend can write the
 * arguments of several in turns.
 */
export class OutputBuilder {
  readonly #options: OutputOptions;
  readonly #items: GrowingItem[] = [];
  readonly #calls = new Map<number, GrowingCall>();
  readonly #callIds = new Set<string>();
  #reasoning: GrowingReasoning | undefined;
  #message: GrowingMessage | undefined;
  /** Whether there is more than reasoning. */
  #answered = false;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  add(event: ContentEvent): void {
    switch (event.kind) {
      case "reasoning":
        if (event.text !== "") this.#thinking().add(event.text);
        break;
      case "text":
        this.#say(event.text, event.logprobs ?? []);
        break;
      case "refusal":
        if (event.text !== "") this.#speaking().add("refusal", event.text);
        break;
      case "tool_call":
        this.#begin(event.index, event.id, event.name);
        break;
      case "tool_arguments":
        if (event.text !== "") this.#calls.get(event.index)?.addArguments(event.text);
        break;
    }
  }

  /**
   * Ends all items.
   *
   * @param complete False when the model was stopped, which leaves the last item incomplete. A complete answer has a
   *   message or a call: clients read the text of the one without asking whether it is there.
   */
  close(complete: boolean): void {
    if (complete && !this.#answered) this.#speaking().add("text", "");
    const last = this.#items.length - 1;
    for (const item of this.#items) item.close(complete || item.index < last ? "completed" : "incomplete");
    this.#endText();
  }

  /** The items as they stand. */
  output(): OutputItem[] {
    return this.#items.map((item) => item.value());
  }

  #say(text: string, logprobs: readonly TokenLogprob[]): void {
    if (text !== "" || logprobs.length > 0) this.#speaking().add("text", text, outputLogprobs(logprobs));
  }

  #begin(index: number, id: string, name: string): void {
    if (this.#calls.has(index)) return;
    this.#endText();
    const { tools, newId, emit } = this.#options;
    // Clients tell calls apart by these ids, which some servers leave empty or give twice.
    const callId = id === "" || this.#callIds.has(id) ? newId("call_") : id;
    this.#callIds.add(callId);
    const call = growingCall({ callId, name, tool: tools.called(name), index: this.#items.length, newId, emit });
    this.#answered = true;
    this.#calls.set(index, call);
    this.#items.push(call);
  }

  #thinking(): GrowingReasoning {
    if (this.#reasoning !== undefined) return this.#reasoning;
    this.#endText();
    const { newId, emit, reasoning } = this.#options;
    this.#reasoning = new GrowingReasoning(newId("rs_"), this.#items.length, emit, reasoning);
    this.#items.push(this.#reasoning);
    return this.#reasoning;
  }

  #speaking(): GrowingMessage {
    if (this.#message !== undefined) return this.#message;
    this.#endText();
    const { newId, emit } = this.#options;
    this.#answered = true;
    this.#message = new GrowingMessage(newId("msg_"), this.#items.length, emit);
    this.#items.push(this.#message);
    return this.#message;
  }

  #endText(): void {
    this.#reasoning?.close("completed");
    this.#message?.close("completed");
    this.#reasoning = undefined;
    this.#message = undefined;
  }
}

import type { ChatEvent, ChatUsage, FinishReason } from "../chat/chat_event.ts";
import type { AnswerFacts } from "../translator.ts";
import { BlockSequence, type PartEvent } from "./block_sequence.ts";
import { textBlock } from "./response.ts";
import { NOT_STOPPED, stopOf } from "./stop.ts";
import { deltaUsage, messageUsage } from "./usage.ts";
import type { Message, StreamEvent } from "./wire.ts";

/**
 * One streamed answer, as the events of Anthropic's Messages: `message_start`, `ping`, blocks one after the other,
 * `message_delta`, `message_stop`.
 */
export class MessageStream {
  readonly #facts: AnswerFacts;
  readonly #blocks: BlockSequence;
  #hasBegun = false;
  #hasCalls = false;
  #refusal = "";
  #finish: FinishReason = "stop";
  #stopSequence: string | undefined;
  #usage: ChatUsage | undefined;

  constructor(facts: AnswerFacts) {
    this.#facts = facts;
    this.#blocks = new BlockSequence(facts);
  }

  /** @returns What the client gets for one event of the backend. */
  add(event: ChatEvent): StreamEvent[] {
    switch (event.kind) {
      case "usage":
        this.#usage = event.usage;
        return [];
      case "start":
        return this.#begin();
      case "finish":
        this.#finish = event.reason;
        this.#stopSequence = event.stopSequence;
        return [...this.#begin(), ...this.#blocks.end()];
      default:
        this.#note(event);
        return this.#hasBegun ? this.#blocks.add(event) : [...this.#begin(), ...this.#blocks.add(event)];
    }
  }

  /** @returns The last events of an answer that ended as it should. */
  end(): StreamEvent[] {
    const events = [...this.#begin(), ...this.#blocks.end()];
    if (this.#blocks.isEmpty) {
      events.push({ type: "content_block_start", index: 0, content_block: textBlock("") });
      events.push({ type: "content_block_stop", index: 0 });
    }
    const stop = stopOf({
      finish: this.#finish,
      stopSequence: this.#stopSequence,
      refusal: this.#refusal,
      hasCalls: this.#hasCalls,
    });
    events.push({ type: "message_delta", delta: { ...stop, container: null }, usage: deltaUsage(this.#usage) });
    events.push({ type: "message_stop" });
    return events;
  }

  #note(event: PartEvent): void {
    if (event.kind === "tool_call") this.#hasCalls = true;
    else if (event.kind === "refusal") this.#refusal += event.text;
  }

  #begin(): StreamEvent[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const message: Message = {
      id: this.#facts.newId("msg_"),
      type: "message",
      role: "assistant",
      model: this.#facts.model,
      content: [],
      container: null,
      diagnostics: null,
      ...NOT_STOPPED,
      usage: messageUsage(this.#usage),
    };
    return [{ type: "message_start", message }, { type: "ping" }];
  }
}

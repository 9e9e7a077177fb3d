import type { ChatEvent } from "../chat/chat_event.ts";
import type { AnswerFacts } from "../translator.ts";
import { textBlock, thinkingBlock, toolUseBlock } from "./response.ts";
import { ToolArguments } from "./tool_arguments.ts";
import type { BlockDelta, ContentBlock, StreamEvent } from "./wire.ts";

/** The events that become content. */
export type PartEvent = Extract<ChatEvent, { kind: "reasoning" | "text" | "refusal" | "tool_call" | "tool_arguments" }>;

interface Words {
  readonly kind: "reasoning" | "text" | "refusal";
  /** What has not gone to the client yet. */
  waiting: string;
}

interface Call {
  readonly kind: "call";
  readonly call: { readonly index: number; readonly id: string; readonly name: string };
  readonly arguments: ToolArguments;
  waiting: string;
}

type Block = Words | Call;

/**
 * The content of one streamed answer: one block at a time, numbered from 0, as Anthropic's clients expect.
 *
 * Backends may write two calls at once, by turns. The first block that is not finished is open at the client; what belongs
 * to later ones waits, in the order in which they began. Words are finished when something else begins, a call when its
 * object is closed, and all when the answer ends. So in the usual order, one call after the other, nothing waits.
 */
export class BlockSequence {
  readonly #facts: AnswerFacts;
  /** The first is open at the client, or is the next to be. */
  #blocks: Block[] = [];
  #isOpen = false;
  #index = 0;

  constructor(facts: AnswerFacts) {
    this.#facts = facts;
  }

  /** Whether no block has begun. */
  get isEmpty(): boolean {
    return this.#index === 0 && this.#blocks.length === 0;
  }

  /** @returns What goes to the client now. */
  add(event: PartEvent): StreamEvent[] {
    switch (event.kind) {
      case "tool_call":
        this.#blocks.push({ kind: "call", call: event, arguments: new ToolArguments(), waiting: "" });
        break;
      case "tool_arguments":
        this.#addArguments(event.index, event.text);
        break;
      default:
        this.#addWords(event.kind, event.text);
    }
    return this.#advance(false);
  }

  /** Closes every block. @returns What was still waiting. */
  end(): StreamEvent[] {
    return this.#advance(true);
  }

  #addWords(kind: Words["kind"], text: string): void {
    if (text === "") return;
    const last = this.#blocks.at(-1);
    if (last?.kind === kind) last.waiting += text;
    else this.#blocks.push({ kind, waiting: text });
  }

  /** A call that is closed already takes no more: its object is complete, so what follows is not part of it. */
  #addArguments(index: number, text: string): void {
    const block = this.#blocks.find((one) => one.kind === "call" && one.call.index === index);
    if (block?.kind === "call") block.waiting += block.arguments.add(text);
  }

  #advance(isEnd: boolean): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (let block = this.#blocks[0]; block !== undefined; block = this.#blocks[0]) {
      const isFinished = isEnd || (this.#blocks.length > 1 && (block.kind !== "call" || block.arguments.isComplete));
      if (!this.#isOpen) {
        events.push({ type: "content_block_start", index: this.#index, content_block: this.#startOf(block) });
      }
      this.#isOpen = true;
      if (isFinished && block.kind === "call") block.waiting += block.arguments.rest();
      if (block.waiting !== "") events.push(this.#delta(deltaOf(block)));
      block.waiting = "";
      if (!isFinished) break;
      if (block.kind === "reasoning") events.push(this.#delta({ type: "signature_delta", signature: "" }));
      events.push({ type: "content_block_stop", index: this.#index });
      this.#isOpen = false;
      this.#index += 1;
      this.#blocks.shift();
    }
    return events;
  }

  #startOf(block: Block): ContentBlock {
    if (block.kind === "call") return toolUseBlock(block.call, {}, this.#facts);
    return block.kind === "reasoning" ? thinkingBlock("") : textBlock("");
  }

  #delta(delta: BlockDelta): StreamEvent {
    return { type: "content_block_delta", index: this.#index, delta };
  }
}

function deltaOf({ kind, waiting }: Block): BlockDelta {
  if (kind === "call") return { type: "input_json_delta", partial_json: waiting };
  return kind === "reasoning" ? { type: "thinking_delta", thinking: waiting } : { type: "text_delta", text: waiting };
}

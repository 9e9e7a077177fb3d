import type { ChatMessage, ChatPart, ChatToolCall } from "../chat/chat_request.ts";

/** Between texts that came as separate messages. */
const APART = "\n\n";

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join(APART);
}

/** What one turn of the model consists of; its items follow each other in any order. */
interface Turn {
  readonly reasoning: string[];
  readonly texts: string[];
  readonly refusals: string[];
  readonly calls: ChatToolCall[];
}

/**
 * Puts messages together for a chat template, which wants a turn of the model in one message, the answers to its calls
 * right after it, and the system's words first.
 */
export class ChatMessages {
  readonly #messages: ChatMessage[] = [];
  readonly #head: string[] = [];
  #turn: Turn | undefined;

  /** Instructions of the system or the developer: both as `system`, the only one of them that local servers know. */
  system(text: string): void {
    if (text === "") return;
    this.#endTurn();
    if (this.#messages.length === 0) this.#head.push(text);
    else this.#messages.push({ role: "system", content: text });
  }

  user(content: string | readonly ChatPart[]): void {
    this.#endTurn();
    this.#messages.push({ role: "user", content });
  }

  /** What a tool said to a call. */
  tool(callId: string, content: string | readonly ChatPart[]): void {
    this.#endTurn();
    this.#messages.push({ role: "tool", tool_call_id: callId, content });
  }

  assistant(text: string, refused: string): void {
    this.#now().texts.push(text);
    if (refused !== "") this.#now().refusals.push(refused);
  }

  reasoning(text: string): void {
    this.#now().reasoning.push(text);
  }

  /** `args` is JSON as text. */
  call(id: string, name: string, args: string): void {
    // Templates parse the arguments, and nothing is no JSON.
    this.#now().calls.push({ id, type: "function", function: { name, arguments: args.trim() === "" ? "{}" : args } });
  }

  /** All messages, once everything is in. */
  end(): readonly ChatMessage[] {
    this.#endTurn();
    const head = joined(this.#head);
    return head === "" ? this.#messages : [{ role: "system", content: head }, ...this.#messages];
  }

  #now(): Turn {
    return this.#turn ??= { reasoning: [], texts: [], refusals: [], calls: [] };
  }

  #endTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined) return;
    const { calls } = turn;
    const text = joined(turn.texts);
    const reasoning = joined(turn.reasoning);
    const refusal = joined(turn.refusals);
    if (text === "" && reasoning === "" && refusal === "" && calls.length === 0) return;
    this.#messages.push({
      role: "assistant",
      content: text === "" && calls.length > 0 ? null : text,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
      ...(refusal === "" ? {} : { refusal }),
    });
  }
}

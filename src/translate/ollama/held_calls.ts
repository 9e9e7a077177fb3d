import type { JsonObject } from "../chat/chat_request.ts";
import type { OllamaToolCall } from "./answer_line.ts";
import { argumentsObject, wholeObject } from "./tool_arguments.ts";

interface HeldCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  text: string;
}

/**
 * Keeps the calls of a stream until they are whole, since Ollama's clients get each of them at once. A call is looked at
 * when the next one begins, and not with each piece of it: parsing a long one again and again would take ever longer.
 */
export class HeldCalls {
  readonly #calls = new Map<number, HeldCall>();

  /** A call begins. Returns those before it that are whole and have not been returned before. */
  begin({ index, id, name }: { readonly index: number; readonly id: string; readonly name: string }): OllamaToolCall[] {
    const whole = this.#take(wholeObject);
    this.#calls.set(index, { index, id, name, text: "" });
    return whole;
  }

  /** More of a call's arguments. Those of a call that has been returned can only be blanks. */
  add(index: number, text: string): void {
    const call = this.#calls.get(index);
    if (call !== undefined) call.text += text;
  }

  /** All that have not been returned: the model has ended. */
  rest(): OllamaToolCall[] {
    return this.#take(argumentsObject);
  }

  /** Takes the first calls, up to one that cannot be read. */
  #take(read: (text: string) => JsonObject | undefined): OllamaToolCall[] {
    const taken: OllamaToolCall[] = [];
    for (const { index, id, name, text } of this.#calls.values()) {
      const value = read(text);
      if (value === undefined) break;
      this.#calls.delete(index);
      taken.push({ id, function: { index, name, arguments: value } });
    }
    return taken;
  }
}

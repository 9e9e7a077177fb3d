import type { GrowingItem } from "./growing_item.ts";
import { carryReasoning } from "./reasoning_carry.ts";
import type { Emit } from "./response_events.ts";
import type { ItemStatus, ReasoningItem } from "./response_types.ts";

/** How reasoning is written. */
export interface ReasoningForm {
  /** As a summary, for a client that has asked for one: it may show nothing else. There is no other summary to give. */
  readonly summary: boolean;
  /** Also as `encrypted_content`. */
  readonly carried: boolean;
}

/** What the model thought: one part of raw text or of summary. */
export class GrowingReasoning implements GrowingItem {
  readonly index: number;
  readonly #id: string;
  readonly #emit: Emit;
  readonly #form: ReasoningForm;
  #text: string | undefined;
  #status: ItemStatus = "in_progress";

  constructor(id: string, index: number, emit: Emit, form: ReasoningForm) {
    this.#id = id;
    this.index = index;
    this.#emit = emit;
    this.#form = form;
    emit({ type: "response.output_item.added", output_index: index, item: this.value() });
    this.#text = "";
    const at = { item_id: id, output_index: index };
    if (form.summary) {
      const part = { type: "summary_text", text: "" } as const;
      emit({ type: "response.reasoning_summary_part.added", ...at, summary_index: 0, part });
    } else {
      const part = { type: "reasoning_text", text: "" } as const;
      emit({ type: "response.content_part.added", ...at, content_index: 0, part });
    }
  }

  add(delta: string): void {
    this.#text += delta;
    const at = { item_id: this.#id, output_index: this.index };
    if (this.#form.summary) {
      this.#emit({ type: "response.reasoning_summary_text.delta", ...at, summary_index: 0, delta });
    } else {
      this.#emit({ type: "response.reasoning_text.delta", ...at, content_index: 0, delta });
    }
  }

  close(status: ItemStatus): void {
    if (this.#status !== "in_progress") return;
    this.#status = status;
    const text = this.#text ?? "";
    const at = { item_id: this.#id, output_index: this.index };
    if (this.#form.summary) {
      this.#emit({ type: "response.reasoning_summary_text.done", ...at, summary_index: 0, text });
      const part = { type: "summary_text", text } as const;
      this.#emit({ type: "response.reasoning_summary_part.done", ...at, summary_index: 0, part });
    } else {
      this.#emit({ type: "response.reasoning_text.done", ...at, content_index: 0, text });
      const part = { type: "reasoning_text", text } as const;
      this.#emit({ type: "response.content_part.done", ...at, content_index: 0, part });
    }
    this.#emit({ type: "response.output_item.done", output_index: this.index, item: this.value() });
  }

  value(): ReasoningItem {
    const text = this.#text;
    const head = { id: this.#id, type: "reasoning", status: this.#status } as const;
    const carried = this.#form.carried && this.#status !== "in_progress"
      ? { encrypted_content: carryReasoning(text ?? "") }
      : {};
    if (this.#form.summary) {
      return { ...head, summary: text === undefined ? [] : [{ type: "summary_text", text }], ...carried };
    }
    return { ...head, summary: [], content: text === undefined ? [] : [{ type: "reasoning_text", text }], ...carried };
  }
}

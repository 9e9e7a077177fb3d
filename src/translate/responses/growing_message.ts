import type { GrowingItem } from "./growing_item.ts";
import type { Emit } from "./response_events.ts";
import type { ItemStatus, MessageItem, OutputLogprob, OutputRefusal, OutputText } from "./response_types.ts";

type PartKind = "text" | "refusal";

interface Part {
  readonly kind: PartKind;
  text: string;
  readonly logprobs: OutputLogprob[];
}

/** A message: parts of text and of refusal, in the order in which they come. */
export class GrowingMessage implements GrowingItem {
  readonly index: number;
  readonly #id: string;
  readonly #emit: Emit;
  readonly #parts: Part[] = [];
  #status: ItemStatus = "in_progress";

  constructor(id: string, index: number, emit: Emit) {
    this.#id = id;
    this.index = index;
    this.#emit = emit;
    emit({ type: "response.output_item.added", output_index: index, item: this.value() });
  }

  /** @param logprobs Of the tokens of a text, where the backend gives them. */
  add(kind: PartKind, delta: string, logprobs: OutputLogprob[] = []): void {
    let part = this.#parts.at(-1);
    if (part?.kind !== kind) {
      this.#endPart();
      part = { kind, text: "", logprobs: [] };
      this.#parts.push(part);
      this.#emit({ type: "response.content_part.added", ...this.#at(), part: this.#value(part) });
    }
    if (delta === "" && logprobs.length === 0) return;
    part.text += delta;
    for (const each of logprobs) part.logprobs.push(each);
    if (kind === "text") this.#emit({ type: "response.output_text.delta", ...this.#at(), delta, logprobs });
    else this.#emit({ type: "response.refusal.delta", ...this.#at(), delta });
  }

  close(status: ItemStatus): void {
    if (this.#status !== "in_progress") return;
    this.#endPart();
    this.#status = status;
    this.#emit({ type: "response.output_item.done", output_index: this.index, item: this.value() });
  }

  value(): MessageItem {
    const content = this.#parts.map((part) => this.#value(part));
    return { id: this.#id, type: "message", role: "assistant", status: this.#status, content };
  }

  #value({ kind, text, logprobs }: Part): OutputText | OutputRefusal {
    return kind === "text"
      ? { type: "output_text", text, annotations: [], logprobs }
      : { type: "refusal", refusal: text };
  }

  #at() {
    return { item_id: this.#id, output_index: this.index, content_index: this.#parts.length - 1 };
  }

  #endPart(): void {
    const part = this.#parts.at(-1);
    if (part === undefined) return;
    const { kind, text, logprobs } = part;
    if (kind === "text") this.#emit({ type: "response.output_text.done", ...this.#at(), text, logprobs });
    else this.#emit({ type: "response.refusal.done", ...this.#at(), refusal: text });
    this.#emit({ type: "response.content_part.done", ...this.#at(), part: this.#value(part) });
  }
}

type Fields = Record<string, unknown>;

/** More than this of an answer is not kept, in UTF-16 units. */
const MAX_KEPT = 1024 * 1024;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Which field of a block each kind of delta adds to. */
const GROWING: ReadonlyMap<unknown, readonly [of: string, into: string]> = new Map([
  ["text_delta", ["text", "text"]],
  ["thinking_delta", ["thinking", "thinking"]],
  ["signature_delta", ["signature", "signature"]],
  ["input_json_delta", ["partial_json", "input"]],
]);

/**
 * Puts the events of a stream of Anthropic's Messages API together to the message that they make, for the inspector. Reads
 * what it is given in pieces of any size; broken lines and unknown events are passed over.
 */
export class MessageRebuilder {
  #rest = "";
  #kept = 0;
  #message: Fields = { type: "message", role: "assistant" };
  readonly #blocks = new Map<number, Fields>();
  /** JSON of inputs as it comes, by block. */
  readonly #inputs = new Map<number, string>();
  #error: unknown;
  #isWhole = false;

  /** Takes the next piece of the stream. */
  push(piece: string): void {
    if (this.#kept > MAX_KEPT) return;
    this.#kept += piece.length;
    this.#rest += piece;
    if (!piece.includes("\n")) return;
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data:")) this.#read(line.slice(5));
  }

  /** The message as far as it has come. One without an end has `incomplete: true`, and `error` if the stream names one. */
  message(): Readonly<Record<string, unknown>> {
    const content = [...this.#blocks].sort(([a], [b]) => a - b).map(([index, block]) => {
      const input = this.#inputs.get(index);
      return input === undefined ? block : { ...block, input: parsed(input) };
    });
    return {
      ...this.#message,
      content,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(this.#isWhole ? {} : { incomplete: true }),
    };
  }

  #read(data: string): void {
    const event = parsed(data);
    if (!isFields(event)) return;
    const index = typeof event.index === "number" ? event.index : 0;
    switch (event.type) {
      case "message_start":
        if (isFields(event.message)) this.#message = { ...event.message };
        break;
      case "content_block_start":
        if (isFields(event.content_block)) this.#blocks.set(index, { ...event.content_block });
        break;
      case "content_block_delta":
        if (isFields(event.delta)) this.#grow(index, event.delta);
        break;
      case "message_delta": {
        const usage = { ...asFields(this.#message.usage), ...asFields(event.usage) };
        Object.assign(this.#message, asFields(event.delta), { usage });
        break;
      }
      case "message_stop":
        this.#isWhole = true;
        break;
      case "error":
        this.#error = event.error;
    }
  }

  #grow(index: number, delta: Fields): void {
    const [of, into] = GROWING.get(delta.type) ?? [];
    const added = of === undefined ? undefined : delta[of];
    const block = this.#blocks.get(index);
    if (block === undefined || into === undefined || typeof added !== "string") return;
    if (into === "input") this.#inputs.set(index, (this.#inputs.get(index) ?? "") + added);
    else block[into] = (typeof block[into] === "string" ? block[into] : "") + added;
  }
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** JSON, or the text as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

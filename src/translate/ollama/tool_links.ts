interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/**
 * Says which call a tool's result belongs to. OpenAI's API needs an id for that, and older clients of Ollama know none, so
 * that calls without one are numbered through the conversation: the same conversation gives the same ids, and a backend's
 * prompt cache stays good.
 */
export class ToolLinks {
  readonly #known: Set<string>;
  #open: OpenCall[] = [];
  #made = 0;
  /** Whether results have come since the last call. */
  #answering = false;

  /** @param given Every id that the conversation has of its own; none of them is given to another call. */
  constructor(given: Iterable<string>) {
    this.#known = new Set(given);
  }

  /** A call, in the order of the conversation. Returns its id. */
  call(name: string, given: string | undefined): string {
    // Calls that came before other results have been given up. Those of a turn that was cut into messages have not.
    if (this.#answering) this.close();
    const id = given ?? this.#newId();
    this.#open.push({ id, name });
    return id;
  }

  /**
   * A result, in the order of the conversation. Returns the id of its call: 1. the id that it names, if there is such a
   * call; 2. the first open call of the name that it names; 3. the first open call; 4. the id that it names, or a new one.
   */
  result({ id, name }: { readonly id: string | undefined; readonly name: string | undefined }): string {
    this.#answering = true;
    if (id !== undefined && this.#known.has(id)) {
      this.#open = this.#open.filter((call) => call.id !== id);
      return id;
    }
    const named = this.#open.findIndex((call) => call.name === name);
    const [call] = this.#open.splice(Math.max(named, 0), 1);
    return call?.id ?? id ?? this.#newId();
  }

  /** Someone else speaks: calls that have no result by now get none. */
  close(): void {
    this.#open = [];
    this.#answering = false;
  }

  /** Nine letters and digits: what the chat templates of Mistral's models insist on. */
  #newId(): string {
    let id: string;
    do id = `call${String(++this.#made).padStart(5, "0")}`; while (this.#known.has(id));
    this.#known.add(id);
    return id;
  }
}

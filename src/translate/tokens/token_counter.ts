import { emptyTally, type Encoding } from "./encoding.ts";
import { type EncodingName, FAMILIES, type TokenFamily, tokensOf } from "./families.ts";
import { imageTokens, pdfTokens, remoteImageTokens } from "./media_tokens.ts";
import { type PromptItem, promptItems } from "./prompt_items.ts";

/** What a prompt comes to. */
export interface TokenCount {
  /** At least 1. */
  readonly tokens: number;
  /** False when the model's own vocabulary was counted with, and nothing but text and its frame was there. */
  readonly estimated: boolean;
}

export interface TokenCounterOptions {
  /** Lets others run; resolves when it is this one's turn again. */
  readonly pause: () => Promise<unknown>;
  /** `loadEncoding`; may fail. */
  readonly load: (name: EncodingName, pause: () => Promise<unknown>) => Promise<Encoding>;
}

/** So much is done before others run, in UTF-16 units of text: one step of a long one. */
const WORK_BETWEEN_PAUSES = 4 * 1024;
/** Ten thousand empty messages are work, too. */
const WORK_AN_ITEM = 16;
/** What a text comes to where no vocabulary can be loaded. */
const UTF8_BYTES_A_TOKEN = 4;

/** Counts the tokens of prompts. Keeps the encodings that were used: some 20 MB of the process for the usual one, nothing before. */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #encodings = new Map<EncodingName, Promise<Encoding | undefined>>();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
  }

  /**
   * Counts a request of Anthropic's Messages API: its `system`, `messages`, `tools` and what the model's template adds.
   * Never fails: an odd body is counted as far as it can be read. Long ones are counted in steps of a few milliseconds.
   *
   * @param body The request, parsed.
   */
  async countTokens(body: unknown, { family }: { readonly family: TokenFamily }): Promise<TokenCount> {
    const facts = FAMILIES[family];
    const encoding = await this.#encoding(facts.encoding);
    const tally = emptyTally();
    let tokens = 0;
    let estimated = facts.factors !== undefined || encoding === undefined || hasTools(body);
    let work = 0;
    const mayPause = async (done: number) => {
      work += done;
      if (work < WORK_BETWEEN_PAUSES) return;
      work = 0;
      await this.#options.pause();
    };
    for (const item of promptItems(body, facts)) {
      if (item.kind === "text" && encoding !== undefined) {
        for (const units of encoding.tally(item.text, tally)) await mayPause(units);
      } else {
        estimated ||= item.kind !== "frame";
        tokens += await this.#tokensOfItem(item);
      }
      await mayPause(WORK_AN_ITEM);
    }
    return { tokens: Math.max(1, Math.round(tokens + tokensOf(tally, facts))), estimated };
  }

  async #tokensOfItem(item: PromptItem): Promise<number> {
    switch (item.kind) {
      case "text":
        return new TextEncoder().encode(item.text).length / UTF8_BYTES_A_TOKEN;
      case "frame":
        return item.tokens;
      case "image":
        return item.base64 === undefined ? remoteImageTokens() : imageTokens(item.base64);
      case "pdf":
        return await this.#pausing(pdfTokens(item.base64));
      case "unknown":
        return 0;
    }
  }

  async #pausing<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.#options.pause();
    }
  }

  /** Undefined when it cannot be loaded; then the next request tries again. */
  #encoding(name: EncodingName): Promise<Encoding | undefined> {
    let loading = this.#encodings.get(name);
    if (loading === undefined) {
      loading = this.#options.load(name, this.#options.pause).catch(() => {
        this.#encodings.delete(name);
        return undefined;
      });
      this.#encodings.set(name, loading);
    }
    return loading;
  }
}

/** How tools stand in a prompt is known only roughly. */
function hasTools(body: unknown): boolean {
  return typeof body === "object" && body !== null && "tools" in body && Array.isArray(body.tools) &&
    body.tools.length > 0;
}

import type { ChatEvent, TokenLogprob } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { objectOf, objectsOf } from "./json_object.ts";

/** A character has at most four bytes; a backend that sends many more tokens without a text sends none. */
const MOST_WAITING = 64;

/** An entry without those that might have stood in its place; undefined for what is none. */
function oneOf(entry: JsonObject): TokenLogprob | undefined {
  const { token, logprob, bytes } = entry;
  if (typeof token !== "string" || typeof logprob !== "number") return undefined;
  return Array.isArray(bytes)
    ? { token, logprob, bytes: bytes.filter((byte) => typeof byte === "number") }
    : { token, logprob };
}

function known(entries: readonly (TokenLogprob | undefined)[]): TokenLogprob[] {
  return entries.filter((entry) => entry !== undefined);
}

/** Chat completions: `{content: [{token, logprob, bytes, top_logprobs: […]}]}`. */
function ofChat(content: unknown): TokenLogprob[] {
  return known(
    objectsOf(content).map((entry) => {
      const one = oneOf(entry);
      if (one === undefined || !Array.isArray(entry["top_logprobs"])) return one;
      return { ...one, top_logprobs: known(objectsOf(entry["top_logprobs"]).map(oneOf)) };
    }),
  );
}

/** Legacy completions: `{tokens: […], token_logprobs: […], top_logprobs: [{token: logprob}]}`. */
function ofCompletion(logprobs: JsonObject, tokens: readonly unknown[]): TokenLogprob[] {
  const numbers: unknown = logprobs["token_logprobs"];
  const tops: unknown = logprobs["top_logprobs"];
  return known(tokens.map((token, i) => {
    const one = oneOf({ token, logprob: Array.isArray(numbers) ? numbers[i] : undefined });
    const top = Array.isArray(tops) ? objectOf(tops[i]) : undefined;
    if (one === undefined || top === undefined) return one;
    return { ...one, top_logprobs: known(Object.entries(top).map(([token, logprob]) => oneOf({ token, logprob }))) };
  }));
}

/**
 * Joins a choice's log probabilities to its texts. They may come ahead of the text: a token that is half of a character
 * has no text yet.
 */
export class LogprobReader {
  #waiting: TokenLogprob[] = [];

  /** Gives the log probabilities of one choice to the first text among the events from `first` on. */
  attach(logprobs: JsonObject, first: number, out: ChatEvent[]): void {
    const tokens: unknown = logprobs["tokens"];
    const given = Array.isArray(tokens) ? ofCompletion(logprobs, tokens) : ofChat(logprobs["content"]);
    const all = this.#waiting.length === 0 ? given : [...this.#waiting, ...given];
    if (all.length === 0) return;
    for (let i = first; i < out.length; i++) {
      const event = out[i];
      if (event?.kind !== "text") continue;
      out[i] = { ...event, logprobs: all };
      this.#waiting = [];
      return;
    }
    // Other events in the chunk mean that these are the tokens of a thought or a call, which no dialect tells of.
    if (out.length === first && all.length <= MOST_WAITING) this.#waiting = all;
  }
}

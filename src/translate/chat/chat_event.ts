/** Tokens of one answer. */
export interface ChatUsage {
  /** All of the prompt, the cached part included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the prompt, what came from a cache. */
  readonly cachedTokens?: number | undefined;
  /** Of the output, what was thought. */
  readonly reasoningTokens?: number | undefined;
}

/** How likely a token was, and how likely others were in its place. As chat completions and Ollama have it. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** Of the token in UTF-8, which may be part of a character. */
  readonly bytes?: readonly number[] | null | undefined;
  readonly top_logprobs?: readonly Omit<TokenLogprob, "top_logprobs">[] | undefined;
}

/** Why a model stopped. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/**
 * One thing that happens in an answer, whatever dialect it goes out in. The order is: `start`, then parts in the order in
 * which the model made them, then `finish` once, `usage` at most once (before or after `finish`).
 *
 * A `tool_call` comes once per call, as soon as both its id and its name are known, and before all of its arguments.
 * `index` counts the calls of the answer from 0, without gaps.
 */
export type ChatEvent =
  | { readonly kind: "start"; readonly id: string; readonly model: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | {
    readonly kind: "text";
    readonly text: string;
    /** Of the tokens of this text, where the client has asked for it. */
    readonly logprobs?: readonly TokenLogprob[] | undefined;
  }
  | { readonly kind: "refusal"; readonly text: string }
  | { readonly kind: "tool_call"; readonly index: number; readonly id: string; readonly name: string }
  | { readonly kind: "tool_arguments"; readonly index: number; readonly text: string }
  | {
    readonly kind: "finish";
    readonly reason: FinishReason;
    /** The stop sequence that was met, where the backend names it. */
    readonly stopSequence?: string | undefined;
  }
  | { readonly kind: "usage"; readonly usage: ChatUsage };

/** A whole answer. */
export interface ChatResult {
  readonly id: string;
  /** As the backend calls it; empty when it does not say. */
  readonly model: string;
  readonly reasoning: string;
  readonly text: string;
  readonly refusal: string;
  /** `arguments` is JSON as text, as the model wrote it. */
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finish: FinishReason;
  readonly stopSequence?: string | undefined;
  /** Of the tokens of the text, where the client has asked for it. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  /** Undefined when the backend counted nothing. */
  readonly usage: ChatUsage | undefined;
}

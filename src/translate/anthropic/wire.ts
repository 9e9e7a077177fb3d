/**
 * What an Anthropic client reads, as far as a chat backend can fill it. Fields and their order follow
 * `@anthropic-ai/sdk/resources/messages`; whatever it says is always there is written, `null` where nothing is known.
 * @module
 */

export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal";

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  readonly citations: null;
}

/** Chat backends sign nothing: the signature is empty, and a thought comes back without being checked. */
export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  readonly signature: "";
}

export interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  /** Always an object, also of a call without arguments. */
  readonly input: unknown;
  readonly caller: { readonly type: "direct" };
}

export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock;

export interface RefusalDetails {
  readonly type: "refusal";
  readonly category: null;
  /** What the model said instead; null when it said nothing. */
  readonly explanation: string | null;
}

/** Tokens, as `message_delta` has them. */
export interface DeltaUsage {
  /** Of the prompt, without what came from a cache. */
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
}

/** Tokens, as a message has them. */
export interface Usage extends DeltaUsage {
  readonly cache_creation: null;
  readonly inference_geo: null;
  readonly service_tier: null;
  readonly speed: null;
}

/** Why a message ended; all null before it did. */
export interface Stop {
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly stop_details: RefusalDetails | null;
}

export interface Message extends Stop {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly container: null;
  readonly diagnostics: null;
  readonly usage: Usage;
}

export type BlockDelta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: "" }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

/** One event of a stream. `ping` is not among the SDK's types: it skips them. */
export type StreamEvent =
  | { readonly type: "message_start"; readonly message: Message }
  | { readonly type: "ping" }
  | { readonly type: "content_block_start"; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | { readonly type: "message_delta"; readonly delta: Stop & { readonly container: null }; readonly usage: DeltaUsage }
  | { readonly type: "message_stop" };

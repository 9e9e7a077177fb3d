/**
 * What is written of the Responses API, as far as a chat model's answer can fill it. A test holds these types against
 * those of the npm package `openai`.
 * @module
 */

import type { JsonObject } from "../chat/chat_request.ts";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** How likely a token was, and how likely others were in its place. */
export interface OutputLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: number[];
  readonly top_logprobs: { readonly token: string; readonly logprob: number; readonly bytes: number[] }[];
}

export interface OutputText {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: [];
  readonly logprobs: OutputLogprob[];
}

export interface OutputRefusal {
  readonly type: "refusal";
  readonly refusal: string;
}

export interface ReasoningText {
  readonly type: "reasoning_text";
  readonly text: string;
}

export interface SummaryText {
  readonly type: "summary_text";
  readonly text: string;
}

export interface MessageItem {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly status: ItemStatus;
  readonly content: (OutputText | OutputRefusal)[];
}

export interface ReasoningItem {
  readonly id: string;
  readonly type: "reasoning";
  readonly status: ItemStatus;
  readonly summary: SummaryText[];
  readonly content?: ReasoningText[];
  readonly encrypted_content?: string;
}

export interface FunctionCallItem {
  readonly id: string;
  readonly type: "function_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  /** JSON as text. */
  readonly arguments: string;
}

export interface CustomCallItem {
  readonly id: string;
  readonly type: "custom_tool_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  /** Free text. */
  readonly input: string;
}

export interface LocalShellCallItem {
  readonly id: string;
  readonly type: "local_shell_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly action: {
    readonly type: "exec";
    readonly command: string[];
    readonly env: { [name: string]: string };
    readonly timeout_ms: number | null;
    readonly working_directory: string | null;
  };
}

export interface ShellCallItem {
  readonly id: string;
  readonly type: "shell_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly environment: null;
  readonly action: {
    readonly commands: string[];
    readonly timeout_ms: number | null;
    readonly max_output_length: number | null;
  };
}

export interface ApplyPatchCallItem {
  readonly id: string;
  readonly type: "apply_patch_call";
  readonly status: "in_progress" | "completed";
  readonly call_id: string;
  readonly operation:
    | { readonly type: "create_file" | "update_file"; readonly path: string; readonly diff: string }
    | { readonly type: "delete_file"; readonly path: string };
}

export interface ToolSearchCallItem {
  readonly id: string;
  readonly type: "tool_search_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly execution: "client";
  readonly arguments: JsonObject;
}

/** A call of one of the tools that OpenAI defines and the client runs. */
export type ClientCallItem = LocalShellCallItem | ShellCallItem | ApplyPatchCallItem | ToolSearchCallItem;

export type OutputItem = MessageItem | ReasoningItem | FunctionCallItem | CustomCallItem | ClientCallItem;

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

export type ResponseErrorCode = "server_error" | "rate_limit_exceeded" | "invalid_prompt";

/** What differs between the states of one response; the rest is an echo of the request. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: OutputItem[];
  readonly completed_at: number | null;
  readonly error: { readonly code: ResponseErrorCode; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: "max_output_tokens" | "content_filter" } | null;
  /** Left out while unknown. */
  readonly usage?: ResponseUsage;
}

/** The fields of type `unknown` are the client's own JSON, sent back. */
export interface ResponseBody extends ResponseState {
  readonly id: string;
  readonly object: "response";
  /** Epoch seconds. */
  readonly created_at: number;
  readonly model: string;
  readonly access_programs: null;
  readonly background: false;
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: number | null;
  readonly metadata: unknown;
  readonly parallel_tool_calls: boolean;
  readonly previous_response_id: string | null;
  readonly prompt_cache_key?: string;
  readonly reasoning: unknown;
  readonly safety_identifier?: string;
  readonly store: boolean;
  readonly temperature: number | null;
  readonly text: unknown;
  readonly tool_choice: unknown;
  readonly tools: readonly unknown[];
  readonly top_logprobs: number | null;
  readonly top_p: number | null;
  readonly truncation: "disabled";
  readonly user?: string;
}

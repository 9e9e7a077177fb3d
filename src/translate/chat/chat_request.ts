/**
 * OpenAI's chat completions as far as other dialects are expressed in it: the common tongue of all backends. Shapes follow
 * `openai/resources/chat/completions` of the npm package `openai`, plus what local servers add (`reasoning_content`, `top_k`).
 * @module
 */

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One part of a user's (or a tool's) content. */
export type ChatPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: "input_audio"; readonly input_audio: { readonly data: string; readonly format: string } }
  | {
    readonly type: "file";
    readonly file: { readonly filename?: string; readonly file_data?: string; readonly file_id?: string };
  };

/** A call that the model has made. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: "function";
  /** `arguments` is JSON as text. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatMessage =
  | { readonly role: "system" | "developer"; readonly content: string }
  | { readonly role: "user"; readonly content: string | readonly ChatPart[] }
  | {
    readonly role: "assistant";
    readonly content: string | null;
    readonly tool_calls?: readonly ChatToolCall[];
    /** What the model thought; servers that do not know the field ignore it. */
    readonly reasoning_content?: string;
    readonly refusal?: string;
  }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string | readonly ChatPart[] };

export interface ChatTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** JSON Schema. */
    readonly parameters?: unknown;
    readonly strict?: boolean;
  };
}

export type ChatToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

/** A request for `/v1/chat/completions`, without `model` and `stream`, which the attempt adds. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  /** Not OpenAI's, but known to llama.cpp, vLLM, SGLang, Ollama and LM Studio. */
  readonly top_k?: number;
  readonly min_p?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly tools?: readonly ChatTool[];
  readonly tool_choice?: ChatToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: JsonObject;
  readonly reasoning_effort?: string;
  readonly user?: string;
  readonly logprobs?: boolean;
  readonly top_logprobs?: number;
  /** What a dialect passes on although no other knows it. */
  readonly [extension: string]: unknown;
}

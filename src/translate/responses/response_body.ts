import type { OllaError } from "../../errors.ts";
import type { ChatUsage, FinishReason } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { objectOf } from "../chat/json_object.ts";
import type { AnswerContext } from "../translator.ts";
import type { OutputItem, ResponseBody, ResponseErrorCode, ResponseState, ResponseUsage } from "./response_types.ts";

/** The part of a response that stays the same from its first event to its last. */
export type ResponseHead = Omit<ResponseBody, keyof ResponseState>;

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The fields of the request that a response says again. */
function echo(request: JsonObject) {
  const { prompt_cache_key, safety_identifier, user } = request;
  return {
    instructions: stringOrNull(request["instructions"]),
    max_output_tokens: numberOrNull(request["max_output_tokens"]),
    max_tool_calls: numberOrNull(request["max_tool_calls"]),
    metadata: objectOf(request["metadata"]) ?? {},
    parallel_tool_calls: request["parallel_tool_calls"] !== false,
    previous_response_id: stringOrNull(request["previous_response_id"]),
    ...(typeof prompt_cache_key === "string" ? { prompt_cache_key } : {}),
    reasoning: { effort: null, summary: null, ...objectOf(request["reasoning"]) },
    ...(typeof safety_identifier === "string" ? { safety_identifier } : {}),
    temperature: numberOrNull(request["temperature"]),
    text: { format: { type: "text" }, ...objectOf(request["text"]) },
    tool_choice: request["tool_choice"] ?? "auto",
    tools: Array.isArray(request["tools"]) ? request["tools"] : [],
    top_logprobs: numberOrNull(request["top_logprobs"]),
    top_p: numberOrNull(request["top_p"]),
    ...(typeof user === "string" ? { user } : {}),
  };
}

/**
 * What a response says of itself and of its request.
 *
 * @param stored Whether the response is kept for `previous_response_id`.
 */
export function responseHead(context: AnswerContext, stored: boolean): ResponseHead {
  return {
    id: context.newId("resp_"),
    object: "response",
    created_at: Math.floor(context.arrivedAt / 1000),
    model: context.model,
    access_programs: null,
    background: false,
    store: stored,
    // Whatever was asked for: nothing is ever cut off here.
    truncation: "disabled",
    ...echo(context.request),
  };
}

/** A response that has not ended. */
export function runningState(output: OutputItem[]): ResponseState {
  return { status: "in_progress", output, completed_at: null, error: null, incomplete_details: null };
}

function usageOf({ inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 }: ChatUsage): ResponseUsage {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

/** Why an answer is not complete; null when it is. */
export function incompleteReason(finish: FinishReason): "max_output_tokens" | "content_filter" | null {
  if (finish === "length") return "max_output_tokens";
  return finish === "content_filter" ? finish : null;
}

/**
 * A response that ended as the model wished, or as its limits did.
 *
 * @param now Epoch ms.
 */
export function endedState(
  output: OutputItem[],
  finish: FinishReason,
  usage: ChatUsage | undefined,
  now: number,
): ResponseState {
  const reason = incompleteReason(finish);
  return {
    status: reason === null ? "completed" : "incomplete",
    output,
    completed_at: reason === null ? Math.floor(now / 1000) : null,
    error: null,
    incomplete_details: reason === null ? null : { reason },
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  };
}

/** Codex tries again after `server_error` and `rate_limit_exceeded`, and gives up after `invalid_prompt`. */
function errorCode(status: number): ResponseErrorCode {
  if (status === 429) return "rate_limit_exceeded";
  return status < 500 ? "invalid_prompt" : "server_error";
}

/** A response that broke off. What was begun stays in it, marked as incomplete. */
export function failedState(output: OutputItem[], error: OllaError, usage: ChatUsage | undefined): ResponseState {
  const broken = output.map((item): OutputItem =>
    item.status === "in_progress" && item.type !== "apply_patch_call" ? { ...item, status: "incomplete" } : item
  );
  return {
    status: "failed",
    output: broken,
    completed_at: null,
    error: { code: errorCode(error.status), message: error.message },
    incomplete_details: null,
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  };
}

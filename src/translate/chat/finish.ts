import type { FinishReason } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { textOf } from "./json_object.ts";

const REASONS: ReadonlyMap<string, FinishReason | "broken"> = new Map<string, FinishReason | "broken">([
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["max_output_tokens", "length"],
  ["model_length", "length"],
  ["tool_calls", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["function_call", "tool_calls"],
  ["content_filter", "content_filter"],
  ["refusal", "content_filter"],
  ["safety", "content_filter"],
  // OpenRouter, vLLM and SGLang: the backend gave up; no client may take that for an end.
  ["error", "broken"],
  ["abort", "broken"],
]);

/** Why the model stopped: undefined while it goes on, `broken` when the backend gave up. An unknown word is a stop. */
export function finishReasonOf(choice: JsonObject): FinishReason | "broken" | undefined {
  const word = choice["finish_reason"];
  if (typeof word !== "string" || word === "") return undefined;
  return REASONS.get(word) ?? REASONS.get(word.toLowerCase()) ?? "stop";
}

/**
 * The stop sequence that was met. vLLM's `stop_reason` and SGLang's `matched_stop` are texts then, and numbers or null
 * when a token ended the answer; others repeat the finish reason in `stop_reason`.
 */
export function stopSequenceOf(choice: JsonObject): string | undefined {
  const matched = textOf(choice["matched_stop"]) ?? textOf(choice["stop_sequence"]);
  if (matched !== undefined) return matched;
  const reason = textOf(choice["stop_reason"]);
  return reason === undefined || REASONS.has(reason) ? undefined : reason;
}

import type { JsonObject } from "../chat/chat_request.ts";
import { booleanAt, numberAt } from "./request_field.ts";

/** `logprobs` and `top_logprobs` as chat completions have them. As in Ollama, the second says nothing without the first. */
export function logprobFields(body: JsonObject): JsonObject {
  const top = topLogprobs(body);
  if (top === undefined) return {};
  return { logprobs: true, ...(top === 0 ? {} : { top_logprobs: top }) };
}

/** The same as plain completions have them, where one number says both. */
export function completionLogprobFields(body: JsonObject): JsonObject {
  const top = topLogprobs(body);
  return top === undefined ? {} : { logprobs: top };
}

/** How many others are wanted beside each token; undefined when none is wanted at all. */
function topLogprobs(body: JsonObject): number | undefined {
  const top = numberAt(body, "top_logprobs") ?? 0;
  return booleanAt(body, "logprobs") === true ? Math.max(Math.trunc(top), 0) : undefined;
}

import type { ChatUsage } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { objectOf } from "./json_object.ts";

function countOf(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return Math.floor(value);
  }
  return undefined;
}

function usage(
  input: number | undefined,
  output: number | undefined,
  details: { cached?: number | undefined; reasoning?: number | undefined },
): ChatUsage | undefined {
  if (input === undefined && output === undefined) return undefined;
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    ...(details.cached === undefined ? {} : { cachedTokens: details.cached }),
    ...(details.reasoning === undefined ? {} : { reasoningTokens: details.reasoning }),
  };
}

/** A `usage` object in the words of OpenAI; the cached part also in DeepSeek's. Undefined when it counts nothing. */
export function usageOf(value: unknown): ChatUsage | undefined {
  const counts = objectOf(value);
  if (counts === undefined) return undefined;
  const prompt = objectOf(counts["prompt_tokens_details"]) ?? objectOf(counts["input_tokens_details"]);
  const completion = objectOf(counts["completion_tokens_details"]) ?? objectOf(counts["output_tokens_details"]);
  return usage(
    countOf(counts["prompt_tokens"], counts["input_tokens"]),
    countOf(counts["completion_tokens"], counts["output_tokens"]),
    {
      cached: countOf(prompt?.["cached_tokens"], counts["prompt_cache_hit_tokens"]),
      reasoning: countOf(completion?.["reasoning_tokens"]),
    },
  );
}

/** llama.cpp's `timings`, where `prompt_n` is only the part of the prompt that did not come from the cache. */
export function usageOfTimings(value: unknown): ChatUsage | undefined {
  const timings: JsonObject | undefined = objectOf(value);
  if (timings === undefined) return undefined;
  const cached = countOf(timings["cache_n"]);
  const fresh = countOf(timings["prompt_n"]);
  const input = fresh === undefined ? undefined : fresh + (cached ?? 0);
  return usage(input, countOf(timings["predicted_n"]), { cached });
}

import type { ChatUsage } from "../chat/chat_event.ts";
import type { DeltaUsage, Usage } from "./wire.ts";

/**
 * Tokens as Anthropic counts them: the cached part of a prompt is not among its `input_tokens`. Zeros when the backend
 * counted nothing: a guess would look like a count.
 */
export function deltaUsage(usage: ChatUsage | undefined): DeltaUsage {
  const cached = usage?.cachedTokens ?? 0;
  const thought = usage?.reasoningTokens;
  return {
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - cached),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: thought === undefined ? null : { thinking_tokens: thought },
    server_tool_use: null,
  };
}

/** The same with what only a message's own usage has. */
export function messageUsage(usage: ChatUsage | undefined): Usage {
  return { ...deltaUsage(usage), cache_creation: null, inference_geo: null, service_tier: null, speed: null };
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatUsage } from "../chat/chat_event.ts";
import { deltaUsage, messageUsage } from "./usage.ts";

describe("Tokens are counted as Anthropic counts", () => {
  const cases: [
    name: string,
    usage: ChatUsage | undefined,
    input: number,
    cached: number,
    output: number,
    thought?: number,
  ][] = [
    ["without a cache", { inputTokens: 10, outputTokens: 5 }, 10, 0, 5],
    ["with the cached part apart", { inputTokens: 10, outputTokens: 5, cachedTokens: 8 }, 2, 8, 5],
    ["never below nothing", { inputTokens: 10, outputTokens: 5, cachedTokens: 12 }, 0, 12, 5],
    ["with thinking as part of the output", { inputTokens: 10, outputTokens: 5, reasoningTokens: 3 }, 10, 0, 5, 3],
    ["as zeros when the backend counted nothing", undefined, 0, 0, 0],
  ];
  for (const [name, usage, input, cached, output, thought] of cases) {
    test(name, () => {
      const expected = {
        input_tokens: input,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: cached,
        output_tokens: output,
        output_tokens_details: thought === undefined ? null : { thinking_tokens: thought },
        server_tool_use: null,
      };
      assert.deepEqual(deltaUsage(usage), expected);
      const unknown = { cache_creation: null, inference_geo: null, service_tier: null, speed: null };
      assert.deepEqual(messageUsage(usage), { ...expected, ...unknown });
    });
  }
});

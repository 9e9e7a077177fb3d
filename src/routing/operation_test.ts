import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadProfiles } from "../config/profile_load.ts";
import { type Needs, NO_NEEDS, THINKING, TOOLS, VISION } from "./needs.ts";
import {
  COUNT_TOKENS,
  COUNT_TOKENS_LOCAL,
  MESSAGES,
  MESSAGES_TRANSLATED,
  OLLAMA_CHAT,
  OLLAMA_EMBED,
  OLLAMA_SHOW,
  type Operation,
  RESPONSES,
  wayOf,
} from "./operation.ts";

const { profiles } = loadProfiles({
  dirs: ["p"],
  readDir: () => ["mine.yaml"],
  readFile: () =>
    "name: mine\napi:\n  anthropic_support:\n    messages_path: /v1/messages\n" +
    "    limitations: [no_tool_use, no_vision, no_extended_thinking]\n",
});

/** `native /path`, `translated /path`, or `-`. */
function way(
  type: string,
  operation: Operation,
  { version, missing = [], needs = NO_NEEDS }: { version?: string; missing?: string[]; needs?: Needs } = {},
): string {
  const profile = profiles.byType(type);
  assert.ok(profile !== undefined, type);
  const found = wayOf(profile, operation, { version, missing: new Set(missing), needs });
  if (found === undefined) return "-";
  return found.kind === "native" ? `native ${found.path}` : `translated ${found.paths[operation.target ?? "chat"]}`;
}

describe("An operation is served", () => {
  const cases: [story: string, actual: string, expected: string][] = [
    ["untranslated by a server that speaks the dialect", way("vllm", MESSAGES), "native /v1/messages"],
    ["at the server's own path", way("docker-model-runner", MESSAGES), "native /anthropic/v1/messages"],
    ["through OpenAI's by others", way("lemonade", MESSAGES), "translated /v1/chat/completions"],
    ["untranslated where the profile only lists the path", way("sglang", MESSAGES), "native /v1/messages"],
    [
      "through OpenAI's where it lists the path in vain",
      way("lmdeploy", MESSAGES, { missing: ["messages"] }),
      "translated /v1/chat/completions",
    ],
    [
      "as tokens where the profile only lists the path",
      way("sglang", COUNT_TOKENS),
      "native /v1/messages/count_tokens",
    ],
    ["as tokens by olla when pass-through is switched off", way("vllm", COUNT_TOKENS_LOCAL), "-"],
    ["at the path that they have for it", way("lmdeploy", OLLAMA_CHAT), "translated /v1/chat/completions"],
    ["by a server that is new enough", way("ollama", MESSAGES, { version: "0.14.0" }), "native /v1/messages"],
    [
      "through OpenAI's by one that is too old",
      way("ollama", MESSAGES, { version: "0.13.5" }),
      "translated /v1/chat/completions",
    ],
    ["by llama.cpp's build numbers", way("llamacpp", MESSAGES, { version: "b4847-abc" }), "native /v1/messages"],
    [
      "through OpenAI's where the server was found not to have it",
      way("vllm", MESSAGES, { missing: ["messages"] }),
      "translated /v1/chat/completions",
    ],
    [
      "through OpenAI's when pass-through is switched off",
      way("vllm", MESSAGES_TRANSLATED),
      "translated /v1/chat/completions",
    ],
    ["natively where the profile's limits do not matter", way("mine", MESSAGES), "native /v1/messages"],
    ["through OpenAI's for tools", way("mine", MESSAGES, { needs: TOOLS }), "translated /v1/chat/completions"],
    ["through OpenAI's for pictures", way("mine", MESSAGES, { needs: VISION }), "translated /v1/chat/completions"],
    ["through OpenAI's for thinking", way("mine", MESSAGES, { needs: THINKING }), "translated /v1/chat/completions"],
    ["as tokens by who can count", way("llamacpp", COUNT_TOKENS), "native /v1/messages/count_tokens"],
    ["as tokens by nobody else", way("ollama", COUNT_TOKENS), "-"],
    ["as responses", way("litellm", RESPONSES), "native /v1/responses"],
    [
      "as responses through chat",
      way("sglang", RESPONSES, { missing: ["responses"] }),
      "translated /v1/chat/completions",
    ],
    ["in Ollama's dialect", way("ollama", OLLAMA_CHAT), "native /api/chat"],
    ["in Ollama's dialect by others", way("vllm", OLLAMA_EMBED), "translated /v1/embeddings"],
    ["as a description by Ollama alone", way("vllm", OLLAMA_SHOW), "-"],
  ];
  for (const [story, actual, expected] of cases) test(story, () => assert.equal(actual, expected));
});

import type { JsonObject } from "../chat/chat_request.ts";
import { badField } from "./request_field.ts";

/** Ollama's words for how much to think, and those that other servers know. */
const EFFORTS: ReadonlyMap<unknown, string> = new Map([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["max", "high"],
]);

/**
 * `think` as the fields by which other servers are told to think. There is no common one:
 *
 * - `chat_template_kwargs` reaches the model's chat template in vLLM, SGLang and llama.cpp. Templates call the switch
 *   `enable_thinking` (Qwen, GLM, …) or `thinking` (DeepSeek, Granite, Kimi), and those of gpt-oss read
 *   `reasoning_effort`; what a template does not know, it ignores.
 * - `reasoning_effort` is read by OpenAI, LiteLLM, LM Studio, vLLM and SGLang. It is only sent for a level: the value for
 *   no thinking at all is refused by many, and `true` leaves it to the model how much.
 */
export function thinkFields({ think }: JsonObject): JsonObject {
  if (think === undefined || think === null) return {};
  if (typeof think === "boolean") return { chat_template_kwargs: { enable_thinking: think, thinking: think } };
  const effort = EFFORTS.get(think);
  if (effort === undefined) throw badField("think", `true, false, "low", "medium" or "high"`, think);
  return {
    reasoning_effort: effort,
    chat_template_kwargs: { enable_thinking: true, thinking: true, reasoning_effort: effort },
  };
}

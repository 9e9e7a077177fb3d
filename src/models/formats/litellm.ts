import type { ListedLine, ListedModel } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** LiteLLM's words for what a model is for, as far as a backend may have said them. */
const MODES = new Set([
  "chat",
  "completion",
  "embedding",
  "rerank",
  "responses",
  "image_generation",
  "image_edit",
  "audio_transcription",
  "audio_speech",
  "moderation",
  "ocr",
  "realtime",
]);

/** Undefined where neither the backend nor the capabilities tell; audio alone may be either direction. */
function modeOf(model: ListedModel): string | undefined {
  const type = model.stated("type");
  if (type !== undefined && MODES.has(type)) return type;
  const { capabilities } = model;
  if (capabilities.includes("chat")) return "chat";
  if (capabilities.includes("embeddings")) return "embedding";
  if (capabilities.includes("rerank")) return "rerank";
  if (capabilities.includes("image")) return "image_generation";
  return capabilities.includes("completion") ? "completion" : undefined;
}

/**
 * One model of LiteLLM's `/v1/models`, with the fields of `/model/info` that are about the model itself. What tells how it
 * is reached (`litellm_params`) is not known here, and is nobody's business.
 */
function liteLlmItem(line: ListedLine): ListItem {
  const { model } = line;
  const has = (capability: "vision" | "tools" | "reasoning") =>
    model.capabilities.includes(capability) ? true : undefined;
  return {
    ...ownedItem(line, "litellm"),
    mode: modeOf(model),
    max_input_tokens: model.contextLength,
    max_output_tokens: model.maxOutputTokens,
    input_cost_per_token: model.inputCostPerToken,
    output_cost_per_token: model.outputCostPerToken,
    supports_vision: has("vision"),
    supports_function_calling: has("tools"),
    supports_reasoning: has("reasoning"),
  };
}

/** LiteLLM's `/v1/models`. */
export const LITELLM_FORMAT = dataFormat("litellm", liteLlmItem);

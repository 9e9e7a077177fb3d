import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModel } from "./openai.ts";

/**
 * One entry of LiteLLM's `/v1/models`. Its `created` is one fixed time and its `owned_by` is `openai` for every model, so
 * neither says anything. `mode` and the token limits are there for models that LiteLLM knows; `mode` is `chat` for
 * whatever comes from Ollama, embedding models too, so that `chat` denies nothing.
 */
export function liteLlmModel(entry: JsonObject): DiscoveredModel | undefined {
  const model = openAiModel(entry);
  if (model === undefined) return undefined;
  const { created: _, ownedBy, ...rest } = model;
  return ownedBy === undefined || ownedBy === "openai" ? rest : { ...rest, ownedBy };
}

import type { ListedLine, ListedModel } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";

/** LM Studio's three kinds of models. */
export function lmStudioType({ capabilities }: ListedModel): "llm" | "vlm" | "embeddings" {
  if (capabilities.includes("embeddings") && !capabilities.includes("chat")) return "embeddings";
  return capabilities.includes("vision") ? "vlm" : "llm";
}

function lmStudioItem({ id, model }: ListedLine): ListItem {
  return {
    id,
    object: "model",
    type: lmStudioType(model),
    publisher: model.stated("ownedBy") ?? model.trait("publisher"),
    arch: model.stated("family") ?? model.trait("family"),
    compatibility_type: model.stated("format"),
    quantization: model.stated("quantization") ?? model.trait("quantization")?.toUpperCase(),
    state: model.state === "loaded" ? "loaded" : "not-loaded",
    max_context_length: model.contextLength,
    capabilities: model.capabilities.includes("tools") ? ["tool_use"] : undefined,
  };
}

/** LM Studio's `/api/v0/models`. */
export const LMSTUDIO_FORMAT = dataFormat("lmstudio", lmStudioItem, { showsLoaded: true });

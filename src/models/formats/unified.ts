import { copyState, type ListedLine, type ListedModel } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";

/** Where a model is, and in which state. One entry for each copy. */
export function availability(model: ListedModel): readonly ListItem[] {
  return model.copies.map((copy) => ({
    endpoint: copy.endpoint.name,
    state: copyState(copy),
    type: copy.endpoint.type,
  }));
}

function unifiedItem({ id, model }: ListedLine): ListItem {
  return {
    olla: {
      max_context_length: model.contextLength,
      max_output_tokens: model.maxOutputTokens,
      family: model.trait("family") ?? "unknown",
      variant: model.trait("variant") ?? "",
      parameter_size: model.trait("parameterSize") ?? "",
      quantization: model.trait("quantization") ?? "",
      aliases: model.aliases.map(({ name }) => name),
      availability: availability(model),
      capabilities: model.capabilities,
      input_cost_per_token: model.inputCostPerToken,
      output_cost_per_token: model.outputCostPerToken,
    },
    id,
    object: "model",
    owned_by: "olla",
    created: model.created,
  };
}

/** The whole of what olla knows of each model. */
export const UNIFIED_FORMAT = dataFormat("unified", unifiedItem, { oncePerModel: true, showsLoaded: true });

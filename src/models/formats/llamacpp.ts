import type { ListedLine } from "../listing/listed_model.ts";
import type { ListFormat, ListItem } from "./list_format.ts";
import { ollamaCapabilities, ollamaDetails } from "./ollama.ts";
import { ownedItem } from "./openai.ts";

/** The entry in `data`. In router mode the real server says there, too, whether a model is loaded. */
function dataItem(line: ListedLine): ListItem {
  const { model } = line;
  const context = model.contextLength;
  const size = model.stated("sizeBytes");
  const parameters = model.trait("parameterCount");
  const isKnown = context !== undefined || size !== undefined || parameters !== undefined;
  return {
    ...ownedItem(line, "llamacpp"),
    aliases: model.stated("aliases"),
    meta: isKnown ? { n_ctx: context, n_ctx_train: context, n_params: parameters, size } : undefined,
    status: model.loaded === undefined ? undefined : { value: model.loaded ? "loaded" : "unloaded" },
  };
}

/** The entry in `models`, which llama-server adds for Ollama's clients: texts that it does not know are empty. */
function modelsItem(line: ListedLine): ListItem {
  return {
    name: line.id,
    model: line.id,
    modified_at: "",
    size: "",
    digest: "",
    type: "model",
    description: line.model.stated("description") ?? "",
    tags: [],
    capabilities: ollamaCapabilities(line.model.capabilities),
    parameters: "",
    details: ollamaDetails(line),
  };
}

/** llama-server's `/v1/models`: two lists in one. */
export const LLAMACPP_FORMAT: ListFormat = {
  name: "llamacpp",
  head: { object: "list" },
  lists: { models: modelsItem, data: dataItem },
  single: dataItem,
  oncePerModel: false,
  showsLoaded: true,
};

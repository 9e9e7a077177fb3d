import type { ListedLine, ListedModel } from "../listing/listed_model.ts";
import type { ListItem } from "./list_format.ts";
import { OLLAMA_FORMAT, ollamaCapabilities, ollamaDetails } from "./ollama.ts";

/**
 * Ollama's `/api/show` of a model that no Ollama has. Clients look for what it can do (`capabilities`) and how much it can
 * read (`<architecture>.context_length`), and VS Code shows `general.basename` as its name.
 */
export function ollamaShow(line: ListedLine): ListItem {
  const { id, model } = line;
  return {
    license: "",
    modelfile: `# Written by olla: the model runs on a server that has no Modelfile\nFROM ${id}\n`,
    parameters: "",
    template: "{{ .Prompt }}",
    details: ollamaDetails(line),
    model_info: modelInfo(line),
    capabilities: showCapabilities(model),
    modified_at: OLLAMA_FORMAT.single(line).modified_at,
  };
}

function modelInfo({ id, model }: ListedLine): ListItem {
  const architecture = model.stated("family") ?? model.trait("family") ?? "unknown";
  return {
    "general.architecture": architecture,
    "general.basename": id,
    "general.parameter_count": model.trait("parameterCount"),
    [`${architecture}.context_length`]: model.contextLength,
  };
}

/**
 * Ollama's words, also `insert`, for filling in: only where an Ollama has said so. The `code` of other backends and of
 * names is no promise that a `suffix` is understood.
 */
function showCapabilities(model: ListedModel): readonly string[] {
  const words = ollamaCapabilities(model.capabilities);
  const fillsIn = model.copies.some((copy) =>
    copy.endpoint.type === "ollama" && copy.model.capabilities?.code === true
  );
  return fillsIn ? [...words, "insert"] : words;
}

import { createHash } from "node:crypto";
import type { Capability } from "../capability.ts";
import type { ListedLine } from "../listing/listed_model.ts";
import { type ListItem, modelsFormat } from "./list_format.ts";

/** Ollama's words. */
const WORDS: ReadonlyMap<string, string> = new Map(
  [
    ["chat", "completion"],
    ["completion", "completion"],
    ["embeddings", "embedding"],
    ["vision", "vision"],
    ["tools", "tools"],
    ["reasoning", "thinking"],
    ["audio", "audio"],
    ["image", "image"],
  ] satisfies [Capability, string][],
);

/** Ollama's words for what a model can do. */
export function ollamaCapabilities(capabilities: readonly string[]): readonly string[] {
  return [...new Set(capabilities.flatMap((capability) => WORDS.get(capability) ?? []))];
}

/**
 * What stands for the digest of a model whose backend has none: Ollama's own command line shows the first twelve digits
 * without looking whether they are there, and ends when they are not.
 */
function standInDigest(id: string): string {
  return createHash("sha256").update(`olla model ${id}`).digest("hex");
}

/** What Ollama tells of a model's inside; clients expect every field. */
export function ollamaDetails({ model }: ListedLine): ListItem {
  const family = model.stated("family") ?? model.trait("family") ?? "";
  return {
    parent_model: model.stated("parent") ?? "",
    format: model.stated("format") ?? "",
    family,
    families: family === "" ? [] : [family],
    parameter_size: model.stated("parameterSize") ?? model.trait("parameterSize")?.toUpperCase() ?? "",
    quantization_level: model.stated("quantization") ?? model.trait("quantization")?.toUpperCase() ?? "",
    context_length: model.contextLength,
  };
}

function ollamaItem(line: ListedLine): ListItem {
  const { id, model } = line;
  return {
    name: id,
    model: id,
    modified_at: new Date((model.stated("modifiedAt") ?? model.created) * 1000).toISOString(),
    size: model.stated("sizeBytes") ?? 0,
    digest: model.stated("digest") ?? standInDigest(id),
    details: ollamaDetails(line),
    capabilities: ollamaCapabilities(model.capabilities),
  };
}

/** Ollama's `/api/tags`. */
export const OLLAMA_FORMAT = modelsFormat("ollama", ollamaItem, false);

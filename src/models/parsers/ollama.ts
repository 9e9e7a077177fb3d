import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, secondsOf, textOf, textsOf } from "./fields.ts";
import { ollamaCapabilities } from "./ollama_capabilities.ts";

const LATEST = ":latest";

/** One entry of Ollama's `/api/tags`. The list does not say what is in memory: `/api/ps` does. */
export function ollamaModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.name, entry.model, entry.id);
  if (id === undefined) return undefined;
  const details = objectOf(entry.details);
  return compact<DiscoveredModel>({
    id,
    aliases: otherNames(id),
    sizeBytes: countOf(entry.size),
    digest: textOf(entry.digest),
    modifiedAt: secondsOf(entry.modified_at),
    created: secondsOf(entry.modified_at) ?? secondsOf(entry.created),
    family: textOf(details.family) ?? textsOf(details.families)?.[0],
    format: textOf(details.format),
    parent: nameOf(details.parent_model),
    parameterSize: textOf(details.parameter_size),
    quantization: textOf(details.quantization_level),
    contextLength: countOf(details.context_length) ?? countOf(entry.context_length),
    description: textOf(entry.description),
    capabilities: ollamaCapabilities(entry.capabilities),
  });
}

/** Ollama takes `llama3` and `llama3:latest` for the same. A colon before a slash belongs to a host, not to a tag. */
function otherNames(id: string): readonly string[] | undefined {
  if (id.endsWith(LATEST)) {
    const plain = id.slice(0, -LATEST.length);
    return plain === "" || plain.endsWith("/") ? undefined : [plain];
  }
  return id.lastIndexOf(":") > id.lastIndexOf("/") ? undefined : [id + LATEST];
}

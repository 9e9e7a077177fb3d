import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, textOf, textsOf } from "./fields.ts";

/** One entry of LM Studio's `/api/v0/models`, or of its newer `/api/v1/models` (`key`, `loaded_instances`). */
export function lmStudioModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.id, entry.key);
  if (id === undefined) return undefined;
  const instances = entry.loaded_instances;
  return compact<DiscoveredModel>({
    id,
    ownedBy: textOf(entry.publisher),
    type: textOf(entry.type),
    family: textOf(entry.arch) ?? textOf(entry.architecture),
    format: textOf(entry.compatibility_type) ?? textOf(entry.format),
    quantization: textOf(entry.quantization) ?? textOf(objectOf(entry.quantization).name),
    parameterSize: textOf(entry.params_string),
    sizeBytes: countOf(entry.size_bytes),
    state: textOf(entry.state) ??
      (Array.isArray(instances) ? (instances.length > 0 ? "loaded" : "not-loaded") : undefined),
    contextLength: countOf(entry.max_context_length),
    capabilities: textsOf(entry.capabilities),
  });
}

import type { StatedCapabilities } from "../capability.ts";
import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, statedOf, textOf, textsOf } from "./fields.ts";

/** One entry of LM Studio's `/api/v0/models`, or of its newer `/api/v1/models`, which has a `key` instead of an `id`. */
export function lmStudioModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.id, entry.key);
  if (id === undefined) return undefined;
  const shared = {
    id,
    ownedBy: textOf(entry.publisher),
    type: textOf(entry.type),
    quantization: textOf(entry.quantization) ?? textOf(objectOf(entry.quantization).name),
  };
  return compact<DiscoveredModel>(
    nameOf(entry.id) === undefined ? { ...shared, ...v1Fields(entry) } : {
      ...shared,
      family: textOf(entry.arch),
      format: textOf(entry.compatibility_type),
      loaded: typeof entry.state === "string" ? entry.state === "loaded" : undefined,
      contextLength: countOf(entry.loaded_context_length) ?? countOf(entry.max_context_length),
      capabilities: v0Capabilities(entry),
    },
  );
}

function v1Fields(entry: JsonObject): Omit<{ [Key in keyof DiscoveredModel]: DiscoveredModel[Key] | undefined }, "id"> {
  const instances = Array.isArray(entry.loaded_instances) ? entry.loaded_instances.map(objectOf) : undefined;
  // A loaded model may have been given another name, and be there more than once.
  const names = new Set(instances?.flatMap((instance) => nameOf(instance.id) ?? []));
  names.delete(String(entry.key));
  const lengths = instances?.flatMap((instance) => countOf(objectOf(instance.config).context_length) ?? []) ?? [];
  return {
    aliases: names.size > 0 ? [...names] : undefined,
    family: textOf(entry.architecture),
    format: textOf(entry.format),
    parameterSize: textOf(entry.params_string),
    sizeBytes: countOf(entry.size_bytes),
    description: textOf(entry.description),
    loaded: instances === undefined ? undefined : instances.length > 0,
    // The instance that will answer is not known: the least that all of them take.
    contextLength: lengths.length > 0 ? Math.min(...lengths) : countOf(entry.max_context_length),
    capabilities: v1Capabilities(entry),
  };
}

/** v0: the type decides. The list of capabilities only grants: LM Studio prompts every model to use tools. */
function v0Capabilities(entry: JsonObject): StatedCapabilities | undefined {
  const granted = textsOf(entry.capabilities) ?? [];
  const tools = granted.includes("tool_use") ? true : undefined;
  const vision = granted.includes("vision") ? true : undefined;
  if (entry.type === "embeddings") return EMBEDS;
  if (entry.type === "vlm") return statedOf({ ...CHATS, vision: true, tools });
  return entry.type === "llm" ? statedOf({ ...CHATS, vision: vision ?? false, tools }) : statedOf({ vision, tools });
}

/** v1: `llm` includes models that see; `capabilities.vision` tells. */
function v1Capabilities(entry: JsonObject): StatedCapabilities | undefined {
  if (entry.type === "embedding" || entry.type === "embeddings") return EMBEDS;
  const { vision, trained_for_tool_use, reasoning } = objectOf(entry.capabilities);
  return statedOf({
    ...(entry.type === "llm" ? CHATS : {}),
    vision: typeof vision === "boolean" ? vision : undefined,
    tools: trained_for_tool_use === true ? true : undefined,
    // Either a word for yes or no, or an object that lists the efforts to choose from.
    reasoning: typeof reasoning === "boolean" ? reasoning : Object.keys(objectOf(reasoning)).length > 0 || undefined,
  });
}

const CHATS: StatedCapabilities = { chat: true, completion: true, embeddings: false };
const EMBEDS: StatedCapabilities = { chat: false, completion: false, embeddings: true, vision: false, tools: false };

import type { DiscoveredModel } from "../model.ts";
import type { JsonObject } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

const HUB = "docker.io/";
const LATEST = ":latest";

/** One entry of Docker Model Runner's `/engines/v1/models`. The list holds all models on its disk, loaded or not. */
export function dockerModel(entry: JsonObject): DiscoveredModel | undefined {
  const model = openAiModelOf(entry, ["docker"], { format: "gguf" });
  if (model === undefined) return undefined;
  const aliases = otherNames(model.id);
  return { ...model, ...(aliases.length > 0 ? { aliases } : {}) };
}

/**
 * A model's name is an image's: without a tag it means `latest`, without a host Docker's own. A colon before a slash
 * belongs to a host, and one in `sha256:…` to a digest.
 */
function otherNames(id: string): readonly string[] {
  const plain = id.startsWith(HUB) ? id.slice(HUB.length) : id;
  const names = new Set([plain]);
  if (plain.endsWith(LATEST)) names.add(plain.slice(0, -LATEST.length));
  else if (plain !== "" && plain.lastIndexOf(":") <= plain.lastIndexOf("/")) names.add(plain + LATEST);
  return [...names].filter((name) => name !== id && name !== "" && !name.endsWith("/"));
}

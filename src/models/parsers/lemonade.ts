import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, secondsOf, textOf, textsOf } from "./fields.ts";

/** One entry of Lemonade's `/api/v1/models`. */
export function lemonadeModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.id);
  if (id === undefined) return undefined;
  const checkpoint = textOf(entry.checkpoint) ?? "";
  const slash = checkpoint.indexOf("/");
  return compact<DiscoveredModel>({
    id,
    created: secondsOf(entry.created),
    ownedBy: slash > 0 ? checkpoint.slice(0, slash) : undefined,
    format: formatOf(textOf(entry.recipe) ?? ""),
    state: entry.downloaded === true ? "available" : entry.downloaded === false ? "not-downloaded" : undefined,
    contextLength: countOf(entry.max_context_window) ?? countOf(entry.max_context_length),
    capabilities: textsOf(entry.labels),
  });
}

function formatOf(recipe: string): string | undefined {
  if (recipe.startsWith("oga-")) return "onnx";
  return recipe === "llamacpp" || recipe === "flm" ? "gguf" : undefined;
}

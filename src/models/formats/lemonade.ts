import type { Capability } from "../capability.ts";
import type { ListedLine } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** Lemonade's labels. Its clients take a model without one of them for a plain language model. */
const LABELS: ReadonlyMap<string, string> = new Map(
  [
    ["embeddings", "embeddings"],
    ["vision", "vision"],
    ["tools", "tool-calling"],
    ["code", "coding"],
    ["reasoning", "reasoning"],
    ["audio", "audio"],
    ["image", "image"],
    ["rerank", "reranking"],
  ] satisfies [Capability, string][],
);

const BYTES_PER_GB = 1e9;

/** One model of Lemonade's. All that is listed can be asked for, so `downloaded` is true. */
function lemonadeItem(line: ListedLine): ListItem {
  const { model } = line;
  const bytes = model.stated("sizeBytes");
  return {
    ...ownedItem(line, "lemonade"),
    checkpoint: model.stated("checkpoint") ?? line.id,
    recipe: model.stated("recipe") ?? "",
    downloaded: true,
    labels: model.capabilities.flatMap((capability) => LABELS.get(capability) ?? []),
    size: bytes === undefined ? undefined : Math.round(bytes / BYTES_PER_GB * 100) / 100,
    max_context_window: model.contextLength,
  };
}

/** Lemonade's `/api/v1/models`. */
export const LEMONADE_FORMAT = dataFormat("lemonade", lemonadeItem);

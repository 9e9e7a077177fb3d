import type { ListedLine } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";

/** Who is named as the owner where no backend names one. */
const DEFAULT_OWNER = "olla";

/**
 * One model in OpenAI's format. The context length stands under each of the names that clients look for, and only where
 * it is known.
 */
export function openAiItem({ id, model }: ListedLine): ListItem {
  const context = model.contextLength;
  return {
    id,
    object: "model",
    created: model.created,
    owned_by: model.stated("ownedBy") ?? DEFAULT_OWNER,
    context_length: context,
    max_model_len: context,
    context_window: context,
  };
}

/** The same with the owner as a server of some type would name it: the publisher, else the server itself. */
export function ownedItem(line: ListedLine, server: string): ListItem {
  const slash = line.id.indexOf("/");
  const publisher = slash > 0 ? line.id.slice(0, slash) : undefined;
  return { ...openAiItem(line), owned_by: line.model.stated("ownedBy") ?? publisher ?? server };
}

/** OpenAI's `/v1/models`. */
export const OPENAI_FORMAT = dataFormat("openai", openAiItem);

import type { ListedLine } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** One model card of SGLang's. */
function sglangItem(line: ListedLine): ListItem {
  const { model } = line;
  return {
    ...ownedItem(line, "sglang"),
    root: line.id,
    parent: model.stated("parent") ?? null,
    supports_vision: model.capabilities.includes("vision") ? true : undefined,
  };
}

/** SGLang's `/v1/models`. */
export const SGLANG_FORMAT = dataFormat("sglang", sglangItem);

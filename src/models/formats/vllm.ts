import type { ListedLine } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";
import { modelPermission } from "./model_permission.ts";
import { ownedItem } from "./openai.ts";

/** One model card of vLLM's. `root` is a path on the server there, so it is the name here. */
function vllmItem(line: ListedLine): ListItem {
  return {
    ...ownedItem(line, "vllm"),
    root: line.id,
    parent: line.model.stated("parent") ?? null,
    permission: [modelPermission(line)],
  };
}

/** vLLM's `/v1/models`. */
export const VLLM_FORMAT = dataFormat("vllm", vllmItem);

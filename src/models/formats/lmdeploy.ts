import type { ListedLine } from "../listing/listed_model.ts";
import { dataFormat, type ListItem } from "./list_format.ts";
import { modelPermission } from "./model_permission.ts";
import { ownedItem } from "./openai.ts";

/** One model card of LMDeploy's. */
function lmdeployItem(line: ListedLine): ListItem {
  return {
    ...ownedItem(line, "lmdeploy"),
    root: line.id,
    parent: line.model.stated("parent") ?? null,
    permission: [modelPermission(line)],
  };
}

/** LMDeploy's `/v1/models`. */
export const LMDEPLOY_FORMAT = dataFormat("lmdeploy", lmdeployItem);

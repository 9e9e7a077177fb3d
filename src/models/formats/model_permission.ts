import type { ListedLine } from "../listing/listed_model.ts";
import type { ListItem } from "./list_format.ts";

/** What vLLM and LMDeploy put beside each model; a relic of OpenAI's API that their clients' types still ask for. */
export function modelPermission({ id, model }: ListedLine): ListItem {
  return {
    id: `modelperm-olla-${id.replaceAll("/", "-")}`,
    object: "model_permission",
    created: model.created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: "*",
    group: null,
    is_blocking: false,
  };
}

import { dataFormat } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** oMLX's `/v1/models`. */
export const OMLX_FORMAT = dataFormat("omlx", (line) => ownedItem(line, "omlx"));

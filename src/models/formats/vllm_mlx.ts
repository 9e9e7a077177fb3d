import { dataFormat } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** vLLM-MLX's `/v1/models`. */
export const VLLM_MLX_FORMAT = dataFormat("vllm-mlx", (line) => ownedItem(line, "vllm-mlx"));

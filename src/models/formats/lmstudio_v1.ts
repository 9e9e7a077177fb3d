import { copyState, type ListedLine } from "../listing/listed_model.ts";
import { type ListItem, modelsFormat } from "./list_format.ts";
import { lmStudioType } from "./lmstudio.ts";

/** How many bits a weight has, as the quantisation's name says: `Q4_K_M` 4, `BF16` 16, `MXFP4` 4, `8bit` 8. */
function bitsPerWeight(quantization: string): number | null {
  const digits = /(?:q|f|fp|int|awq|gptq|w)[-_]?(\d{1,2})|(\d{1,2})[-_]?bit/i.exec(quantization);
  const bits = Number(digits?.[1] ?? digits?.[2]);
  return bits >= 1 && bits <= 32 ? bits : null;
}

/** `qwen3-8b` of `qwen/qwen3-8b`. */
function displayName(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1) || id;
}

function lmStudioV1Item({ id, model }: ListedLine): ListItem {
  const isEmbedding = lmStudioType(model) === "embeddings";
  const quantization = model.stated("quantization") ?? model.trait("quantization")?.toUpperCase();
  const loaded = model.copies.filter((copy) => copyState(copy) === "loaded");
  return {
    type: isEmbedding ? "embedding" : "llm",
    publisher: model.stated("ownedBy") ?? model.trait("publisher") ?? "",
    key: id,
    display_name: displayName(id),
    architecture: model.stated("family") ?? model.trait("family") ?? null,
    quantization: quantization === undefined
      ? null
      : { name: quantization, bits_per_weight: bitsPerWeight(quantization) },
    size_bytes: model.stated("sizeBytes") ?? 0,
    params_string: model.stated("parameterSize") ?? model.trait("parameterSize")?.toUpperCase() ?? null,
    loaded_instances: loaded.map((copy) => ({ id, config: { context_length: copy.model.contextLength } })),
    max_context_length: model.contextLength,
    format: model.stated("format") ?? null,
    capabilities: isEmbedding ? undefined : {
      vision: model.capabilities.includes("vision"),
      trained_for_tool_use: model.capabilities.includes("tools"),
    },
    description: model.stated("description") ?? null,
  };
}

/** LM Studio's newer `/api/v1/models`. */
export const LMSTUDIO_V1_FORMAT = modelsFormat("lmstudio_v1", lmStudioV1Item, true);

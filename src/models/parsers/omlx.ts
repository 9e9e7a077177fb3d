import type { StatedCapabilities } from "../capability.ts";
import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, textOf } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";
import { singleUse } from "./single_use.ts";

/** oMLX runs each kind in an engine of its own, which refuses what is not for it: text alone goes to an `llm`. */
const KINDS: Readonly<Record<string, StatedCapabilities>> = {
  llm: { chat: true, completion: true, vision: false, embeddings: false },
  vlm: { chat: true, completion: true, vision: true, embeddings: false },
  embedding: singleUse("embeddings"),
  reranker: singleUse("rerank"),
  audio_stt: singleUse("audio"),
  audio_tts: singleUse("audio"),
  audio_sts: singleUse("audio"),
  image: singleUse("image"),
};

/**
 * One entry of oMLX's `/v1/models`, or of `/v1/models/status`, which tells more: what is in memory, sizes and limits. The
 * latter names models by their folder, the former by the alias that the user gave them; both are taken in requests.
 */
export function omlxModel(entry: JsonObject): DiscoveredModel | undefined {
  const type = textOf(entry.model_type);
  return openAiModelOfNow(
    entry,
    ["omlx"],
    compact<Partial<DiscoveredModel>>({
      format: "mlx",
      type,
      loaded: typeof entry.loaded === "boolean" ? entry.loaded : undefined,
      sizeBytes: countOf(entry.estimated_size),
      contextLength: countOf(entry.max_context_window) ?? countOf(entry.max_model_len),
      maxOutputTokens: countOf(entry.max_tokens),
      capabilities: type !== undefined && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined,
    }),
  );
}

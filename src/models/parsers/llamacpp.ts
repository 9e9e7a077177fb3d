import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, textOf } from "./fields.ts";
import { openAiModelOf } from "./openai.ts";

/**
 * One entry of `data` in llama-server's `/v1/models`. `meta` is missing while a model loads; in router mode `status` says
 * whether it is loaded.
 */
export function llamaCppModel(entry: JsonObject): DiscoveredModel | undefined {
  const meta = objectOf(entry.meta);
  const aliases = Array.isArray(entry.aliases)
    ? entry.aliases.flatMap((alias) => nameOf(alias) ?? []).filter((alias) => alias !== entry.id)
    : [];
  return openAiModelOf(
    entry,
    ["llamacpp"],
    compact<Partial<DiscoveredModel>>({
      format: "gguf",
      aliases: aliases.length > 0 ? aliases : undefined,
      // What a request may really use, where the server says so, else what the model was trained with.
      contextLength: countOf(meta.n_ctx) ?? countOf(meta.n_ctx_train),
      sizeBytes: countOf(meta.size),
      quantization: textOf(meta.ftype),
      state: textOf(objectOf(entry.status).value),
    }),
  );
}

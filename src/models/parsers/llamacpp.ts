import type { StatedCapabilities } from "../capability.ts";
import type { DiscoveredModel } from "../model.ts";
import { compact, countOf, type JsonObject, objectOf, statedOf, textOf, textsOf } from "./fields.ts";
import { openAiModelOfNow } from "./openai.ts";

/**
 * One entry of `data` in llama-server's `/v1/models`. A server of one model has its capabilities in `models`, beside
 * `data`; a router of several has `status` and `architecture` in each entry, and `meta` only for those that are loaded.
 */
export function llamaCppModel(entry: JsonObject, answer: JsonObject): DiscoveredModel | undefined {
  const meta = objectOf(entry.meta);
  return openAiModelOfNow(
    entry,
    ["llamacpp"],
    compact<Partial<DiscoveredModel>>({
      format: "gguf",
      // What one request may use, where the server says so, else what the model was trained with.
      contextLength: countOf(meta.n_ctx) ?? countOf(meta.n_ctx_train),
      sizeBytes: countOf(meta.size),
      parameterSize: sizeOf(countOf(meta.n_params)),
      quantization: quantizationOf(textOf(meta.ftype)),
      loaded: loadedOf(entry),
      capabilities: isRouted(entry) ? routedCapabilities(entry) : singleCapabilities(entry, answer),
    }),
  );
}

function isRouted(entry: JsonObject): boolean {
  return textOf(objectOf(entry.status).value) !== undefined;
}

/**
 * A sleeping model has given its memory back, one that is loading does not have it yet. A server of one model has it
 * loaded, and its entry is without `meta` only while it loads.
 */
function loadedOf(entry: JsonObject): boolean | undefined {
  if (isRouted(entry)) return objectOf(entry.status).value === "loaded";
  return "meta" in entry ? entry.meta !== null : undefined;
}

/**
 * `completion` is said of every model, embedding models too, and so says nothing. `multimodal` is said when there is a
 * projector, which is for images but in the few models that only hear; without it there is neither.
 */
function singleCapabilities(entry: JsonObject, answer: JsonObject): StatedCapabilities | undefined {
  const twin = objectOf(Array.isArray(answer.models) ? answer.models[0] : undefined);
  const words = twin.name === entry.id ? textsOf(twin.capabilities) : undefined;
  if (words === undefined) return undefined;
  return words.includes("multimodal") ? { vision: true } : { vision: false, audio: false };
}

/**
 * What a router says it found out from files, and from a model's arguments. It only grants: of a model that is still to
 * be fetched the router knows no projector, and calls it a text model.
 */
function routedCapabilities(entry: JsonObject): StatedCapabilities | undefined {
  const inputs = textsOf(objectOf(entry.architecture).input_modalities) ?? [];
  const flags = textsOf(objectOf(entry.status).args) ?? [];
  const granted = (has: boolean) => has ? true : undefined;
  return statedOf({
    vision: granted(inputs.includes("image")),
    audio: granted(inputs.includes("audio")),
    embeddings: granted(flags.includes("--embeddings") || flags.includes("--embedding")),
    rerank: granted(flags.includes("--reranking") || flags.includes("--rerank")),
  });
}

/** 8190735360 → `8.2B`. */
function sizeOf(parameters: number | undefined): string | undefined {
  if (parameters === undefined || parameters < 1e5) return undefined;
  const [unit, name] = parameters < 9.5e8 ? [1e6, "M"] as const : [1e9, "B"] as const;
  const count = parameters / unit;
  return `${count < 99.5 ? Number(count.toFixed(1)) : Math.round(count)}${name}`;
}

/** `Q4_K - Medium` → `Q4_K_M`, and without the bits per weight of `IQ2_XXS - 2.0625 bpw`. */
function quantizationOf(ftype: string | undefined): string | undefined {
  if (ftype === undefined || ftype.startsWith("unknown")) return undefined;
  const [name = "", detail = ""] = ftype.replace("(guessed)", "").trim().split(" - ", 2);
  const size = /^(Small|Medium|Large)$/.test(detail) ? `_${detail.charAt(0)}` : "";
  return textOf(name.replace(/^all /, "") + size);
}

import type { Capability, StatedCapabilities } from "../capability.ts";
import type { DiscoveredModel } from "../model.ts";
import { allStated, grantedBy } from "./capability_words.ts";
import { compact, countOf, type JsonObject, nameOf, secondsOf, statedOf, textOf, textsOf } from "./fields.ts";
import { singleUse } from "./single_use.ts";

/** Labels that mean here what they may not mean elsewhere. */
const LABELS: Readonly<Record<string, Capability>> = {
  "image": "image",
  "speech": "audio",
  "stt": "audio",
  "tts": "audio",
  "realtime-transcription": "audio",
};
/** Abilities that only a language model has. */
const OF_LANGUAGE_MODELS = ["chat", "vision", "tools", "reasoning", "code"] as const;
/** What a recipe runs: programs that do one thing. */
const SINGLE_USE_RECIPES: Readonly<Record<string, Capability>> = {
  "whispercpp": "audio",
  "kokoro": "audio",
  "sd-cpp": "image",
};
const BYTES_PER_GB = 1e9;
/** A `size` above this is not in gigabytes. */
const LARGEST_GB = 10_000;

/**
 * One entry of Lemonade's `/api/v1/models`. Undefined for one that was not downloaded: with `show_all` it lists all that
 * it could fetch, and asking for such a model would start a download of gigabytes.
 */
export function lemonadeModel(entry: JsonObject): DiscoveredModel | undefined {
  const id = nameOf(entry.id, entry.name);
  if (id === undefined || entry.downloaded === false) return undefined;
  const checkpoint = textOf(entry.checkpoint);
  const slash = checkpoint?.indexOf("/") ?? -1;
  const recipe = textOf(entry.recipe);
  return compact<DiscoveredModel>({
    id,
    created: secondsOf(entry.created),
    ownedBy: slash > 0 ? checkpoint?.slice(0, slash) : undefined,
    format: formatOf(recipe ?? ""),
    checkpoint,
    recipe,
    sizeBytes: sizeOf(entry.size),
    contextLength: countOf(entry.max_context_window) ?? countOf(entry.max_context_length),
    capabilities: statedOf(capabilitiesOf(entry.labels, recipe ?? "")),
  });
}

/** Labels grant; one that is missing denies nothing, unless what is there means a model for one thing alone. */
function capabilitiesOf(labels: unknown, recipe: string): StatedCapabilities {
  const only = Object.hasOwn(SINGLE_USE_RECIPES, recipe) ? SINGLE_USE_RECIPES[recipe] : undefined;
  const words = (textsOf(labels) ?? []).map((label) => label.toLowerCase());
  const own = words.flatMap((word) => Object.hasOwn(LABELS, word) ? LABELS[word] ?? [] : []);
  const granted = allStated(grantedBy(words), ...own.map((capability) => ({ [capability]: true })));
  if (only !== undefined) return { ...singleUse(only), ...granted };
  if (OF_LANGUAGE_MODELS.some((capability) => granted[capability])) return { chat: true, ...granted };
  if (granted.embeddings) return { ...singleUse("embeddings"), ...granted };
  return granted.rerank ? { ...singleUse("rerank"), ...granted } : granted;
}

function formatOf(recipe: string): string | undefined {
  if (recipe.startsWith("oga-") || recipe === "ryzenai-llm") return "onnx";
  return recipe === "llamacpp" || recipe === "flm" ? "gguf" : undefined;
}

/** Lemonade gives gigabytes, such as 0.38. */
function sizeOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value < LARGEST_GB ? countOf(value * BYTES_PER_GB) : undefined;
}

import type { Profile } from "../../config/profile.ts";
import { readLemonadeHealth } from "./details/lemonade_health.ts";
import { readLlamaSwapRunning } from "./details/llama_swap_running.ts";
import { readOllamaPs } from "./details/ollama_ps.ts";
import type { ListOrigin } from "./fetch_list.ts";
import type { DiscoveredModel } from "../model.ts";

/** How to find out what an endpoint has in memory, without waking anything there. */
export type MemoryQuestion =
  /** Ask for a path and read names from its answer; `read` gives undefined for an answer that says nothing. */
  | { readonly kind: "path"; readonly path: string; readonly read: (json: unknown) => readonly string[] | undefined }
  /** Ask for the list again: its entries say it. */
  | { readonly kind: "list" };

const OLLAMA: MemoryQuestion = { kind: "path", path: "/api/ps", read: readOllamaPs };
const LLAMA_SWAP: MemoryQuestion = { kind: "path", path: "/running", read: readLlamaSwapRunning };
const LEMONADE: MemoryQuestion = { kind: "path", path: "/api/v1/health", read: readLemonadeHealth };
const LIST: MemoryQuestion = { kind: "list" };

const BY_TYPE: Readonly<Record<string, MemoryQuestion>> = {
  "ollama": OLLAMA,
  "llama-swap": LLAMA_SWAP,
  "lemonade": LEMONADE,
};

/**
 * What to ask an endpoint of this kind with this list; undefined for servers that do not tell. LM Studio and llama.cpp's
 * router need no name here: their lists say what is loaded.
 */
export function memoryQuestion(
  profile: Profile,
  models: readonly DiscoveredModel[],
  origin: ListOrigin,
): MemoryQuestion | undefined {
  if (origin.isLlamaSwap) return LLAMA_SWAP;
  if (Object.hasOwn(BY_TYPE, profile.name)) return BY_TYPE[profile.name];
  return tellsLoaded(models) ? LIST : undefined;
}

/** Whether it is a server that unloads a model before it loads another, as llama-swap does. */
export function holdsOneModel(profile: Profile, origin: ListOrigin): boolean {
  return origin.isLlamaSwap || profile.name === "llama-swap";
}

/** Whether a list says of any of its models that it is in memory or is not. */
export function tellsLoaded(models: readonly DiscoveredModel[]): boolean {
  return models.some((model) => model.loaded !== undefined);
}

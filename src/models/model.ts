import type { StatedCapabilities } from "./capability.ts";

/** A model as one backend lists it. What the backend does not say is absent. Immutable. */
export interface DiscoveredModel {
  /** The name that the backend answers to. Never empty, without control characters. */
  readonly id: string;
  /** Other names for it that the same backend accepts. */
  readonly aliases?: readonly string[];
  /** Unix seconds. */
  readonly created?: number;
  /** Who made it; absent when the backend only names itself. */
  readonly ownedBy?: string;
  readonly sizeBytes?: number;
  /** Of the whole model, weights, template and all: equal digests are the same model. */
  readonly digest?: string;
  /** Tokens: what a request may use in all. */
  readonly contextLength?: number;
  /** Tokens: the longest answer. */
  readonly maxOutputTokens?: number;
  /** Whether it is in memory, where the list says so. */
  readonly loaded?: boolean;
  /** `llm`, `vlm`, `embeddings`, … as the backend says it. */
  readonly type?: string;
  /** The architecture or family, as the backend says it. */
  readonly family?: string;
  /** Such as `8B`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** Of the weights: `gguf`, `onnx`, `mlx`, … */
  readonly format?: string;
  /** The model that it is an adapter of. */
  readonly parent?: string;
  /** Where the weights come from, such as Lemonade's `checkpoint`. */
  readonly checkpoint?: string;
  /** What runs it on the backend, such as Lemonade's `recipe`. */
  readonly recipe?: string;
  readonly description?: string;
  readonly capabilities?: StatedCapabilities;
  /** Money per token, in US dollars. */
  readonly inputCostPerToken?: number;
  readonly outputCostPerToken?: number;
  /** Unix seconds. */
  readonly modifiedAt?: number;
}

/** One model on one endpoint. Immutable. */
export interface ModelCopy {
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** As the endpoint lists it; `model.id` is its name there. */
  readonly model: DiscoveredModel;
}

/** A model of the catalogue: one entry for all endpoints that have it. Immutable. */
export interface ModelEntry {
  /** The smallest of `names`, so that it does not depend on who answered first. */
  readonly id: string;
  /** Every name under which an endpoint lists it, sorted. */
  readonly names: readonly string[];
  /** Sorted by endpoint, then by name there. An endpoint that lists it under two names has two. Never empty. */
  readonly copies: readonly ModelCopy[];
  /** Unix seconds: the smallest that a backend named, else when olla first saw it. Does not grow. */
  readonly created: number;
  readonly ownedBy: string | undefined;
  /** Tokens: the least that all these endpoints offer, as far as they say. */
  readonly contextLength: number | undefined;
}

/** How one endpoint serves a requested name. */
export interface ModelHost {
  /** The name to ask the endpoint for. */
  readonly name: string;
  /** The model behind it; undefined where only a wildcard (`openai/*`) covers the name. */
  readonly model: DiscoveredModel | undefined;
}

/** What a requested name comes to. */
export interface Resolution {
  /** The catalogue's id for it; the requested name itself for a wildcard. */
  readonly modelId: string;
  /** By endpoint name. Never empty. */
  readonly hosts: ReadonlyMap<string, ModelHost>;
}

/** How an endpoint's list is doing. */
export interface SyncInfo {
  /** Models in the list that is in use. */
  readonly count: number;
  /** Epoch ms of the last list that came; undefined for never. */
  readonly lastSyncAt: number | undefined;
  /** Why the last attempt failed; undefined when it did not. */
  readonly error: string | undefined;
}

/** A model as one backend lists it. What the backend does not say is absent. */
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
  readonly digest?: string;
  /** Tokens. */
  readonly contextLength?: number;
  /** As the backend says it: `loaded`, `not-loaded`, `available`, … */
  readonly state?: string;
  /** `llm`, `vlm`, `embeddings`, … */
  readonly type?: string;
  readonly family?: string;
  /** Such as `8B`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** Of the weights: `gguf`, `onnx`, `mlx`, … */
  readonly format?: string;
  /** The model that it is an adapter of. */
  readonly parent?: string;
  readonly capabilities?: readonly string[];
  /** Unix seconds. */
  readonly modifiedAt?: number;
}

/** A model of the catalogue: one entry for all endpoints that have it. */
export interface ModelEntry {
  readonly id: string;
  /** Unix seconds: the smallest that a backend named, else when olla first saw it. Does not grow. */
  readonly created: number;
  readonly ownedBy: string | undefined;
  /** Names of the endpoints that serve it under this id, sorted. */
  readonly endpoints: readonly string[];
  /** Tokens: the least that all these endpoints offer, as far as they say. */
  readonly contextLength: number | undefined;
  readonly type: string | undefined;
}

/** What a requested name comes to. */
export interface Resolution {
  /** The catalogue's id for it; the requested name itself for a wildcard. */
  readonly modelId: string;
  /** Endpoint name → the name by which that endpoint knows the model. Never empty. */
  readonly native: ReadonlyMap<string, string>;
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

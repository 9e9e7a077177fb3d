import { closestNames } from "../lib/closest.ts";
import type { DiscoveredModel, ModelEntry, Resolution, SyncInfo } from "./model.ts";
import { buildIndex, lookUp, type ModelIndex } from "./model_index.ts";

interface EndpointModels {
  readonly models: readonly DiscoveredModel[];
  readonly lastSyncAt: number | undefined;
  readonly error: string | undefined;
}

const NO_MODELS: EndpointModels = { models: [], lastSyncAt: undefined, error: undefined };

/** Names come from clients, so the memory of answers has a bound. */
const MAX_REMEMBERED = 4096;
/** Longer names are looked up, but not remembered. */
const LONGEST_REMEMBERED = 256;

/**
 * Which endpoint has which model, and under which name. An endpoint that goes down keeps its models: whether it can be
 * used is the registry's matter.
 */
export class Catalog {
  readonly #endpoints = new Map<string, EndpointModels>();
  /** Model id → Unix seconds. It never grows, since backends such as vLLM give the time of the request. */
  readonly #created = new Map<string, number>();
  readonly #remembered = new Map<string, Resolution | undefined>();
  #version = 0;
  #index: ModelIndex = buildIndex(new Map(), () => 0);
  #indexVersion = 0;

  /** Bumps whenever an answer of {@link Catalog.resolve} or {@link Catalog.list} may have changed. */
  get version(): number {
    return this.#version;
  }

  /**
   * Replaces an endpoint's list.
   *
   * @param now Epoch ms.
   * @returns Whether anything but the time of it is new.
   */
  setModels(endpoint: string, models: readonly DiscoveredModel[], now: number): boolean {
    const before = this.#endpoints.get(endpoint);
    this.#endpoints.set(endpoint, { models, lastSyncAt: now, error: undefined });
    let changed = before?.lastSyncAt === undefined || !sameModels(before.models, models);
    for (const { id, created } of models) {
      const known = this.#created.get(id);
      const seen = created ?? known ?? Math.floor(now / 1000);
      if (known !== undefined && seen >= known) continue;
      this.#created.set(id, seen);
      changed = true;
    }
    if (changed) this.#change();
    return changed;
  }

  /** Notes that an endpoint's list could not be had. The former list stays in use. */
  setError(endpoint: string, error: string): void {
    const before = this.#endpoints.get(endpoint) ?? NO_MODELS;
    this.#endpoints.set(endpoint, { ...before, error });
  }

  /** Forgets an endpoint that is gone for good. */
  removeEndpoint(endpoint: string): void {
    if (this.#endpoints.delete(endpoint)) this.#change();
  }

  /** What an endpoint listed last, in its own order; empty for one that never answered. */
  modelsOf(endpoint: string): readonly DiscoveredModel[] {
    return (this.#endpoints.get(endpoint) ?? NO_MODELS).models;
  }

  /** True once this endpoint has given its list at least once. */
  isSynced(endpoint: string): boolean {
    return this.#endpoints.get(endpoint)?.lastSyncAt !== undefined;
  }

  /** How an endpoint's list is doing. */
  syncInfo(endpoint: string): SyncInfo {
    const { models, lastSyncAt, error } = this.#endpoints.get(endpoint) ?? NO_MODELS;
    return { count: models.length, lastSyncAt, error };
  }

  /**
   * Which endpoints serve a model, and how each calls it.
   *
   * @param name As a client wrote it. Looked for as it is, then ignoring case, then among wildcards (`openai/*`).
   */
  resolve(name: string): Resolution | undefined {
    const index = this.#current();
    const exact = index.exact.get(name);
    if (exact !== undefined) return exact;
    if (this.#remembered.has(name)) return this.#remembered.get(name);
    const resolution = lookUp(index, name);
    if (name.length <= LONGEST_REMEMBERED) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(name, resolution);
    }
    return resolution;
  }

  /** All models, sorted by id; without wildcards, which no client can ask for as they are. */
  list(): readonly ModelEntry[] {
    return this.#current().entries;
  }

  /** The entry of a model by the name that a client gives it; undefined for unknown names and wildcards. */
  find(name: string): ModelEntry | undefined {
    const modelId = this.resolve(name)?.modelId;
    return modelId === undefined ? undefined : this.#current().byId.get(modelId);
  }

  /** Up to `count` existing names that look like `name`, the nearest first. */
  closest(name: string, count: number): string[] {
    return closestNames(name, this.#current().byId.keys(), { limit: count });
  }

  #change(): void {
    this.#version++;
    this.#remembered.clear();
  }

  /** The index is built when it is first asked for after a change: a round of discovery changes many lists at once. */
  #current(): ModelIndex {
    if (this.#indexVersion !== this.#version) {
      const lists = new Map([...this.#endpoints].map(([endpoint, { models }]) => [endpoint, models] as const));
      this.#forgetCreated(lists);
      this.#index = buildIndex(lists, (id) => this.#created.get(id) ?? 0);
      this.#indexVersion = this.#version;
    }
    return this.#index;
  }

  #forgetCreated(lists: ReadonlyMap<string, readonly DiscoveredModel[]>): void {
    const listed = new Set<string>();
    for (const models of lists.values()) for (const { id } of models) listed.add(id);
    for (const id of this.#created.keys()) if (!listed.has(id)) this.#created.delete(id);
  }
}

/** Equal but for their times. */
function sameModels(a: readonly DiscoveredModel[], b: readonly DiscoveredModel[]): boolean {
  return a.length === b.length && a.every((model, index) => withoutTimes(model) === withoutTimes(b[index]));
}

function withoutTimes(model: DiscoveredModel | undefined): string {
  if (model === undefined) return "";
  const { created: _created, modifiedAt: _modifiedAt, ...rest } = model;
  return JSON.stringify(rest);
}

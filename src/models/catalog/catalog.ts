import { closestModels } from "./closest_models.ts";
import type { DiscoveredModel, ModelCopy, ModelEntry, Resolution, SyncInfo } from "../model.ts";
import { type ListedName, listedNames } from "./model_entry.ts";
import { type Found, ModelIndex } from "./model_index.ts";
import { sameModel } from "./same_model.ts";

/** How a catalogue joins models. */
export interface CatalogOptions {
  /** Whether names whose copies all have one and the same digest make one entry. */
  readonly joinByDigest: boolean;
  /**
   * Whether an endpoint may be asked for a name that it has only a wildcard for, after its filter.
   *
   * @default {every name}
   */
  readonly takesName?: ((endpoint: string, name: string) => boolean) | undefined;
}

/** What is known of one endpoint's list. */
interface EndpointModels {
  /** What the index holds of it, unless a list is being taken over. */
  copies: readonly ModelCopy[];
  /** What the index holds of it meanwhile, by id. Not kept: a map takes more memory than all that is in it. */
  changing: Map<string, ModelCopy> | undefined;
  /** The last list, in its own order. */
  models: readonly DiscoveredModel[];
  isSynced: boolean;
  lastSyncAt: number | undefined;
  error: string | undefined;
  /** A list that is still being taken over stops when another comes. */
  run: number;
}

interface Step {
  readonly changed: boolean;
  readonly isLast: boolean;
}

/** Names come from clients, so the memory of answers has a bound. */
const MAX_REMEMBERED = 4096;
/** Longer names are looked up, but not remembered. */
const LONGEST_REMEMBERED = 256;
/** Models that are taken over in one go: a few milliseconds. */
const SLICE = 500;

/**
 * Which endpoint has which model, and under which name. An endpoint that goes down keeps its models: whether it can be
 * used is the registry's matter. A change touches only what it changes; what was handed out is never changed.
 */
export class Catalog {
  readonly #endpoints = new Map<string, EndpointModels>();
  readonly #index: ModelIndex;
  readonly #remembered = new Map<string, Found | undefined>();
  #version = 0;

  /** @param options @default {joins by digest} */
  constructor(options: CatalogOptions = { joinByDigest: true }) {
    this.#index = new ModelIndex(options);
  }

  /** Bumps whenever an answer of {@link Catalog.resolve}, {@link Catalog.list} or {@link Catalog.isSynced} may have changed. */
  get version(): number {
    return this.#version;
  }

  /**
   * Replaces an endpoint's list. Of several models with one id the first counts.
   *
   * @param now Epoch ms.
   * @returns Whether anything but times and order is new.
   */
  setModels(endpoint: string, models: readonly DiscoveredModel[], now: number): boolean {
    let changed = false;
    for (const step of this.#replace(endpoint, models, now, Infinity)) changed ||= step.changed;
    return changed;
  }

  /**
   * {@link Catalog.setModels} for lists of any length: 500 models at a time, with a pause between. Until it is done, models
   * of the new list join those of the old one; none that is in both is missing meanwhile. A newer list of the endpoint,
   * or its removal, stops it.
   *
   * @param pause Resolves when the rest of the program had its turn.
   */
  async setModelsSliced(
    endpoint: string,
    models: readonly DiscoveredModel[],
    now: number,
    pause: () => Promise<void>,
  ): Promise<boolean> {
    const steps = this.#replace(endpoint, models, now, SLICE);
    let changed = false;
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      changed ||= step.value.changed;
      if (step.value.isLast) break;
      await pause();
    }
    return changed;
  }

  /** Notes that an endpoint's list could not be had. The former list stays in use. */
  setError(endpoint: string, error: string): void {
    this.#endpoint(endpoint).error = error;
  }

  /** Forgets an endpoint that is gone for good. */
  removeEndpoint(endpoint: string): void {
    const known = this.#endpoints.get(endpoint);
    if (known === undefined) return;
    this.#clear(known);
    this.#endpoints.delete(endpoint);
  }

  /**
   * Drops the models of endpoints that have not given their list for longer than `thresholdMs`. They count as never
   * synced until they give it again.
   *
   * @param now Epoch ms.
   * @param wellAt Epoch ms when an endpoint was last known to be as its list says; from then on, too, it has that time.
   * @returns The names of these endpoints.
   */
  dropStale(now: number, thresholdMs: number, wellAt: (endpoint: string) => number = () => 0): readonly string[] {
    const dropped: string[] = [];
    for (const [endpoint, known] of this.#endpoints) {
      if (!known.isSynced || known.lastSyncAt === undefined) continue;
      if (now - Math.max(known.lastSyncAt, wellAt(endpoint)) <= thresholdMs) continue;
      this.#clear(known);
      dropped.push(endpoint);
    }
    return dropped;
  }

  /** What an endpoint listed last, in its own order; empty for one that never answered. */
  modelsOf(endpoint: string): readonly DiscoveredModel[] {
    return this.#endpoints.get(endpoint)?.models ?? [];
  }

  /** True once this endpoint has given its list, as long as that list is in use. */
  isSynced(endpoint: string): boolean {
    return this.#endpoints.get(endpoint)?.isSynced === true;
  }

  /** Epoch ms when the endpoint last gave its list, which is when its models were last seen; undefined for never. */
  lastSeenAt(endpoint: string): number | undefined {
    return this.#endpoints.get(endpoint)?.lastSyncAt;
  }

  /** How an endpoint's list is doing. */
  syncInfo(endpoint: string): SyncInfo {
    const { models, lastSyncAt, error } = this.#endpoints.get(endpoint) ?? newEndpoint();
    return { count: models.length, lastSyncAt, error };
  }

  /**
   * Which endpoints serve a model, and how each calls it.
   *
   * @param name As a client wrote it. {@link ModelIndex.find} says what it is taken for.
   */
  resolve(name: string): Resolution | undefined {
    return this.#find(name)?.resolution;
  }

  /** All models, sorted by id; without wildcards, which no client can ask for as they are. */
  list(): readonly ModelEntry[] {
    return this.#index.entries();
  }

  /**
   * The names that a list for clients shows, sorted: every name of every entry, of names that differ in case only the
   * first, so that a server with two names for one model lists both. Takes milliseconds, so that nobody pays for them who
   * does not ask.
   */
  listedNames(): readonly ListedName[] {
    return listedNames(this.#index.entries());
  }

  /** The entry of a model by any of its names; undefined for unknown names and wildcards. */
  find(name: string): ModelEntry | undefined {
    return this.#find(name)?.entry;
  }

  /** Up to `count` existing names that look like `name`, the nearest first. Takes milliseconds: for refusals only. */
  closest(name: string, count: number): string[] {
    return closestModels(name, this.listedNames(), count);
  }

  #find(name: string): Found | undefined {
    const known = this.#remembered.get(name);
    if (known !== undefined || this.#remembered.has(name)) return known;
    const found = this.#index.find(name);
    if (name.length <= LONGEST_REMEMBERED) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(name, found);
    }
    return found;
  }

  /** Takes a list over, `slice` models a step. Each step leaves the catalogue whole. */
  *#replace(endpoint: string, models: readonly DiscoveredModel[], now: number, slice: number): Generator<Step> {
    const known = this.#endpoint(endpoint);
    const run = ++known.run;
    // A list that was not taken over to its end leaves its map to this one.
    const held = known.changing ??= new Map(known.copies.map((copy) => [copy.model.id, copy]));
    const listed = new Set<string>();
    let changed = false;
    let left = slice;
    for (const model of models) {
      if (listed.has(model.id)) continue;
      listed.add(model.id);
      if (this.#take(held, { endpoint, model }, now)) changed = true;
      if (--left > 0) continue;
      yield { changed: this.#settle(changed), isLast: false };
      if (known.run !== run) return;
      [changed, left] = [false, slice];
    }
    for (const [id, copy] of held) {
      if (listed.has(id)) continue;
      this.#index.remove(copy);
      held.delete(id);
      changed = true;
      if (--left > 0) continue;
      yield { changed: this.#settle(changed), isLast: false };
      if (known.run !== run) return;
      [changed, left] = [false, slice];
    }
    if (!known.isSynced) changed = true;
    Object.assign(known, { isSynced: true, lastSyncAt: now, error: undefined });
    known.copies = Array.from(listed, (id) => held.get(id)).filter((copy) => copy !== undefined);
    known.models = known.copies.map(({ model }) => model);
    known.changing = undefined;
    yield { changed: this.#settle(changed), isLast: true };
  }

  /** Takes one model over. Where nothing is new, the former object stays, so that whatever is remembered of it holds. */
  #take(held: Map<string, ModelCopy>, { endpoint, model }: ModelCopy, now: number): boolean {
    const before = held.get(model.id);
    const { created } = model;
    if (before !== undefined && sameModel(before.model, model)) {
      if (created === undefined || created >= (before.model.created ?? Infinity)) return false;
      return this.#index.noteCreated(model.id, created);
    }
    const copy = Object.freeze({ endpoint, model });
    const firstSeen = created ?? Math.floor(now / 1000);
    if (before === undefined) this.#index.add(copy, firstSeen);
    else this.#index.replace(before, copy, firstSeen);
    held.set(model.id, copy);
    return true;
  }

  #clear(known: EndpointModels): void {
    known.run++;
    for (const copy of known.changing?.values() ?? known.copies) this.#index.remove(copy);
    known.copies = [];
    known.changing = undefined;
    known.models = [];
    known.isSynced = false;
    this.#settle(true);
  }

  #settle(changed: boolean): boolean {
    if (changed) {
      this.#index.settle();
      this.#version++;
      this.#remembered.clear();
    }
    return changed;
  }

  #endpoint(name: string): EndpointModels {
    let known = this.#endpoints.get(name);
    if (known === undefined) {
      known = newEndpoint();
      this.#endpoints.set(name, known);
    }
    return known;
  }
}

function newEndpoint(): EndpointModels {
  return {
    copies: [],
    changing: undefined,
    models: [],
    isSynced: false,
    lastSyncAt: undefined,
    error: undefined,
    run: 0,
  };
}

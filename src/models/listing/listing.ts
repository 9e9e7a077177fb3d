import type { EndpointState } from "../../endpoints/state.ts";
import { closestNames } from "../../lib/closest.ts";
import { aliasReach } from "./alias_reach.ts";
import { differentNames, linesOf, sortedById, withAliases } from "./list_order.ts";
import { type ListedEndpoint, ListedEndpoints, type ListScope } from "./listed_endpoints.ts";
import { type ListedCopy, type ListedLine, ListedModel, type ListedModelParts } from "./listed_model.ts";
import type { LoadedModels } from "../loaded_models.ts";
import type { DiscoveredModel, ModelEntry, Resolution, SyncInfo } from "../model.ts";
import type { ModelTraits } from "../traits/traits.ts";

/** What the catalogue answers here. */
export interface ListingCatalog {
  readonly version: number;
  list(): readonly ModelEntry[];
  find(name: string): ModelEntry | undefined;
  resolve(name: string): Resolution | undefined;
  syncInfo(endpoint: string): SyncInfo;
  closest(name: string, count: number): readonly string[];
}

/** All models of a scope, those included whose endpoints are out of service. Immutable. */
export interface ListingView {
  /** Sorted by id; without aliases. */
  readonly models: readonly ListedModel[];
  /** Their names, sorted. An endpoint's list has each of its names, so that clients find what they are set up with. */
  readonly lines: readonly ListedLine[];
  /** The same with the aliases that lead somewhere. */
  readonly linesAndAliases: readonly ListedLine[];
}

export interface ModelListingOptions {
  readonly catalog: ListingCatalog;
  /** In config order. */
  readonly endpoints: () => readonly EndpointState[];
  readonly loaded: Pick<LoadedModels, "version" | "isLoaded">;
  /** `model_aliases`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly traitsOf: (model: DiscoveredModel) => ModelTraits;
  /** Unix seconds; the time of an alias of which nothing older is known. */
  readonly startedAt: number;
}

interface KeptView extends ListingView {
  /** What it was built of. */
  readonly stamp: Stamp;
  /** Undefined for a model that no endpoint of the scope has. */
  readonly byEntry: WeakMap<ModelEntry, ListedModel | undefined>;
  readonly aliases: ReadonlyMap<string, ListedModel>;
}

interface Stamp {
  readonly catalog: number;
  readonly endpoints: number;
  readonly types: number;
  readonly loaded: number;
}

type Endpoints = ReadonlyMap<string, ListedEndpoint>;

/** Scopes are routes, so there are few; the bound only keeps old catalogues from staying. */
const MAX_VIEWS = 8;

/**
 * The catalogue joined with what is known of endpoints, memory and aliases: what every list of models is rendered from.
 * A model of which nothing has changed stays the same object, so that what was rendered for it stays good.
 */
export class ModelListing {
  readonly #options: ModelListingOptions;
  readonly #endpoints: ListedEndpoints;
  readonly #views = new Map<string, KeptView>();

  constructor(options: ModelListingOptions) {
    this.#options = options;
    this.#endpoints = new ListedEndpoints(options.endpoints);
  }

  /**
   * Equal for as long as lists stay as they are.
   *
   * @param withLoaded Whether it also changes when a model comes into memory or leaves it.
   */
  stamp(withLoaded: boolean): string {
    const { catalog, loaded } = this.#options;
    return `${catalog.version}.${this.#endpoints.version()}.${withLoaded ? loaded.version : ""}`;
  }

  /**
   * The models of a scope.
   *
   * @param withLoaded Whether it matters what is in memory; without, that may be as of some time before.
   */
  view(scope: ListScope, withLoaded: boolean): ListingView {
    return this.#view(scope, withLoaded);
  }

  /**
   * What a name comes to in a scope, whether in service or not. Reads it as routing does: alias as written, model as
   * written, alias ignoring case, model ignoring case, wildcard. An alias that nobody serves gives way to a model.
   */
  find(scope: ListScope, name: string): ListedLine | undefined {
    const view = this.#view(scope, true);
    const entry = this.#options.catalog.find(name);
    const model = entry === undefined ? this.#byWildcard(scope, name) : view.byEntry.get(entry);
    const exactAlias = view.aliases.get(name);
    const alias = exactAlias ?? looseAlias(view.aliases, name);
    const modelFirst = exactAlias === undefined && model?.aliases.some((known) => known.name === name) === true;
    const found = (modelFirst ? [model, alias] : [alias, model]).filter((listed) => listed !== undefined);
    const best = found.find((listed) => listed.inService) ?? found[0];
    const lower = name.toLowerCase();
    return best?.lines.find((line) => line.id === name) ??
      best?.lines.find((line) => line.id.toLowerCase() === lower) ?? best?.lines[0];
  }

  /** Up to `count` names that exist and look like `name`. */
  closest(name: string, count: number): readonly string[] {
    const aliases = closestNames(name, Object.keys(this.#options.aliases), { limit: count });
    return [...new Set([...aliases, ...this.#options.catalog.closest(name, count)])].slice(0, count);
  }

  /** When some endpoint last listed the model, epoch ms on the registry's clock; 0 for never. */
  lastSeenAt({ copies }: ListedModel): number {
    let last = 0;
    for (const { endpoint } of copies) {
      last = Math.max(last, this.#options.catalog.syncInfo(endpoint.name).lastSyncAt ?? 0);
    }
    return last;
  }

  #view(scope: ListScope, withLoaded: boolean): KeptView {
    const { catalog, loaded } = this.#options;
    const before = this.#views.get(scope.key);
    const stamp: Stamp = {
      catalog: catalog.version,
      endpoints: this.#endpoints.version(),
      types: this.#endpoints.typesVersion,
      loaded: withLoaded ? loaded.version : before?.stamp.loaded ?? loaded.version,
    };
    if (before !== undefined && isSameStamp(before.stamp, stamp)) return before;
    const view = this.#build(this.#endpoints.within(scope), { before, stamp });
    this.#views.delete(scope.key);
    this.#views.set(scope.key, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > MAX_VIEWS && oldest !== undefined) this.#views.delete(oldest);
    return view;
  }

  #build(endpoints: Endpoints, { before, stamp }: { before: KeptView | undefined; stamp: Stamp }): KeptView {
    const { catalog } = this.#options;
    const byEntry = before !== undefined && before.stamp.types === stamp.types
      ? before.byEntry
      : new WeakMap<ModelEntry, ListedModel | undefined>();
    const sameEndpoints = before?.stamp.endpoints === stamp.endpoints;
    const sameLoaded = before?.stamp.loaded === stamp.loaded;
    const listed: ListedModel[] = [];
    for (const entry of catalog.list()) {
      let model = byEntry.get(entry);
      const isCurrent = model === undefined
        ? byEntry.has(entry)
        : (sameEndpoints || !model.copies.some(({ endpoint }) => endpoint.isOutdated)) &&
          (sameLoaded || model.copies.every((copy) => copy.loaded === this.#isLoaded(copy.endpoint.name, copy.model)));
      if (!isCurrent) {
        model = this.#listed(entry, endpoints);
        byEntry.set(entry, model);
      }
      if (model !== undefined) listed.push(model);
    }
    const aliases = new Map<string, ListedModel>();
    for (const [name, targets] of Object.entries(this.#options.aliases)) {
      const model = this.#reached(targets, { name, endpoints, isAlias: true });
      if (model !== undefined) aliases.set(name, model);
    }
    const models = sortedById(listed);
    const lines = linesOf(models);
    return { stamp, byEntry, aliases, models, lines, linesAndAliases: withAliases(lines, aliases) };
  }

  #listed(entry: ModelEntry, endpoints: Endpoints): ListedModel | undefined {
    const copies: ListedCopy[] = [];
    for (const { endpoint: name, model } of entry.copies) {
      const endpoint = endpoints.get(name);
      if (endpoint !== undefined) copies.push({ endpoint, model, loaded: this.#isLoaded(name, model) });
    }
    if (copies.length === 0) return undefined;
    const isWhole = copies.length === entry.copies.length;
    const names = isWhole ? entry.names : [...new Set(copies.map(({ model }) => model.id))];
    return this.#made({ names: differentNames(names), copies, created: entry.created, isAlias: false });
  }

  /** A name that is no model's own, but leads to some; undefined when it leads nowhere. */
  #reached(
    targets: readonly string[],
    { name, endpoints, isAlias }: { name: string; endpoints: Endpoints; isAlias: boolean },
  ): ListedModel | undefined {
    const { catalog, startedAt } = this.#options;
    const reached = aliasReach(targets, {
      resolve: (target) => catalog.resolve(target),
      endpoints: endpoints.values(),
    });
    if (reached.length === 0) return undefined;
    const copies = reached.map((copy) => ({ ...copy, loaded: this.#isLoaded(copy.endpoint.name, copy.model) }));
    const created = Math.min(startedAt, ...targets.flatMap((target) => catalog.find(target)?.created ?? []));
    return this.#made({ names: [name], copies, created, isAlias });
  }

  #byWildcard(scope: ListScope, name: string): ListedModel | undefined {
    return this.#reached([name], { name, endpoints: this.#endpoints.within(scope), isAlias: false });
  }

  #made(parts: Omit<ListedModelParts, "traitsOf">): ListedModel {
    return new ListedModel({ ...parts, traitsOf: this.#options.traitsOf });
  }

  #isLoaded(endpoint: string, model: DiscoveredModel): boolean | undefined {
    return this.#options.loaded.isLoaded(endpoint, model.id) ?? model.loaded;
  }
}

function isSameStamp(a: Stamp, b: Stamp): boolean {
  return a.catalog === b.catalog && a.endpoints === b.endpoints && a.types === b.types && a.loaded === b.loaded;
}

function looseAlias(aliases: ReadonlyMap<string, ListedModel>, name: string): ListedModel | undefined {
  const lower = name.toLowerCase();
  for (const [alias, model] of aliases) if (alias.toLowerCase() === lower) return model;
  return undefined;
}

import type { EndpointState } from "../../endpoints/state.ts";
import { closestNames } from "../../lib/closest.ts";
import { SharedWork } from "../../lib/shared_work.ts";
import { runInSlices } from "../../lib/slices.ts";
import { aliasReach } from "./alias_reach.ts";
import { buildView, type BuiltView, type ListingView } from "./build_view.ts";
import { differentNames } from "./list_order.ts";
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

export interface ModelListingOptions {
  readonly catalog: ListingCatalog;
  /** In config order. */
  readonly endpoints: () => readonly EndpointState[];
  readonly loaded: Pick<LoadedModels, "version" | "isLoaded">;
  /** `model_aliases`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** `model_registry.ignored_suffixes`. */
  readonly ignoredSuffixes: readonly string[];
  readonly traitsOf: (model: DiscoveredModel) => ModelTraits;
  /** Unix seconds; the time of an alias of which nothing older is known. */
  readonly startedAt: number;
}

interface KeptView extends BuiltView {
  /** What it was built of. */
  readonly stamp: Stamp;
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
  readonly #aliases: ReadonlyMap<string, readonly string[]>;
  readonly #views = new Map<string, KeptView>();
  readonly #building = new SharedWork<KeptView>();

  constructor(options: ModelListingOptions) {
    this.#options = options;
    this.#endpoints = new ListedEndpoints(options.endpoints);
    this.#aliases = new Map(Object.entries(options.aliases));
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
   * The models of a scope. Joined in slices, as it takes milliseconds for thousands; it tells what was true when that began.
   *
   * @param withLoaded Whether it matters what is in memory; without, that may be as of some time before.
   */
  async view(scope: ListScope, withLoaded: boolean): Promise<ListingView> {
    const before = this.#views.get(scope.key);
    if (before !== undefined && isSameStamp(before.stamp, this.#stampOver(before, withLoaded))) return before;
    return await this.#building.run(scope.key, () => this.stamp(withLoaded), async () => {
      const view = await this.#build(scope, withLoaded);
      this.#views.delete(scope.key);
      this.#views.set(scope.key, view);
      const [oldest] = this.#views.keys();
      if (this.#views.size > MAX_VIEWS && oldest !== undefined) this.#views.delete(oldest);
      return view;
    });
  }

  /**
   * What a name comes to in a scope, whether in service or not. Reads it as routing does: alias as written, model as
   * written, alias ignoring case, model ignoring case, the same without an ignored suffix, wildcard. An alias that nobody
   * serves gives way to a model.
   */
  find(scope: ListScope, name: string): ListedLine | undefined {
    this.#endpoints.version(); // looks what has changed
    const endpoints = this.#endpoints.within(scope);
    const asWritten = this.#line(name, endpoints);
    const suffix = this.#options.ignoredSuffixes.find((end) => name.length > end.length && name.endsWith(end));
    if (suffix === undefined || (asWritten !== undefined && this.#isListed(asWritten.model))) return asWritten;
    return this.#line(name.slice(0, -suffix.length), endpoints) ?? asWritten;
  }

  /** Whether some endpoint lists it, or it is an alias, rather than that a wildcard covers it. */
  #isListed({ isAlias, id }: ListedModel): boolean {
    return isAlias || this.#options.catalog.find(id) !== undefined;
  }

  #line(name: string, endpoints: Endpoints): ListedLine | undefined {
    const entry = this.#options.catalog.find(name);
    const model = entry === undefined
      ? this.#reached([name], { name, endpoints, isAlias: false })
      : this.#listed(entry, endpoints);
    // As in routing, an alias is final: no model of its name takes its place.
    const exactAlias = this.#alias(name, endpoints);
    const isModel = model?.aliases.some((known) => known.name === name) === true;
    const best = exactAlias ?? (isModel ? model : this.#looseAlias(name, endpoints) ?? model);
    return best && lineOf(best, name);
  }

  /** Up to `count` names that exist and look like `name`; never the name itself, in whatever case. */
  closest(name: string, count: number): readonly string[] {
    const limit = count + 1;
    const aliases = closestNames(name, [...this.#aliases.keys()], { limit });
    const lower = name.toLowerCase();
    const others = new Set([...aliases, ...this.#options.catalog.closest(name, limit)]);
    return [...others].filter((other) => other.toLowerCase() !== lower).slice(0, count);
  }

  /** What `model_aliases` lets a name stand for, as written or ignoring case; undefined for what is no alias. */
  aliasTargets(name: string): readonly string[] | undefined {
    const lower = name.toLowerCase();
    return this.#aliases.get(name) ?? [...this.#aliases].find(([alias]) => alias.toLowerCase() === lower)?.[1];
  }

  /** The endpoints that have a model, each with its status, such as `gpu (offline)`. */
  whereabouts({ copies }: ListedModel): readonly string[] {
    const names = new Set(copies.map(({ endpoint }) => endpoint.name));
    return this.#options.endpoints().filter(({ endpoint }) => names.has(endpoint.name))
      .map(({ endpoint, status }) => `${endpoint.name} (${status})`);
  }

  /** When some endpoint last listed the model, epoch ms on the registry's clock; 0 for never. */
  lastSeenAt({ copies }: ListedModel): number {
    let last = 0;
    for (const { endpoint } of copies) {
      last = Math.max(last, this.#options.catalog.syncInfo(endpoint.name).lastSyncAt ?? 0);
    }
    return last;
  }

  /** The stamp of a view that is built now, after another one. */
  #stampOver(before: KeptView | undefined, withLoaded: boolean): Stamp {
    const { catalog, loaded } = this.#options;
    return {
      catalog: catalog.version,
      endpoints: this.#endpoints.version(),
      types: this.#endpoints.typesVersion,
      loaded: withLoaded ? loaded.version : before?.stamp.loaded ?? loaded.version,
    };
  }

  /** All that may change meanwhile is read before the first step, but for what is in memory: that is true line by line. */
  async #build(scope: ListScope, withLoaded: boolean): Promise<KeptView> {
    const known = this.#views.get(scope.key);
    const stamp = this.#stampOver(known, withLoaded);
    const before = known?.stamp.types === stamp.types ? known : undefined;
    const endpoints = this.#endpoints.within(scope);
    const aliases = new Map<string, ListedModel>();
    for (const name of this.#aliases.keys()) {
      const model = this.#alias(name, endpoints);
      if (model !== undefined) aliases.set(name, model);
    }
    const steps = buildView({
      entries: this.#options.catalog.list(),
      before,
      isCurrent: this.#currentCheck(before?.stamp, stamp),
      make: (entry) => this.#listed(entry, endpoints),
      aliases,
    });
    return { ...await runInSlices(steps), stamp };
  }

  /** Makes a check whether a model is still as it was joined before; undefined where all are. */
  #currentCheck(before: Stamp | undefined, now: Stamp): ((model: ListedModel) => boolean) | undefined {
    const sameEndpoints = before?.endpoints === now.endpoints;
    const sameLoaded = before?.loaded === now.loaded;
    if (sameEndpoints && sameLoaded) return undefined;
    return ({ copies }) =>
      (sameEndpoints || !copies.some(({ endpoint }) => endpoint.isOutdated)) &&
      (sameLoaded || copies.every((copy) => copy.loaded === this.#isLoaded(copy.endpoint.name, copy.model)));
  }

  /** Undefined for what is no alias, and for one that leads nowhere. */
  #alias(name: string, endpoints: Endpoints): ListedModel | undefined {
    const targets = this.#aliases.get(name);
    return targets && this.#reached(targets, { name, endpoints, isAlias: true });
  }

  #looseAlias(name: string, endpoints: Endpoints): ListedModel | undefined {
    const lower = name.toLowerCase();
    for (const alias of this.#aliases.keys()) {
      const model = alias.toLowerCase() === lower ? this.#alias(alias, endpoints) : undefined;
      if (model !== undefined) return model;
    }
    return undefined;
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

  #made(parts: Omit<ListedModelParts, "traitsOf">): ListedModel {
    return new ListedModel({ ...parts, traitsOf: this.#options.traitsOf });
  }

  #isLoaded(endpoint: string, model: DiscoveredModel): boolean | undefined {
    return this.#options.loaded.isLoaded(endpoint, model.id);
  }
}

/** The line of a model that a name asks for: by its id, or by another name that an endpoint accepts for this id. */
function lineOf(model: ListedModel, name: string): ListedLine {
  const lower = name.toLowerCase();
  const { lines } = model;
  const asked = lines.find(({ id }) => id === name) ?? lines.find(({ id }) => id.toLowerCase() === lower);
  if (asked !== undefined) return asked;
  const copy = model.copies.find((copy) => copy.model.aliases?.includes(name)) ??
    model.copies.find((copy) => copy.model.aliases?.some((alias) => alias.toLowerCase() === lower));
  const id = copy?.model.id.toLowerCase();
  return lines.find((line) => line.id.toLowerCase() === id) ?? model;
}

function isSameStamp(a: Stamp, b: Stamp): boolean {
  return a.catalog === b.catalog && a.endpoints === b.endpoints && a.types === b.types && a.loaded === b.loaded;
}

import type { DiscoveredModel, ModelEntry, Resolution } from "./model.ts";

/** Endpoint name → its name for a model. */
type Hosts = Map<string, string>;

/** A route such as `openai/*`. */
interface Wildcard {
  readonly prefix: string;
  readonly suffix: string;
  /** Sorted. */
  readonly endpoints: readonly string[];
}

/** All lists of models, arranged for look-ups. Immutable: a changed list makes a new one. */
export interface ModelIndex {
  /** Sorted by id. */
  readonly entries: readonly ModelEntry[];
  readonly byId: ReadonlyMap<string, ModelEntry>;
  /** Every accepted name, as the backends write it. */
  readonly exact: ReadonlyMap<string, Resolution>;
  /** Lower-case name → the names in `exact` that differ from each other only in case. */
  readonly folded: ReadonlyMap<string, readonly string[]>;
  /** The most specific first. */
  readonly wildcards: readonly Wildcard[];
}

/**
 * Joins the lists of all endpoints.
 *
 * @param lists By endpoint name.
 * @param createdOf When a model was made or first seen, Unix seconds.
 */
export function buildIndex(
  lists: ReadonlyMap<string, readonly DiscoveredModel[]>,
  createdOf: (id: string) => number,
): ModelIndex {
  const hosts = new Map<string, Hosts>();
  const listed = new Map<string, Map<string, DiscoveredModel>>();
  const wildcards = new Map<string, Set<string>>();
  // In the order of the endpoints' names, so that nothing depends on which of them answered first.
  for (const [endpoint, models] of [...lists].toSorted(byKey)) {
    for (const model of models) {
      if (isWildcard(model.id)) addTo(wildcards, model.id, () => new Set()).add(endpoint);
      else addTo(listed, model.id, () => new Map()).set(endpoint, model);
    }
    for (const { id, aliases = [] } of models) {
      if (isWildcard(id)) continue;
      for (const name of [id, ...aliases]) addTo(hosts, name, () => new Map()).set(endpoint, name);
    }
  }
  const idOfAlias = aliasOwners(lists);
  const exact = new Map<string, Resolution>();
  for (const [name, native] of hosts) {
    exact.set(name, { modelId: listed.has(name) ? name : idOfAlias.get(name) ?? name, native });
  }
  const entries = [...listed].toSorted(byKey).map(([id, models]) =>
    entryOf(id, { models: [...models.values()], endpoints: [...hosts.get(id)?.keys() ?? []], created: createdOf(id) })
  );
  return {
    entries,
    byId: new Map(entries.map((entry) => [entry.id, entry])),
    exact,
    folded: foldNames(exact.keys()),
    wildcards: [...wildcards].map(readWildcard).toSorted(bySpecificity),
  };
}

/** Finds a model: by its exact name, then ignoring case, then by the most specific wildcard. */
export function lookUp(index: ModelIndex, name: string): Resolution | undefined {
  const found = index.exact.get(name);
  if (found !== undefined) return found;
  const spellings = index.folded.get(name.toLowerCase());
  if (spellings !== undefined) return joinSpellings(index, spellings);
  const wildcard = index.wildcards.find((candidate) => covers(candidate, name));
  if (wildcard === undefined) return undefined;
  return { modelId: name, native: new Map(wildcard.endpoints.map((endpoint) => [endpoint, name])) };
}

/** Whether an id stands for many models, as `openai/*` in LiteLLM's lists. */
export function isWildcard(id: string): boolean {
  return id.includes("*");
}

function addTo<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

function aliasOwners(lists: ReadonlyMap<string, readonly DiscoveredModel[]>): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [, models] of [...lists].toSorted(byKey)) {
    for (const { id, aliases = [] } of models) {
      for (const alias of aliases) if (!owners.has(alias)) owners.set(alias, id);
    }
  }
  return owners;
}

function entryOf(
  id: string,
  { models, endpoints, created }: { models: readonly DiscoveredModel[]; endpoints: string[]; created: number },
): ModelEntry {
  const contexts = models.flatMap((model) => model.contextLength ?? []);
  return {
    id,
    created,
    ownedBy: models.find((model) => model.ownedBy !== undefined)?.ownedBy,
    endpoints: endpoints.toSorted(),
    contextLength: contexts.length > 0 ? Math.min(...contexts) : undefined,
    type: models.find((model) => model.type !== undefined)?.type,
  };
}

function foldNames(names: Iterable<string>): Map<string, readonly string[]> {
  const folded = new Map<string, string[]>();
  for (const name of names) addTo(folded, name.toLowerCase(), () => []).push(name);
  for (const spellings of folded.values()) spellings.sort();
  return folded;
}

function joinSpellings(index: ModelIndex, spellings: readonly string[]): Resolution | undefined {
  const native: Hosts = new Map();
  let modelId: string | undefined;
  for (const spelling of spellings) {
    const resolution = index.exact.get(spelling);
    if (resolution === undefined) continue;
    modelId ??= resolution.modelId;
    for (const [endpoint, name] of resolution.native) if (!native.has(endpoint)) native.set(endpoint, name);
  }
  return modelId === undefined ? undefined : { modelId, native };
}

function readWildcard([id, endpoints]: [string, ReadonlySet<string>]): Wildcard {
  const star = id.indexOf("*");
  return { prefix: id.slice(0, star), suffix: id.slice(star + 1), endpoints: [...endpoints].toSorted() };
}

function covers({ prefix, suffix }: Wildcard, name: string): boolean {
  return name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);
}

function bySpecificity(a: Wildcard, b: Wildcard): number {
  return b.prefix.length - a.prefix.length || b.suffix.length - a.suffix.length || (a.prefix < b.prefix ? -1 : 1);
}

import { type LookAlikeName, lookAlikeName, plainName } from "./look_alike_name.ts";
import type { ModelEntry } from "../model.ts";

/** A name in a group of look-alikes. */
export interface LookAlikeMember {
  readonly name: string;
  /** Sorted names of the endpoints that list it so. */
  readonly endpoints: readonly string[];
}

/** Names on different endpoints that are probably the same model, but that nothing joins. */
export interface LookAlike {
  /** The alias to add or to extend. */
  readonly alias: string;
  /** What the alias should stand for. */
  readonly targets: readonly string[];
  readonly members: readonly LookAlikeMember[];
}

/** `model_aliases` of the config. */
export type ModelAliases = Readonly<Record<string, readonly string[]>>;

/** One name of one entry, as far as it can look like another. */
interface Candidate {
  readonly name: string;
  readonly entry: ModelEntry;
  readonly read: LookAlikeName;
}

/**
 * Finds names that look like one model under several names. Names of one entry, and those that stand together in an alias,
 * are joined already. Takes time in proportion to the number of names; {@link LookAlikeSearch.add} can be called in
 * portions.
 */
export class LookAlikeSearch {
  readonly #byKey = new Map<string, Candidate[]>();
  readonly #entries: ModelEntry[] = [];

  /** Entries of the catalogue, each once. */
  add(entries: readonly ModelEntry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      for (const name of distinctNames(entry)) {
        const read = lookAlikeName(name);
        if (read.key === "") continue;
        const known = this.#byKey.get(read.key);
        if (known === undefined) this.#byKey.set(read.key, [{ name, entry, read }]);
        else known.push({ name, entry, read });
      }
    }
  }

  /** The groups among all that was added, sorted by the alias to use. */
  found(aliases: ModelAliases): readonly LookAlike[] {
    const joining = new Joining(aliases);
    const groups: Candidate[][] = [];
    for (const candidates of this.#byKey.values()) {
      if (candidates.length < 2) continue;
      for (const group of byQuantization(candidates)) if (joining.isWorthwhile(group)) groups.push(group);
    }
    if (groups.length === 0) return [];
    const taken: Taken = {
      models: new Set(this.#entries.flatMap((entry) => entry.names.map((name) => name.toLowerCase()))),
      aliases: new Set(Object.keys(aliases).map((alias) => alias.toLowerCase())),
    };
    return groups.map((group) => describe(group, aliases, taken)).sort((a, b) => a.alias < b.alias ? -1 : 1);
  }
}

/** Pure. {@link LookAlikeSearch} in one go. */
export function findLookAlikes(entries: readonly ModelEntry[], aliases: ModelAliases): readonly LookAlike[] {
  const search = new LookAlikeSearch();
  search.add(entries);
  return search.found(aliases);
}

/** Names that differ in case only are found by either. */
function distinctNames({ names }: ModelEntry): readonly string[] {
  if (names.length === 1) return names;
  return [...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values()];
}

/** Names with different quantisations differ on purpose; one that names none may be any of them. */
function byQuantization(candidates: Candidate[]): Candidate[][] {
  const groups = Map.groupBy(candidates, (candidate) => candidate.read.quantization);
  const named = [...groups.keys()].filter((word) => word !== "");
  return named.length <= 1 ? [candidates] : [...groups.values()];
}

/** What is one model already, by the catalogue or by the user's aliases. */
class Joining {
  /** Folded name → the aliases that it stands in, its own among them. */
  readonly #aliasesOf = new Map<string, string[]>();

  constructor(aliases: ModelAliases) {
    for (const [alias, targets] of Object.entries(aliases)) {
      for (const name of new Set([alias, ...targets].map((name) => name.toLowerCase()))) {
        const known = this.#aliasesOf.get(name);
        if (known === undefined) this.#aliasesOf.set(name, [alias]);
        else known.push(alias);
      }
    }
  }

  /** Whether joining the group would give some of its names an endpoint more. */
  isWorthwhile(group: readonly Candidate[]): boolean {
    const all = new Set(group.flatMap(({ entry }) => entry.copies.map((copy) => copy.endpoint)));
    return all.size > 1 && this.#units(group).some((endpoints) => endpoints.size < all.size);
  }

  /** The endpoints of what is joined already: entries that an alias, or a chain of aliases, has in common. */
  #units(group: readonly Candidate[]): ReadonlySet<string>[] {
    const parents = new Map<unknown, unknown>();
    const rootOf = (item: unknown): unknown => {
      let root = item;
      for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
      if (root !== item) parents.set(item, root);
      return root;
    };
    for (const { name, entry } of group) {
      for (const alias of this.#aliasesOf.get(name.toLowerCase()) ?? []) {
        const [one, other] = [rootOf(entry), rootOf(alias)];
        if (one !== other) parents.set(one, other);
      }
    }
    const units = new Map<unknown, Set<string>>();
    for (const { entry } of group) {
      const root = rootOf(entry);
      const endpoints = units.get(root) ?? new Set();
      for (const copy of entry.copies) endpoints.add(copy.endpoint);
      units.set(root, endpoints);
    }
    return [...units.values()];
  }
}

/** Names in lower case that a new alias should not have. */
interface Taken {
  /** Of models. */
  readonly models: ReadonlySet<string>;
  /** A second alias of such a name would be refused. */
  readonly aliases: ReadonlySet<string>;
}

function describe(group: readonly Candidate[], aliases: ModelAliases, taken: Taken): LookAlike {
  const members = group.map(({ name, entry }) => ({ name, endpoints: endpointsOf(entry, name) }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const names = new Map(members.map(({ name }) => [name.toLowerCase(), name]));
  const extended = Object.entries(aliases).find(([, targets]) =>
    targets.every((target) => names.has(target.toLowerCase()))
  );
  if (extended !== undefined) {
    const [alias, targets] = extended;
    const has = new Set(targets.map((target) => target.toLowerCase()));
    const missing = members.map(({ name }) => name).filter((name) => !has.has(name.toLowerCase()));
    return { alias, targets: [...targets, ...missing], members };
  }
  const alias = newAlias(group, names, taken);
  // A model of the alias' own name is asked for last: the other names are why there is an alias.
  const last = (name: string) => name.toLowerCase() === alias ? 1 : 0;
  const targets = members.map(({ name }) => name).sort((a, b) => last(a) - last(b) || (a < b ? -1 : 1));
  return { alias, targets, members };
}

/** The shortest plain form that is no name of some other model or alias. */
function newAlias(
  group: readonly Candidate[],
  own: ReadonlyMap<string, string>,
  { models, aliases }: Taken,
): string {
  const isFree = (name: string) => !aliases.has(name) && (own.has(name) || !models.has(name));
  const plain = group.map(({ name }) => plainName(name)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const free = plain.find(isFree);
  if (free !== undefined) return free;
  const quantization = group.find(({ read }) => read.quantization !== "")?.read.quantization;
  const precise = quantization === undefined ? `${plain[0]}` : `${plain[0]}-${quantization}`;
  for (let count = 1;; count++) {
    const name = count === 1 ? precise : `${precise}-${count}`;
    if (isFree(name)) return name;
  }
}

function endpointsOf(entry: ModelEntry, name: string): readonly string[] {
  const folded = name.toLowerCase();
  const copies = entry.copies.filter(({ model }) => model.id.toLowerCase() === folded);
  return [...new Set(copies.map((copy) => copy.endpoint))];
}

import { AliasIndex } from "./alias_index.ts";
import { HostMatches } from "./host_matches.ts";
import { isLatestOfShort, otherTagForm } from "./latest_tag.ts";
import { MixedDigests } from "./mixed_digests.ts";
import type { ModelCopy, ModelEntry, Resolution } from "../model.ts";
import { compareCopies } from "./model_entry.ts";
import { commonDigest, entryOf, type Group, hasMoreCopies, type Joined, newGroup, newJoined } from "./model_group.ts";
import { sortedInsert } from "./sorted_insert.ts";
import { SortedView } from "./sorted_view.ts";
import { isWildcard, Wildcards } from "./wildcards.ts";

/** What a name was found to mean. */
export interface Found {
  readonly resolution: Resolution;
  /** Undefined where only a wildcard covers the name. */
  readonly entry: ModelEntry | undefined;
}

/** How an index joins and looks up; see `CatalogOptions`. */
export interface ModelIndexOptions {
  readonly joinByDigest: boolean;
  readonly takesName?: ((endpoint: string, name: string) => boolean) | undefined;
}

/** Entries of more copies than this are built when they are asked for. */
const MOST_AT_ONCE = 8;

/**
 * The copies of all endpoints, arranged for look-ups and lists. Changes touch only what they change; what was handed out
 * stays as it is. After some `add` and `remove`, {@link ModelIndex.settle} brings the entries up to date.
 */
export class ModelIndex {
  readonly #joinByDigest: boolean;
  readonly #takesName: (endpoint: string, name: string) => boolean;
  /** By folded name. */
  readonly #groups = new Map<string, Group>();
  /** Folded `x:latest` → its copies that also answer to `x`; while there are any, it is in the group of `x`. */
  readonly #latest = new Map<string, number>();
  readonly #aliases = new AliasIndex();
  readonly #byDigest = new Map<string, Joined>();
  readonly #mixed = new MixedDigests();
  readonly #wildcards = new Wildcards();
  /** Each once, as its flag says; sets would cost more than all else here. */
  #touched: Group[] = [];
  /** Each once: what may be stale. */
  #queue: (Group | Joined)[] = [];
  readonly #entries = new SortedView<ModelEntry>((entry) => entry.id);

  constructor({ joinByDigest, takesName = () => true }: ModelIndexOptions) {
    this.#joinByDigest = joinByDigest;
    this.#takesName = takesName;
  }

  /**
   * An endpoint has a model that it did not have.
   *
   * @param created When it was made or first seen, Unix seconds.
   */
  add(copy: ModelCopy, created: number): void {
    const { id } = copy.model;
    if (isWildcard(id)) return this.#wildcards.add(id, copy.endpoint);
    const folded = id.toLowerCase();
    if (isLatestOfShort(copy.model, folded)) this.#countLatest(folded, 1);
    const group = this.#group(this.#groupName(folded));
    group.copies = sortedInsert(group.copies, copy, compareCopies);
    group.created = Math.min(group.created, created);
    this.#touch(group);
    this.#aliases.add(copy);
  }

  /** An endpoint no longer has a model; `copy` is the very object that was added. */
  remove(copy: ModelCopy): void {
    const { id } = copy.model;
    if (isWildcard(id)) return this.#wildcards.remove(id, copy.endpoint);
    const folded = id.toLowerCase();
    const group = this.#group(this.#groupName(folded));
    group.copies = group.copies.filter((other) => other !== copy);
    this.#touch(group);
    if (isLatestOfShort(copy.model, folded)) this.#countLatest(folded, -1);
    this.#aliases.remove(copy);
  }

  /**
   * A model of an endpoint changed.
   *
   * @param before The very object that was added.
   * @param copy Of the same endpoint and id.
   * @param created As in {@link ModelIndex.add}.
   */
  replace(before: ModelCopy, copy: ModelCopy, created: number): void {
    const folded = copy.model.id.toLowerCase();
    const group = this.#groups.get(this.#groupName(folded));
    const place = group?.copies.indexOf(before) ?? -1;
    const moves = isLatestOfShort(before.model, folded) !== isLatestOfShort(copy.model, folded);
    if (group === undefined || place === -1 || moves) {
      this.remove(before);
      this.add(copy, created);
      return;
    }
    group.copies = group.copies.with(place, copy);
    group.created = Math.min(group.created, created);
    this.#touch(group);
    this.#aliases.remove(before);
    this.#aliases.add(copy);
  }

  /**
   * A backend named an earlier time for a model that is there.
   *
   * @returns Whether that is new.
   */
  noteCreated(id: string, created: number): boolean {
    const group = this.#groups.get(this.#groupName(id.toLowerCase()));
    if (group === undefined || created >= group.created) return false;
    group.created = created;
    this.#touch(group);
    return true;
  }

  /** Finds the new places of what was added and removed. */
  settle(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (const group of touched) {
      group.touched = false;
      const before = group.joined;
      const joined = this.#joinFor(group);
      if (before !== joined) {
        if (before !== undefined) this.#leave(before, group);
        joined?.groups.push(group);
        group.joined = joined;
        // Its old place loses it, be it a joined entry or its own.
        this.#markStale(before ?? group);
      }
      this.#markStale(joined ?? group);
      this.#mixed.note(group, this.#joinByDigest && joined === undefined);
      if (group.copies.length === 0) this.#groups.delete(group.name);
    }
    // The others wait until they are asked for: in a round of discovery, what all endpoints have changes with each.
    const waiting: (Group | Joined)[] = [];
    for (const holder of this.#queue) {
      holder.queued = holder.stale && hasMoreCopies(holder, MOST_AT_ONCE);
      if (holder.queued) waiting.push(holder);
      else this.#renew(holder);
    }
    this.#queue = waiting;
  }

  /** All entries, sorted by id. A fresh array after each change. */
  entries(): readonly ModelEntry[] {
    this.#renewAll();
    return this.#entries.list();
  }

  /**
   * Who serves a name. Of one endpoint's models the best match counts:
   * 1. its id is the name; 2. it takes the name as an alias; 3. its id is the name in another case; 4. an alias is;
   * 5. it has another name, but the digest of a model of the requested name, in any case.
   * 6. Where no endpoint has any of these, the most specific wildcard.
   */
  find(name: string): Found | undefined {
    const folded = name.toLowerCase();
    const matches = new HostMatches();
    const offer = (rank: number, copy: ModelCopy, asked: string) => matches.offer({ rank, copy, name: asked });
    const group = this.#groups.get(this.#groupName(folded));
    const other = otherTagForm(folded);
    for (const copy of this.#groups.get(this.#groupName(other))?.copies ?? []) {
      if (copy.model.id.toLowerCase() !== other) continue;
      for (const alias of copy.model.aliases ?? []) {
        if (alias.toLowerCase() === folded) offer(alias === name ? 2 : 4, copy, alias);
      }
    }
    for (const { name: alias, copy } of this.#aliases.get(folded)) offer(alias === name ? 2 : 4, copy, alias);
    for (const copy of group?.copies ?? []) {
      const { id } = copy.model;
      offer(id === name ? 1 : id.toLowerCase() === folded ? 3 : 5, copy, id);
    }
    for (const copy of group === undefined ? [] : this.#sameDigest(group)) offer(5, copy, copy.model.id);
    const best = matches.best();
    if (best === undefined) return this.#wildcard(name);
    const entry = this.#entryOf(this.#groups.get(this.#groupName(best.copy.model.id.toLowerCase())));
    return {
      resolution: Object.freeze({ modelId: entry?.id ?? best.copy.model.id, hosts: matches.hosts() }),
      entry,
    };
  }

  #wildcard(name: string): Found | undefined {
    const endpoints = this.#wildcards.endpointsFor(name, (endpoint) => this.#takesName(endpoint, name));
    if (endpoints.length === 0) return undefined;
    const hosts = new Map(endpoints.map((endpoint) => [endpoint, Object.freeze({ name, model: undefined })] as const));
    return { resolution: Object.freeze({ modelId: name, hosts }), entry: undefined };
  }

  #groupName(folded: string): string {
    return this.#latest.has(folded) ? otherTagForm(folded) : folded;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = newGroup(name);
      this.#groups.set(name, group);
    }
    return group;
  }

  /** Where the first `x:latest` comes that is `x`, or the last goes, all copies of that id move: they are one model. */
  #countLatest(folded: string, step: 1 | -1): void {
    const count = (this.#latest.get(folded) ?? 0) + step;
    const from = this.#groupName(folded);
    if (count > 0) this.#latest.set(folded, count);
    else this.#latest.delete(folded);
    const to = this.#groupName(folded);
    const source = this.#groups.get(from);
    if (from === to || source === undefined) return;
    const moving = source.copies.filter((copy) => copy.model.id.toLowerCase() === folded);
    if (moving.length === 0) return;
    const target = this.#group(to);
    target.created = Math.min(target.created, source.created);
    source.copies = source.copies.filter((copy) => !moving.includes(copy));
    for (const copy of moving) target.copies = sortedInsert(target.copies, copy, compareCopies);
    this.#touch(source);
    this.#touch(target);
  }

  #joinFor(group: Group): Joined | undefined {
    const digest = this.#joinByDigest ? commonDigest(group.copies) : undefined;
    if (digest === undefined) return undefined;
    let joined = this.#byDigest.get(digest);
    if (joined === undefined) {
      joined = newJoined(digest);
      this.#byDigest.set(digest, joined);
    }
    return joined;
  }

  /** The copies of any name whose digest is that of a copy in this group. */
  *#sameDigest(group: Group): Generator<ModelCopy> {
    const digests = group.joined === undefined ? group.mixedDigests : [group.joined.digest];
    for (const digest of digests) {
      for (const { copies } of this.#byDigest.get(digest)?.groups ?? []) yield* copies;
      yield* this.#mixed.copiesWith(digest);
    }
  }

  #leave(joined: Joined, group: Group): void {
    drop(joined.groups, group);
    if (joined.groups.length === 0) this.#byDigest.delete(joined.digest);
  }

  #touch(group: Group): void {
    if (!group.touched) this.#touched.push(group);
    group.touched = true;
  }

  #markStale(holder: Group | Joined): void {
    holder.stale = true;
    if (holder.queued) return;
    holder.queued = true;
    this.#queue.push(holder);
  }

  #entryOf(group: Group | undefined): ModelEntry | undefined {
    const holder = group?.joined ?? group;
    if (holder !== undefined) this.#renew(holder);
    return holder?.entry;
  }

  #renewAll(): void {
    for (const holder of this.#queue) {
      holder.queued = false;
      this.#renew(holder);
    }
    this.#queue = [];
  }

  #renew(holder: Group | Joined): void {
    if (!holder.stale) return;
    if (holder.entry !== undefined) this.#entries.remove(holder.entry);
    holder.entry = entryOf(holder);
    holder.stale = false;
    if (holder.entry !== undefined) this.#entries.add(holder.entry);
  }
}

function drop<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index !== -1) list.splice(index, 1);
}

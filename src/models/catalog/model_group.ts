import type { ModelCopy, ModelEntry } from "../model.ts";
import { compareCopies, makeEntry } from "./model_entry.ts";

/** What becomes one entry: a group of copies, or groups joined by digest. */
interface Holder {
  /** As it was when last asked for; {@link Holder.stale} says whether that holds. */
  entry: ModelEntry | undefined;
  stale: boolean;
  /** Whether it is in the queue of what may be stale. */
  queued: boolean;
}

/** The copies that have one name, ignoring case. */
export interface Group extends Holder {
  /** Folded. */
  readonly name: string;
  /** Sorted; another list after each change, so that the entry can share it. Empty only until changes are settled. */
  copies: readonly ModelCopy[];
  /** Unix seconds; the smallest seen. */
  created: number;
  /** Then the entry is there. */
  joined: Joined | undefined;
  /** The digests of its copies when they have no common one; as of the last `settle`. */
  mixedDigests: readonly string[];
  /** Changed since the last `settle`. */
  touched: boolean;
}

/** The groups whose copies all have the same digest. */
export interface Joined extends Holder {
  readonly digest: string;
  readonly groups: Group[];
}

const NONE: readonly never[] = [];

/** A group without copies. */
export function newGroup(name: string): Group {
  const copies: readonly ModelCopy[] = [];
  return {
    entry: undefined,
    stale: false,
    queued: false,
    name,
    copies,
    created: Infinity,
    joined: undefined,
    mixedDigests: NONE,
    touched: false,
  };
}

/** A joined entry without groups. */
export function newJoined(digest: string): Joined {
  return { entry: undefined, stale: false, queued: false, digest, groups: [] };
}

/** Whether an entry has more copies than `most`. */
export function hasMoreCopies(holder: Group | Joined, most: number): boolean {
  if ("copies" in holder) return holder.copies.length > most;
  let count = 0;
  for (const group of holder.groups) {
    count += group.copies.length;
    if (count > most) return true;
  }
  return false;
}

/** Undefined for what is empty, or shown elsewhere. */
export function entryOf(holder: Group | Joined): ModelEntry | undefined {
  const groups = "groups" in holder ? holder.groups : holder.joined === undefined ? [holder] : [];
  const [first] = groups;
  const copies = groups.length === 1 && first !== undefined
    ? first.copies
    : groups.flatMap((group) => group.copies).sort(compareCopies);
  if (copies.length === 0) return undefined;
  const created = groups.reduce((least, group) => Math.min(least, group.created), Infinity);
  // A name that leaves the entry some day keeps the time that it was listed with.
  for (const group of groups) group.created = created;
  return makeEntry(copies, created);
}

/** The digest of all copies; undefined when one has none, or another. */
export function commonDigest(copies: readonly ModelCopy[]): string | undefined {
  const digest = copies[0]?.model.digest;
  if (digest === undefined || digest === "") return undefined;
  return copies.every(({ model }) => model.digest === digest) ? digest : undefined;
}

/** The different digests of copies; most have none, and cost nothing. */
export function digestsOf(copies: readonly ModelCopy[]): readonly string[] {
  let digests: Set<string> | undefined;
  for (const { model: { digest } } of copies) {
    if (digest !== undefined && digest !== "") digests = (digests ?? new Set()).add(digest);
  }
  return digests === undefined ? NONE : [...digests];
}

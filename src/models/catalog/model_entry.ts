import type { ModelCopy, ModelEntry } from "../model.ts";

/** A name under which clients find a model in lists. Immutable. */
export interface ListedName {
  readonly name: string;
  readonly entry: ModelEntry;
}

/** By endpoint, then by the name there. */
export function compareCopies(a: ModelCopy, b: ModelCopy): number {
  return compareText(a.endpoint, b.endpoint) || compareText(a.model.id, b.model.id);
}

/** In the order of code units, which is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Joins the copies of a model.
 *
 * @param copies Sorted by {@link compareCopies}, at least one; becomes the entry's own.
 * @param created Unix seconds.
 */
export function makeEntry(copies: readonly ModelCopy[], created: number): ModelEntry {
  let names: string[] = [];
  let ownedBy: string | undefined;
  let contextLength: number | undefined;
  for (const { model } of copies) {
    if (names[names.length - 1] !== model.id) names.push(model.id);
    ownedBy ??= model.ownedBy;
    if (model.contextLength !== undefined) {
      contextLength = contextLength === undefined ? model.contextLength : Math.min(contextLength, model.contextLength);
    }
  }
  // Most models have one name everywhere, so that nothing has to be sorted.
  if (names.length > 1) names = [...new Set(names)].sort();
  return Object.freeze({ id: names[0] ?? "", names, copies, created, ownedBy, contextLength });
}

/**
 * The names that a list shows, sorted: every name of every entry; of names that differ in case only, the first.
 *
 * @param entries Sorted by id.
 */
export function listedNames(entries: readonly ModelEntry[]): readonly ListedName[] {
  const shown = entries.flatMap((entry) => {
    if (entry.names.length === 1) return { name: entry.id, entry };
    const byFolded = new Map<string, ListedName>();
    for (const name of entry.names) {
      const folded = name.toLowerCase();
      if (!byFolded.has(folded)) byFolded.set(folded, { name, entry });
    }
    return [...byFolded.values()];
  });
  return shown.sort((a, b) => compareText(a.name, b.name));
}

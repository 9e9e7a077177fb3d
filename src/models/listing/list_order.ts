import type { ListedLine, ListedModel } from "./listed_model.ts";

/** Names that differ only in case reach the same model, so the first of them in order is enough. */
export function differentNames(names: readonly string[]): readonly string[] {
  if (names.length === 1) return names;
  const byLower = new Map<string, string>();
  for (const name of names.toSorted()) {
    const lower = name.toLowerCase();
    if (!byLower.has(lower)) byLower.set(lower, name);
  }
  return [...byLower.values()];
}

/** The models by id. */
export function sortedById(models: readonly ListedModel[]): readonly ListedModel[] {
  return isSorted(models) ? models : models.toSorted(byId);
}

/** All names of models in order. */
export function linesOf(models: readonly ListedModel[]): readonly ListedLine[] {
  const lines = models.flatMap((model) => model.lines);
  return isSorted(lines) ? lines : lines.sort(byId);
}

/**
 * The same with aliases among them. A name that is an alias, too, leads where the alias leads, as a request for it does,
 * unless nobody serves the alias.
 */
export function withAliases(
  lines: readonly ListedLine[],
  aliases: ReadonlyMap<string, ListedModel>,
): readonly ListedLine[] {
  if (aliases.size === 0) return lines;
  const left = [...aliases.values()].flatMap((model) => model.lines).sort(byId).reverse();
  const all: ListedLine[] = [];
  for (const line of lines) {
    let alias = left.at(-1);
    for (; alias !== undefined && alias.id < line.id; alias = left.at(-1)) all.push(left.pop() ?? alias);
    if (alias?.id !== line.id) {
      all.push(line);
      continue;
    }
    left.pop();
    all.push(alias);
  }
  return all.concat(left.reverse());
}

/** The first line of each model, for formats that show a model once whatever its names. */
export function firstLines(lines: readonly ListedLine[]): readonly ListedLine[] {
  const seen = new Set<ListedModel>();
  return lines.filter(({ model }) => {
    if (model.names.length === 1) return true;
    if (seen.has(model)) return false;
    seen.add(model);
    return true;
  });
}

/** Nearly always true as it comes: the catalogue is sorted, and few models have several names. */
function isSorted(items: readonly { readonly id: string }[]): boolean {
  let last = "";
  for (const { id } of items) {
    if (id < last) return false;
    last = id;
  }
  return true;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

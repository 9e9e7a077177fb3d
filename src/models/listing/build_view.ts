import type { ModelEntry } from "../model.ts";
import { linesOf, sortedById, withAliases } from "./list_order.ts";
import type { ListedLine, ListedModel } from "./listed_model.ts";
import { sameRun } from "./same_run.ts";

/** All models of a scope, those included whose endpoints are out of service. Immutable. */
export interface ListingView {
  /** Sorted by id; without aliases. */
  readonly models: readonly ListedModel[];
  /** Their names, sorted. An endpoint's list has each of its names, so that clients find what they are set up with. */
  readonly lines: readonly ListedLine[];
  /** The same with the aliases that lead somewhere. */
  readonly linesAndAliases: readonly ListedLine[];
}

/** A view with what the next one is built from. */
export interface BuiltView extends ListingView {
  /** The catalogue's, sorted by id. */
  readonly entries: readonly ModelEntry[];
  /** What each of them became; undefined for a model that no endpoint of the scope has. */
  readonly listed: readonly (ListedModel | undefined)[];
  /** Whether each entry became one model of the entry's name, and of no other: then one list is all of the lists. */
  readonly isPlain: boolean;
}

/** What a view is built of. */
export interface ViewParts {
  readonly entries: readonly ModelEntry[];
  /** The view before, if it was of the same endpoints' models. */
  readonly before: BuiltView | undefined;
  /** Whether a model of the view before is still as `make` would make it; undefined when all are. */
  readonly isCurrent: ((model: ListedModel) => boolean) | undefined;
  readonly make: (entry: ModelEntry) => ListedModel | undefined;
  readonly aliases: ReadonlyMap<string, ListedModel>;
}

/** Models that are made between two steps: a fraction of a millisecond. */
const STEP = 64;

/**
 * Builds a view in steps, since ten thousand models take ten milliseconds and more. What was in the view before is taken
 * over in whole runs, so that a small change costs next to nothing.
 */
export function* buildView({ entries, before, isCurrent, make, aliases }: ViewParts): Generator<undefined, BuiltView> {
  const runs: (readonly (ListedModel | undefined)[])[] = [];
  let made: (ListedModel | undefined)[] = [];
  let isPlain = before?.isPlain ?? true;
  let position = 0;
  for (let at = 0; at < entries.length;) {
    const entry = entries[at];
    if (entry === undefined) break; // never: `at` is below the length
    // Both are sorted, so one walk finds what has become of an entry before.
    while (isBelow(before?.entries[position], entry)) position++;
    const same = before === undefined || isCurrent !== undefined
      ? 0
      : sameRun([before.entries, position], [entries, at]);
    if (before !== undefined && same > 0) {
      runs.push(made, before.listed.slice(position, position + same));
      made = [];
      at += same;
      position += same;
      continue;
    }
    const isKnown = before !== undefined && before.entries[position] === entry;
    const known = isKnown ? before.listed[position] : undefined;
    const model = isKnown && (known === undefined || isCurrent?.(known) === true) ? known : make(entry);
    isPlain &&= isPlainModel(model, entry);
    made.push(model);
    if (++at % STEP === 0) yield;
  }
  runs.push(made);
  const listed = runs.flat();
  yield;
  isPlain ||= listed.every((model, at) => isPlainModel(model, entries[at]));
  const models = isPlain
    ? listed as readonly ListedModel[] // a plain view has no gaps
    : sortedById(listed.filter((model) => model !== undefined));
  const lines = isPlain ? models : linesOf(models);
  return { entries, listed, isPlain, models, lines, linesAndAliases: withAliases(lines, aliases) };
}

function isBelow(known: ModelEntry | undefined, entry: ModelEntry): boolean {
  return known !== undefined && known !== entry && known.id < entry.id;
}

function isPlainModel(model: ListedModel | undefined, entry: ModelEntry | undefined): boolean {
  return model !== undefined && model.otherLines.length === 0 && model.id === entry?.id;
}

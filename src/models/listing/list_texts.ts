import { type LineTexts, lineTexts, type ListFormat, listText } from "../formats/list_format.ts";
import { isWanted, type ListFilter } from "./list_filter.ts";
import { firstLines } from "./list_order.ts";
import type { ListScope } from "./listed_endpoints.ts";
import type { ListedLine } from "./listed_model.ts";
import type { ModelListing } from "./listing.ts";

/** Which list is wanted, and how it is written. */
export interface ListQuery {
  readonly scope: ListScope;
  readonly format: ListFormat;
  readonly includeAliases: boolean;
  /** Undefined for all that is in service. */
  readonly filter: ListFilter | undefined;
}

/** Lines in order, and what was written for each. */
interface WrittenLines {
  readonly lines: readonly ListedLine[];
  readonly texts: readonly LineTexts[];
}

interface KeptText extends WrittenLines {
  readonly stamp: string;
  readonly text: string;
}

/** Most characters of lists that are kept; their single lines take about as much again. */
const MAX_KEPT = 16 * 1024 * 1024;

/**
 * The JSON texts of lists. A list that was asked for stays in memory until something in it changes, and then only the
 * lines that changed are written anew: with 10,000 models a list costs a copy, not a rendering.
 */
export class ListTexts {
  readonly #listing: ModelListing;
  /** The least recently used first. */
  readonly #kept = new Map<string, KeptText>();
  #size = 0;

  constructor(listing: ModelListing) {
    this.#listing = listing;
  }

  /** A list as JSON text. */
  text({ scope, format, includeAliases, filter }: ListQuery): string {
    const key = `${scope.key}\n${format.name}\n${includeAliases}`;
    const kept = this.#kept.get(key);
    const stamp = this.#listing.stamp(format.showsLoaded);
    if (filter === undefined && kept?.stamp === stamp) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.text;
    }
    const view = this.#listing.view(scope, format.showsLoaded || filter?.isLoaded !== undefined);
    const all = includeAliases ? view.linesAndAliases : view.lines;
    const named = all.filter(({ model }) => filter === undefined ? model.inService : isWanted(model, filter));
    const lines = format.oncePerModel ? firstLines(named) : named;
    const texts = write(format, lines, kept);
    const text = listText(format, texts);
    // Filters are the clients' choice: what they come to is not worth keeping.
    if (filter === undefined) this.#keep(key, { stamp, text, lines, texts });
    return text;
  }

  #keep(key: string, kept: KeptText): void {
    this.#size += kept.text.length - (this.#kept.get(key)?.text.length ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const [oldest, { text }] of this.#kept) {
      if (this.#size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
      this.#size -= text.length;
    }
  }
}

/** Writes lines, or takes what was written for the same line before. Both lists are sorted, so one walk finds it. */
function write(
  format: ListFormat,
  lines: readonly ListedLine[],
  before: WrittenLines = { lines: [], texts: [] },
): readonly LineTexts[] {
  let position = 0;
  return lines.map((line) => {
    let known = before.lines[position];
    while (known !== undefined && known.id < line.id) known = before.lines[++position];
    return (known === line ? before.texts[position] : undefined) ?? lineTexts(format, line);
  });
}

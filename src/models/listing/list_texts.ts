import { SharedWork } from "../../lib/shared_work.ts";
import { runInSlices } from "../../lib/slices.ts";
import type { ListFormat } from "../formats/list_format.ts";
import { isWanted, type ListFilter } from "./list_filter.ts";
import { firstLines } from "./list_order.ts";
import type { ListScope } from "./listed_endpoints.ts";
import type { ListedLine } from "./listed_model.ts";
import type { ModelListing } from "./listing.ts";
import { writeList, type WrittenList } from "./written_list.ts";

/** Which list is wanted, and how it is written. */
export interface ListQuery {
  readonly scope: ListScope;
  readonly format: ListFormat;
  readonly includeAliases: boolean;
  /** Undefined for all that is in service. */
  readonly filter: ListFilter | undefined;
}

interface KeptText extends WrittenList {
  readonly stamp: string;
}

/** Most characters of lists that are kept. */
const MAX_KEPT = 16 * 1024 * 1024;
/** Lines that a filter looks at between two steps: it may have to read the names of new models, 20 µs each. */
const FILTER_STEP = 16;

/**
 * The JSON texts of lists. A list that was asked for stays in memory until something in it changes, and then only the
 * lines that changed are written anew: with 10,000 models a list costs a copy, not a rendering. A rendering is done in
 * slices, for all who wait for it at once; it tells what was true when it began.
 */
export class ListTexts {
  readonly #listing: ModelListing;
  /** The least recently used first. */
  readonly #kept = new Map<string, KeptText>();
  readonly #writing = new SharedWork<string>();
  #size = 0;

  constructor(listing: ModelListing) {
    this.#listing = listing;
  }

  /** A list as JSON text. Whatever happened before it is asked for is in it. */
  async text(query: ListQuery): Promise<string> {
    const { scope, format, includeAliases, filter } = query;
    // Filters are the clients' choice: what they come to is not worth keeping.
    if (filter !== undefined) return (await this.#write(query, undefined)).text;
    const key = `${scope.key}\n${format.name}\n${includeAliases}`;
    const stampNow = () => this.#listing.stamp(format.showsLoaded);
    const kept = this.#kept.get(key);
    if (kept?.stamp === stampNow()) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.text;
    }
    return this.#writing.run(key, stampNow, async () => {
      const stamp = stampNow();
      const written = await this.#write(query, this.#kept.get(key));
      this.#keep(key, { ...written, stamp });
      return written.text;
    });
  }

  async #write(
    { scope, format, includeAliases, filter }: ListQuery,
    before: WrittenList | undefined,
  ): Promise<WrittenList> {
    const view = await this.#listing.view(scope, format.showsLoaded || filter?.isLoaded !== undefined);
    const all = includeAliases ? view.linesAndAliases : view.lines;
    const named = filter === undefined
      ? all.filter(({ model }) => model.inService)
      : await runInSlices(wanted(all, filter));
    return runInSlices(writeList(format, format.oncePerModel ? firstLines(named) : named, before));
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

function* wanted(lines: readonly ListedLine[], filter: ListFilter): Generator<undefined, readonly ListedLine[]> {
  const found: ListedLine[] = [];
  for (const [position, line] of lines.entries()) {
    if (isWanted(line.model, filter)) found.push(line);
    if (position % FILTER_STEP === 0) yield;
  }
  return found;
}

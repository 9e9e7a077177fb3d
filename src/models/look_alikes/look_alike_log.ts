import type { TimerHandle, Timers } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { ModelEntry } from "../model.ts";
import { aliasLine, lookAlikeSentence } from "./look_alike_text.ts";
import { type LookAlike, LookAlikeSearch, type ModelAliases } from "./look_alikes.ts";

/** What the log works with. */
export interface LookAlikeLogOptions {
  readonly catalog: Pick<Catalog, "version" | "list">;
  readonly aliases: ModelAliases;
  readonly logger: Logger;
  readonly timers: Timers;
}

/** After the first of several changes: the lists of a round of discovery come together. */
const SETTLE_MS = 5_000;
/** Entries that are looked at in one go: a few milliseconds. */
const SLICE = 500;
/** Groups that are named in one life of the program; `olla validate` names them all. */
const MOST_NAMED = 50;

/** Points at names that look like one model under several names, each group once. */
export class LookAlikeLog {
  readonly #options: LookAlikeLogOptions;
  readonly #named = new Set<string>();
  #isFull = false;
  #version = 0;
  #timer: TimerHandle | undefined;

  constructor(options: LookAlikeLogOptions) {
    this.#options = options;
  }

  /** The catalogue may have changed; cheap when it has not. Looks a few seconds later. */
  onModels(): void {
    const { catalog, timers } = this.#options;
    if (this.#timer !== undefined || catalog.version === this.#version || this.#isFull) return;
    this.#timer = timers.start(() => {
      this.#version = catalog.version;
      this.#look(new LookAlikeSearch(), catalog.list(), 0);
    }, SETTLE_MS);
  }

  /** Looks no more. */
  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.stop(this.#timer);
    this.#timer = undefined;
  }

  #look(search: LookAlikeSearch, entries: readonly ModelEntry[], from: number): void {
    const { aliases, timers } = this.#options;
    const next = from + SLICE;
    search.add(entries.slice(from, next));
    if (next < entries.length) {
      this.#timer = timers.start(() => this.#look(search, entries, next), 0);
      return;
    }
    this.#timer = undefined;
    this.#name(search.found(aliases));
    this.onModels(); // for what changed meanwhile
  }

  #name(groups: readonly LookAlike[]): void {
    const { logger } = this.#options;
    for (const group of groups) {
      const key = group.targets.join("\n");
      if (this.#named.has(key)) continue;
      if (this.#named.size >= MOST_NAMED) {
        logger.info("There are more models under several names; olla validate names them all");
        this.#isFull = true;
        return;
      }
      this.#named.add(key);
      logger.info(`${lookAlikeSentence(group)}; to use them as one, add to model_aliases: ${aliasLine(group)}`);
    }
  }
}

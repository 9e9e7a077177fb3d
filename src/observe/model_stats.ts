import { LRUCache } from "lru-cache";
import { requestVerdict } from "./counted_request.ts";
import { type CountedModelRequest, type ModelCounters, ModelTally } from "./model_tally.ts";

/** So many models are listed; the one that was asked for least recently goes first. */
export const MAX_MODELS = 1000;

/** Longer names are not listed. No backend's list has one; behind a wildcard a client could send any. */
const LONGEST_NAME = 1024;

/**
 * Counts finished requests by model, since the start. Clients choose names, so memory is bounded against them: names that
 * do not exist get no entry, and once the list is full only a request that was answered well (status below 400) adds to
 * it. So made-up names that a wildcard (`openai/*`) lets through do not push real models out.
 */
export class ModelStats {
  readonly #models = new LRUCache<string, ModelTally>({ max: MAX_MODELS });
  readonly #total: ModelTally;
  readonly #clientSeed: number;
  #unlisted = 0;

  /** @param options.clientSeed 32 random bits of this run: clients are kept as hashes with it. */
  constructor({ clientSeed }: { readonly clientSeed: number }) {
    this.#clientSeed = clientSeed;
    this.#total = new ModelTally(clientSeed);
  }

  /** Takes in one finished request; one that names no model counts nowhere. @param now Epoch ms. */
  count(request: CountedModelRequest, now: number): void {
    const { modelId } = request;
    if (modelId === undefined) {
      if (request.routing !== undefined) this.#unlisted++;
      return;
    }
    let tally = this.#models.get(modelId);
    if (tally === undefined) {
      if (!this.#mayList(modelId, request)) {
        this.#unlisted++;
        return;
      }
      this.#models.set(modelId, tally = new ModelTally(this.#clientSeed));
    }
    tally.count(request, now);
    this.#total.count(request, now);
  }

  #mayList(modelId: string, request: CountedModelRequest): boolean {
    if (modelId.length > LONGEST_NAME) return false;
    return this.#models.size < MAX_MODELS || requestVerdict(request) === "success" && request.status < 400;
  }

  /** The listed models, those with the most requests first, then by name. */
  models(): readonly ModelCounters[] {
    return Array.from(this.#models.entries(), ([name, tally]) => tally.counters(name))
      .sort((a, b) => b.requests - a.requests || (a.name < b.name ? -1 : 1));
  }

  /** The counters of all models together, those that have left the list included. Its name is empty. */
  total(): ModelCounters {
    return this.#total.counters("");
  }

  /** Requests that named something that is not listed: nearly always a name that does not exist. */
  get unlisted(): number {
    return this.#unlisted;
  }
}

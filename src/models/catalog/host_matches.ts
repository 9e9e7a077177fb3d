import type { ModelCopy, ModelHost } from "../model.ts";
import { compareText } from "./model_entry.ts";

/** How one endpoint's model fits a requested name. */
export interface HostMatch {
  /** The lower, the better. */
  readonly rank: number;
  readonly copy: ModelCopy;
  /** What to ask the endpoint for. */
  readonly name: string;
}

/** Keeps the best match of each endpoint; of equals the first name, so that nothing depends on the order. */
export class HostMatches {
  readonly #byEndpoint = new Map<string, HostMatch>();

  offer(match: HostMatch): void {
    const best = this.#byEndpoint.get(match.copy.endpoint);
    if (best === undefined || compareMatches(match, best) < 0) this.#byEndpoint.set(match.copy.endpoint, match);
  }

  /** The best of all, of the first endpoint that has it; undefined when nothing was offered. */
  best(): HostMatch | undefined {
    let best: HostMatch | undefined;
    for (const match of this.#byEndpoint.values()) {
      const order = best === undefined
        ? -1
        : match.rank - best.rank || compareText(match.copy.endpoint, best.copy.endpoint);
      if (order < 0) best = match;
    }
    return best;
  }

  /** By endpoint, in the order of their names. */
  hosts(): ReadonlyMap<string, ModelHost> {
    const sorted = [...this.#byEndpoint].sort(([a], [b]) => compareText(a, b));
    return new Map(sorted.map(([endpoint, { name, copy }]) => [endpoint, Object.freeze({ name, model: copy.model })]));
  }
}

function compareMatches(a: HostMatch, b: HostMatch): number {
  return a.rank - b.rank || compareText(a.name, b.name) || compareText(a.copy.model.id, b.copy.model.id);
}

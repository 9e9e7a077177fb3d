import { digestsOf, type Group } from "./model_group.ts";
import type { ModelCopy } from "../model.ts";

const NONE: readonly never[] = [];

/** The groups whose copies differ in their digest, so that no entry is theirs by digest; few have any. */
export class MixedDigests {
  readonly #groups = new Map<string, Set<Group>>();

  /**
   * A group has changed.
   *
   * @param isMixed Whether its digests count, as it has no common one.
   */
  note(group: Group, isMixed: boolean): void {
    for (const digest of group.mixedDigests) {
      const groups = this.#groups.get(digest);
      groups?.delete(group);
      if (groups?.size === 0) this.#groups.delete(digest);
    }
    group.mixedDigests = isMixed ? digestsOf(group.copies) : NONE;
    for (const digest of group.mixedDigests) {
      const groups = this.#groups.get(digest);
      if (groups === undefined) this.#groups.set(digest, new Set([group]));
      else groups.add(group);
    }
  }

  /** The copies of these groups that have a digest. */
  *copiesWith(digest: string): Generator<ModelCopy> {
    for (const { copies } of this.#groups.get(digest) ?? []) {
      for (const copy of copies) if (copy.model.digest === digest) yield copy;
    }
  }
}

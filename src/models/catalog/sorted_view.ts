/** Up to so many changes are made one by one; more in a pass over the whole list. */
const FEW = 32;

/**
 * Items in the order of their keys (code units), where a few change at a time: changes are noted, and merged in one pass
 * when the list is next read. A list that was handed out is never touched again.
 */
export class SortedView<T extends object> {
  readonly #keyOf: (item: T) => string;
  #list: readonly T[] = [];
  readonly #added = new Map<string, T>();
  readonly #removed = new Set<T>();
  /** Added, never in the list, and another item of the same key was added since: still to be removed. */
  readonly #replaced = new Set<T>();

  /** @param keyOf Different for all items that are in the list at one time. */
  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  /** The item must not be in the list, nor another with its key once all removals are noted. */
  add(item: T): void {
    const key = this.#keyOf(item);
    const other = this.#added.get(key);
    if (other !== undefined) this.#replaced.add(other);
    this.#added.set(key, item);
  }

  /** The item must have been added. */
  remove(item: T): void {
    const key = this.#keyOf(item);
    if (this.#added.get(key) === item) this.#added.delete(key);
    else if (!this.#replaced.delete(item)) this.#removed.add(item);
  }

  /** All items; the same array until something changes. */
  list(): readonly T[] {
    if (this.#added.size > 0 || this.#removed.size > 0) {
      this.#list = this.#added.size + this.#removed.size <= FEW ? this.#mended() : this.#merged();
      this.#added.clear();
      this.#removed.clear();
    }
    return this.#list;
  }

  #mended(): T[] {
    const list = [...this.#list];
    for (const item of this.#removed) list.splice(this.#placeOf(list, this.#keyOf(item)), 1);
    for (const [key, item] of this.#added) list.splice(this.#placeOf(list, key), 0, item);
    return list;
  }

  /** Where the first key is that is not smaller. */
  #placeOf(list: readonly T[], key: string): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = list[middle];
      if (item !== undefined && this.#keyOf(item) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #merged(): T[] {
    const keys = [...this.#added.keys()].sort();
    const merged: T[] = [];
    let next = 0;
    const addUpTo = (limit: string | undefined) => {
      for (let key = keys[next]; key !== undefined && (limit === undefined || key < limit); key = keys[++next]) {
        const item = this.#added.get(key);
        if (item !== undefined) merged.push(item);
      }
    };
    for (const item of this.#list) {
      if (this.#removed.has(item)) continue;
      addUpTo(this.#keyOf(item));
      merged.push(item);
    }
    addUpTo(undefined);
    return merged;
  }
}

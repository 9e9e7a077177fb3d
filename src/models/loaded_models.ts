/**
 * Which models are in the memory of which endpoint, as far as the endpoints say. Changes often, so it is kept apart from
 * the catalogue: nothing that is built from the catalogue has to be built anew for it.
 */
export class LoadedModels {
  readonly #endpoints = new Map<string, ReadonlySet<string>>();
  #version = 0;

  /** Bumps whenever an answer of {@link LoadedModels.isLoaded} may have changed. */
  get version(): number {
    return this.#version;
  }

  /**
   * What an endpoint says of its memory. Whatever is not in it is not loaded there.
   *
   * @param names As in the endpoint's own list.
   * @returns Whether anything is new.
   */
  set(endpoint: string, names: Iterable<string>): boolean {
    const now = new Set(names);
    const before = this.#endpoints.get(endpoint);
    if (before !== undefined && before.size === now.size && now.isSubsetOf(before)) return false;
    this.#endpoints.set(endpoint, now);
    this.#version++;
    return true;
  }

  /** The endpoint has just answered with this model, so that it is loaded there. Nothing for one that tells no memory. */
  served(endpoint: string, name: string): void {
    const before = this.#endpoints.get(endpoint);
    if (before === undefined || before.has(name)) return;
    this.#endpoints.set(endpoint, new Set([...before, name]));
    this.#version++;
  }

  /** The endpoint is gone, or no longer says what it has loaded. */
  forget(endpoint: string): void {
    if (this.#endpoints.delete(endpoint)) this.#version++;
  }

  /** What is loaded on the endpoint, sorted; undefined when it does not say. */
  namesOn(endpoint: string): readonly string[] | undefined {
    const names = this.#endpoints.get(endpoint);
    return names && [...names].sort();
  }

  /** Undefined when the endpoint does not say. */
  isLoaded(endpoint: string, name: string): boolean | undefined {
    return this.#endpoints.get(endpoint)?.has(name);
  }
}

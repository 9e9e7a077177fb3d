interface Running<T> {
  readonly stamp: string;
  readonly done: Promise<T>;
}

/**
 * Work that several may ask for at once: whoever asks for the same gets the same. Of one key there is never more than one
 * piece of work at a time, since each goes on from where the one before it ended.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /**
   * Joins the work that runs, if nothing has changed since it began; else waits for it, and begins anew.
   *
   * @param stampOf Another text after each change. Ask for it as late as possible.
   * @throws What the work throws.
   */
  async run(key: string, stampOf: () => string, work: () => Promise<T>): Promise<T> {
    for (let running = this.#running.get(key); running !== undefined; running = this.#running.get(key)) {
      if (running.stamp === stampOf()) return running.done;
      // Who began it is told of its failure.
      await running.done.catch(() => {});
    }
    const running = { stamp: stampOf(), done: work() };
    this.#running.set(key, running);
    try {
      return await running.done;
    } finally {
      this.#running.delete(key);
    }
  }
}

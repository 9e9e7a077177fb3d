/** Lets a limited number of tasks run at once; the others wait their turn in order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count At least 1. */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs the task when a slot is free, and settles as it does.
   *
   * @param task May call `leave` to go on without its slot, so that others need not wait for it any more.
   */
  async run<T>(task: (leave: () => void) => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    const leave = () => {
      if (isHeld) this.#pass();
      isHeld = false;
    };
    try {
      return await task(leave);
    } finally {
      leave();
    }
  }

  /** The slot goes straight to the next one, so that no newcomer can take it in between. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

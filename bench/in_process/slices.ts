/** How long work held up the event loop. Milliseconds. */
export interface Slices {
  /** All of it. */
  readonly total: number;
  /** The longest time for which nothing else could run. */
  readonly longest: number;
}

/**
 * Runs `work` beside a task that comes round in every turn of the event loop: the time between two of its visits is one
 * slice, whatever it is that the work pauses with. `work` must wait for nothing but its turn, or the total has waiting in
 * it.
 *
 * @param now Milliseconds.
 * @throws what `work` throws
 */
export async function measureSlices(work: () => Promise<void>, now: () => number): Promise<Slices> {
  const start = now();
  let last = start;
  let longest = 0;
  const visit = (): void => {
    const time = now();
    longest = Math.max(longest, time - last);
    last = time;
  };
  let timer: NodeJS.Immediate | undefined;
  const turn = (): void => {
    visit();
    timer = setImmediate(turn);
  };
  timer = setImmediate(turn);
  try {
    await work();
  } finally {
    clearImmediate(timer);
  }
  visit();
  return { total: last - start, longest };
}

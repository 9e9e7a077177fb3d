/**
 * How many items of two lists are the same objects, one after another from these places on. Kept apart from what is done
 * with them: a loop this small is quick even the first time.
 */
export function sameRun<T>(
  [before, from]: readonly [before: readonly T[], from: number],
  [now, at]: readonly [now: readonly T[], at: number],
): number {
  const most = Math.min(before.length - from, now.length - at);
  let count = 0;
  while (count < most && before[from + count] === now[at + count]) count++;
  return count;
}

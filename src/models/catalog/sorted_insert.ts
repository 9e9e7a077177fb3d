/** A sorted list with one more item at its place, after those that are equal to it. */
export function sortedInsert<T>(list: readonly T[], item: T, compare: (a: T, b: T) => number): readonly T[] {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other !== undefined && compare(item, other) < 0) high = middle;
    else low = middle + 1;
  }
  return list.toSpliced(low, 0, item);
}

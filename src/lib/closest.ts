/** Counts the insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** How {@link closestNames} chooses. */
export interface ClosestOptions {
  /** Most names returned. @default {1} */
  readonly limit?: number;
  /** Largest distance that still counts as close. @default {a third of the name's length, at least 1} */
  readonly maxDistance?: number;
}

/** Longer texts are no slips of the keyboard, and comparing them costs time. */
const LONGEST_COMPARED = 200;

/**
 * Finds the names nearest to a mistyped one, nearest first; upper and lower case, `-` and `_` are the same.
 * @returns Names as they are in `candidates`; empty when none is close.
 */
export function closestNames(name: string, candidates: Iterable<string>, options: ClosestOptions = {}): string[] {
  const { limit = 1, maxDistance = Math.max(1, Math.floor(name.length / 3)) } = options;
  if (name.length > LONGEST_COMPARED) return [];
  const wanted = fold(name);
  const close: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    if (Math.abs(candidate.length - name.length) > maxDistance) continue;
    const distance = editDistance(wanted, fold(candidate));
    if (distance <= maxDistance) close.push({ candidate, distance });
  }
  close.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return close.slice(0, limit).map((entry) => entry.candidate);
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** `; did you mean "x"?` for the nearest name, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const [nearest] = closestNames(name, candidates);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/**
 * Whether a version is at least another one. Reads the first run of numbers of each, so that `v0.14.1-rc2`, `0.11.1` and
 * llama.cpp's `b4847` are understood; a version without any number is taken to be new.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(least)];
  if (have.length === 0) return true;
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): number[] {
  const found = /\d+(?:\.\d+)*/.exec(version);
  return found === null ? [] : found[0].split(".").map(Number);
}

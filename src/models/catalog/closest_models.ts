import { closestNames } from "../../lib/closest.ts";
import type { ListedName } from "./model_entry.ts";

/** Names that are compared letter by letter; of more, those that a cheap look finds nearest. */
const MOST_COMPARED = 200;

/**
 * Up to `count` names that look like `name`, the nearest first. Stays quick with tens of thousands of names: comparing
 * takes time, so of many only those are compared that have about the same letters, and begin and end alike.
 */
export function closestModels(name: string, listed: readonly ListedName[], count: number): string[] {
  const names = listed.map((item) => item.name);
  return closestNames(name, names.length <= MOST_COMPARED ? names : nearest(name, names), { limit: count });
}

/** The longest common beginning and end that count. */
const MOST_COMMON = 255;

/** By letters first, then by how much of beginning and end is common. Counts instead of sorting: that takes half the time. */
function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const letterDistance = makeLetterDistance(wanted);
  // What closestNames takes for close.
  const furthest = Math.max(1, Math.floor(name.length / 3));
  const scores = new Int32Array(names.length).fill(-1);
  const counts = new Int32Array((furthest + 1) * (MOST_COMMON + 1));
  names.forEach((candidate, index) => {
    if (Math.abs(candidate.length - name.length) > furthest) return;
    const other = candidate.toLowerCase();
    const distance = letterDistance(other);
    if (distance > furthest) return;
    const score = (distance + 1) * (MOST_COMMON + 1) - 1 - Math.min(MOST_COMMON, commonEnds(wanted, other));
    scores[index] = score;
    counts[score] = (counts[score] ?? 0) + 1;
  });
  let worst = -1;
  for (let taken = 0; worst < counts.length && taken < MOST_COMPARED; taken += counts[worst] ?? 0) worst++;
  let room = MOST_COMPARED;
  for (let score = 0; score < worst; score++) room -= counts[score] ?? 0;
  return names.filter((_name, index) => {
    const score = scores[index] ?? -1;
    return score !== -1 && (score < worst || (score === worst && room-- > 0));
  });
}

const CLASSES = 64;

/** `-` and `_` are the same here, as in {@link closestNames}. */
function classOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return (code === 0x5f ? 0x2d : code) % CLASSES;
}

/**
 * Makes a measure of how many letters of another text are not in `wanted`, or the other way round: never more than the
 * changes that turn one into the other.
 */
function makeLetterDistance(wanted: string): (other: string) => number {
  const counts = new Int16Array(CLASSES);
  for (let i = 0; i < wanted.length; i++) counts[classOf(wanted, i)]!++; // all classes are in the array
  const left = new Int16Array(CLASSES);
  return (other) => {
    left.set(counts);
    let common = 0;
    // Going below zero takes none back: the next of that letter is no common one either.
    for (let i = 0; i < other.length; i++) if (left[classOf(other, i)]!-- > 0) common++;
    return Math.max(wanted.length, other.length) - common;
  };
}

function commonEnds(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return start + end;
}

import type { DiscoveredModel } from "../model.ts";

/** Some backends give the time of the request: these tell nothing new. */
const TIMES: ReadonlySet<string> = new Set(["created", "modifiedAt"] satisfies (keyof DiscoveredModel)[]);

/** Whether a backend says the same of a model as before, its times apart. */
export function sameModel(a: DiscoveredModel, b: DiscoveredModel): boolean {
  return a === b || (holdsAll(a, b) && holdsAll(b, a));
}

/** Whether every value in `a` is in `b` too, times apart; an undefined one is none. */
function holdsAll(a: object, b: object): boolean {
  for (const key in a) {
    const mine: unknown = a[key as keyof typeof a];
    const other: unknown = b[key as keyof typeof b];
    if (mine !== other && mine !== undefined && !sameValue(mine, other) && !TIMES.has(key)) return false;
  }
  return true;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  return holdsAll(a, b) && holdsAll(b, a);
}

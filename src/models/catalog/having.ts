import type { Capability } from "../capability.ts";
import type { ModelEntry } from "../model.ts";

/** Up to `count` models of which some backend says that they have the capability, in the order given. */
export function modelsHaving(entries: readonly ModelEntry[], capability: Capability, count: number): string[] {
  const found: string[] = [];
  for (const { id, copies } of entries) {
    if (found.length === count) break;
    if (copies.some(({ model }) => model.capabilities?.[capability] === true)) found.push(id);
  }
  return found;
}

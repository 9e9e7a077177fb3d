import type { Capability } from "../capability.ts";
import type { ModelEntry } from "../model.ts";

/** Up to `count` models of which some backend says that its copy has all of the capabilities, in the order given. */
export function modelsHaving(
  entries: readonly ModelEntry[],
  capabilities: readonly Capability[],
  count: number,
): string[] {
  const found: string[] = [];
  for (const { id, copies } of entries) {
    if (found.length === count) break;
    if (copies.some(({ model }) => capabilities.every((word) => model.capabilities?.[word] === true))) found.push(id);
  }
  return found;
}

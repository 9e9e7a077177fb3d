import type { ConfigPath } from "./issues.ts";
import { isMapping, valueAt } from "./yaml_tree.ts";

/** The two places of the endpoint list; patterns write `endpoints[]` for both. */
export const ENDPOINT_LISTS: readonly ConfigPath[] = [["discovery", "static", "endpoints"], ["endpoints"]];

/**
 * Where a key such as `server.cors` or `endpoints[].weight` is given in a file.
 * @param pattern Keys joined by dots; `endpoints[]` at its start stands for every endpoint.
 */
export function givenPaths(root: unknown, pattern: string): ConfigPath[] {
  const prefix = "endpoints[].";
  if (!pattern.startsWith(prefix)) return isGiven(root, pattern.split(".")) ? [pattern.split(".")] : [];
  const inner = pattern.slice(prefix.length).split(".");
  return endpointPaths(root).map((path) => [...path, ...inner]).filter((path) => isGiven(root, path));
}

/** The paths of all endpoint entries, in the order in which they are joined. */
export function endpointPaths(root: unknown): ConfigPath[] {
  return ENDPOINT_LISTS.flatMap((list) => {
    const items = valueAt(root, list);
    return Array.isArray(items) ? items.map((_, index) => [...list, index]) : [];
  });
}

/** A key with an empty value is not given, nor one whose mapping is empty. */
function isGiven(root: unknown, path: ConfigPath): boolean {
  const value = valueAt(root, path);
  return value !== undefined && value !== null && !(isMapping(value) && Object.keys(value).length === 0);
}

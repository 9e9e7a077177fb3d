import { compileGlob } from "../../lib/glob.ts";
import type { NameFilter } from "../../lib/name_filter.ts";
import { isWildcard } from "../catalog/wildcards.ts";
import type { DiscoveredModel } from "../model.ts";

/**
 * Compiles a `model_filter` for whole models. A model has all the names that its server accepts for it: it passes when
 * some `include` pattern matches one of them (all do when there is none) and no `exclude` pattern matches any. A wildcard
 * such as `openai/*` needs no `include`: which of the names that it covers are taken is found when one is asked for.
 *
 * @returns Undefined for a filter that lets everything pass.
 * @throws {TypeError} When a pattern is not well formed.
 */
export function compileModelFilter(
  { include, exclude }: NameFilter,
): ((model: Pick<DiscoveredModel, "id" | "aliases">) => boolean) | undefined {
  const all = include.length === 0 || include.includes("*");
  if (all && exclude.length === 0) return undefined;
  const wanted = include.map(compileGlob);
  const unwanted = exclude.map(compileGlob);
  return ({ id, aliases = [] }) => {
    const names = [id, ...aliases];
    if (unwanted.some((matches) => names.some(matches))) return false;
    return all || isWildcard(id) || wanted.some((matches) => names.some(matches));
  };
}

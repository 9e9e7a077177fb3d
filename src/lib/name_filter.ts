import { compileGlob } from "./glob.ts";

/** Which names are taken, such as `model_filter` of an endpoint. The patterns have been checked. */
export interface NameFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Compiles a filter. A name passes when some `include` pattern matches (all do when there is none) and no `exclude`
 * pattern does.
 *
 * @returns Undefined for a filter that lets everything pass.
 * @throws {TypeError} When a pattern is not well formed.
 */
export function compileNameFilter({ include, exclude }: NameFilter): ((name: string) => boolean) | undefined {
  const all = include.length === 0 || include.includes("*");
  if (all && exclude.length === 0) return undefined;
  const wanted = include.map(compileGlob);
  const unwanted = exclude.map(compileGlob);
  return (name) => (all || wanted.some((matches) => matches(name))) && !unwanted.some((matches) => matches(name));
}

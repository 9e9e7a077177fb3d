import { didYouMean } from "../lib/closest.ts";
import { compileGlob } from "../lib/glob.ts";
import type { EndpointFacts } from "./endpoint_list.ts";
import { formatPath, type Problem } from "./issues.ts";
import type { Profile, ProfileSet } from "./profile.ts";
import type { Config } from "./schema.ts";

/** `proxy.profile_filter`, as the config has it. The patterns have been checked. */
export type ProfileFilter = Config["proxy"]["profile_filter"];

const FILTER = ["proxy", "profile_filter"] as const;

/**
 * The profiles that a filter leaves: those that some `include` pattern matches (all when there is none), less those that
 * an `exclude` pattern matches, by name or by any other spelling that an endpoint's `type` may have. What is left out has
 * no routes, and no server is used as it.
 *
 * @returns The same set when nothing is left out.
 * @throws {TypeError} When a pattern is not well formed.
 */
export function filterProfiles(profiles: ProfileSet, filter: ProfileFilter): ProfileSet {
  const include = filter.include.map(compileGlob);
  const exclude = filter.exclude.map(compileGlob);
  const all = profiles.all.filter((profile) => {
    const names = spellings(profile);
    return (include.length === 0 || include.some((matches) => names.some(matches))) &&
      !exclude.some((matches) => names.some(matches));
  });
  if (all.length === profiles.all.length) return profiles;
  const left = new Set(all);
  const ifLeft = (profile: Profile | undefined) => profile !== undefined && left.has(profile) ? profile : undefined;
  return {
    all,
    byType: (type) => ifLeft(profiles.byType(type)),
    byPrefix: (prefix) => ifLeft(profiles.byPrefix(prefix)),
  };
}

function spellings(profile: Profile): readonly string[] {
  return [profile.name, ...profile.type_aliases, ...profile.prefixes];
}

/** A config without the endpoints that cannot be used, and what to say of it. */
export interface FilteredConfig {
  readonly config: Config;
  /** Of the endpoints that stay, in the same order. */
  readonly facts: readonly EndpointFacts[];
  readonly problems: readonly Problem[];
}

/**
 * Takes the endpoints out whose types `proxy.profile_filter` leaves out. Those whose type must be detected stay.
 *
 * @param facts Of the config's endpoints, in the same order.
 */
export function applyProfileFilter(
  config: Config,
  facts: readonly EndpointFacts[],
  profiles: ProfileSet | undefined,
): FilteredConfig {
  const filter = config.proxy.profile_filter;
  if (profiles === undefined || filter.include.length + filter.exclude.length === 0) {
    return { config, facts, problems: [] };
  }
  const left = filterProfiles(profiles, filter);
  const problems: Problem[] = idlePatterns(filter, profiles);
  if (left.all.length === 0) {
    const known = profiles.all.map((profile) => profile.name).join(", ");
    problems.push({ path: FILTER, message: `must leave at least one backend type; the types are ${known}` });
  }
  const isUsed = ({ type }: EndpointFacts) => type === undefined || left.byType(type) !== undefined;
  for (const fact of facts) {
    if (isUsed(fact)) continue;
    problems.push({
      path: [...fact.path, "type"],
      severity: "warning",
      withoutPath: true,
      message:
        `${formatPath(fact.path)}: "${fact.name}" is of type ${fact.type}, which proxy.profile_filter leaves out: ` +
        "it is not used",
    });
  }
  if (left.all.length > 0 && facts.length > 0 && !facts.some(isUsed)) {
    const types = [...new Set(facts.flatMap(({ type }) => type ?? []))].join(", ");
    const message = `must leave at least one endpoint, but leaves out every type that they are of: ${types}`;
    problems.push({ path: FILTER, message });
  }
  const used = config.endpoints.filter((_, index) => facts[index] !== undefined && isUsed(facts[index]));
  return {
    config: Object.freeze({ ...config, endpoints: Object.freeze(used) }),
    facts: facts.filter(isUsed),
    problems,
  };
}

/** A pattern for no type at all is a slip, and one in `exclude` lets in what it was to keep out. */
function idlePatterns(filter: ProfileFilter, profiles: ProfileSet): Problem[] {
  const names = profiles.all.flatMap(spellings);
  return (["include", "exclude"] as const).flatMap((part) =>
    filter[part].flatMap((pattern, index): Problem[] => {
      if (names.some(compileGlob(pattern))) return [];
      const message = `matches no backend type, found "${pattern}"${didYouMean(pattern, names)}`;
      return [{ path: [...FILTER, part, index], severity: "warning", message }];
    })
  );
}

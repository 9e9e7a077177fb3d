import type { Profile, ProfileSet } from "./profile.ts";

/** The profile whose routes reach every backend that speaks OpenAI's API, and that unknown types are built on. */
export const OPENAI_COMPATIBLE = "openai-compatible";

/** Two profiles that both want something. */
export interface ProfileClash {
  readonly what: "name" | "prefix" | "alias";
  readonly value: string;
  /** The one that keeps it. */
  readonly holder: Profile;
  /** The one that does not get it. */
  readonly claimant: Profile;
}

/** A set of profiles, and what they quarrel about. */
export interface BuiltProfileSet {
  readonly profiles: ProfileSet;
  readonly clashes: readonly ProfileClash[];
}

/**
 * Arranges profiles for look-ups by type and by prefix.
 *
 * @param given Each name once; in a clash the earlier one keeps what both want.
 */
export function buildProfileSet(given: readonly Profile[]): BuiltProfileSet {
  const clashes: ProfileClash[] = [];
  const byPrefix = new Map<string, Profile>();
  const byType = new Map<string, Profile>();
  // A profile's own name always finds it, whatever others call themselves.
  for (const claimant of given) {
    const value = claimant.name;
    const holder = byType.get(foldType(value));
    if (holder === undefined) byType.set(foldType(value), claimant);
    else clashes.push({ what: "name", value, holder, claimant });
  }
  for (const claimant of given) {
    for (const value of new Set(claimant.prefixes)) {
      const holder = byPrefix.get(value);
      if (holder === undefined) byPrefix.set(value, claimant);
      else clashes.push({ what: "prefix", value, holder, claimant });
    }
  }
  for (const claimant of given) {
    for (const value of new Set([...claimant.type_aliases, ...claimant.prefixes])) {
      const holder = byType.get(foldType(value));
      if (holder === undefined) byType.set(foldType(value), claimant);
      else if (holder !== claimant && claimant.type_aliases.includes(value)) {
        clashes.push({ what: "alias", value, holder, claimant });
      }
    }
  }
  const all = given.toSorted(byName);
  return {
    profiles: {
      all,
      byType: (type) => byType.get(foldType(type)),
      byPrefix: (prefix) => byPrefix.get(prefix),
    },
    clashes,
  };
}

/** How type names are compared: `LM Studio`, `lm_studio` and `lm-studio` are one. */
function foldType(type: string): string {
  return type.toLowerCase().replace(/[-_. ]/g, "");
}

function byName(a: Profile, b: Profile): number {
  const lastA = a.name === OPENAI_COMPATIBLE;
  const lastB = b.name === OPENAI_COMPATIBLE;
  if (lastA !== lastB) return lastA ? 1 : -1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * Loads profiles from directories that exist only in a test.
 * @module
 */
import assert from "node:assert/strict";
import { type LoadedProfiles, loadProfiles } from "./profile_load.ts";
import type { Profile } from "./profile.ts";

/** Loads the built-in profiles and these files: directory → file name → text. */
export function load(dirs: Record<string, Record<string, string>>, requiredDir?: string): LoadedProfiles {
  return loadProfiles({
    dirs: Object.keys(dirs).filter((dir) => dir !== requiredDir),
    requiredDir,
    readDir: (dir) => dirs[dir] && Object.keys(dirs[dir]),
    readFile: (path) => {
      const slash = path.lastIndexOf("/");
      const text = dirs[path.slice(0, slash)]?.[path.slice(slash + 1)];
      if (text === undefined) throw new Error("EACCES: permission denied");
      return text;
    },
  });
}

/** Loads one file of the user's, `profiles/x.yaml`. */
export function loadOne(text: string): LoadedProfiles {
  return load({ "./profiles": { "x.yaml": text } });
}

/** The profile of that type, which must exist. */
export function get(loaded: LoadedProfiles, type: string): Profile {
  const profile = loaded.profiles.byType(type);
  assert.ok(profile, type);
  return profile;
}

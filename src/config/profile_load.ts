import * as v from "valibot";
import { didYouMean } from "../lib/closest.ts";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { createIssueLog, type IssueLog } from "./issue_log.ts";
import { type ConfigIssue, type ConfigPath, describeFound } from "./issues.ts";
import { MODEL_FACTS_FILE } from "./model_facts_load.ts";
import { MODEL_LIST_FORMATS, type Profile, type ProfileSet } from "./profile.ts";
import { EMPTY_PROFILE, listFormat, mergeProfile, newProfile } from "./profile_merge.ts";
import { type ProfileFile, profileFileSchema } from "./profile_schema.ts";
import { buildProfileSet, OPENAI_COMPATIBLE, type ProfileClash } from "./profile_set.ts";
import { isMapping, parseYaml, valueAt } from "./yaml_tree.ts";

// `build.ts` puts them into the binary as JSON, since reading them takes 10 ms of every start; in a clone it does not exist.
declare const OLLA_BUILTIN_PROFILES: string | undefined;

/** Where profile files are and how to read them. */
export interface LoadProfilesOptions {
  /** Directories that may be missing, in order: what a later one says wins. */
  readonly dirs: readonly string[];
  /** A directory that the user named (`--profiles`): read last, and an error when it is missing. */
  readonly requiredDir?: string | undefined;
  /** The names in a directory; undefined when it does not exist. */
  readonly readDir: (dir: string) => readonly string[] | undefined;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => string;
}

/** All profiles, as far as they could be read, and what is wrong with the files. */
export interface LoadedProfiles {
  readonly profiles: ProfileSet;
  /** Any error among them should keep olla from starting. */
  readonly issues: readonly ConfigIssue[];
}

/** One profile file. */
interface ReadFile {
  readonly file: string;
  readonly log: IssueLog;
  /** Undefined when the file is no profile or has errors. */
  readonly settings: ProfileFile | undefined;
}

/** A profile and the files of the user's that made it what it is. */
interface Entry {
  readonly profile: Profile;
  readonly files: readonly ReadFile[];
}

const BUILTIN_TEXTS: ReadonlySet<string> = new Set(BUILTIN_PROFILES.map((profile) => profile.text));

/** Reads the built-in profiles and lays the user's files over them. Never throws. */
export function loadProfiles(options: LoadProfilesOptions): LoadedProfiles {
  const builtIn = builtInProfiles();
  const entries = new Map<string, Entry>(builtIn.map((profile) => [profile.name, { profile, files: [] }]));
  const openai = builtIn.find((profile) => profile.name === OPENAI_COMPATIBLE) ?? EMPTY_PROFILE;
  const { files, issues } = readFiles(options);
  for (const read of files) {
    if (read.settings === undefined) continue;
    const { name } = read.settings;
    const known = entries.get(name);
    const profile = known === undefined
      ? newProfile(openai, read.settings, read.file)
      : mergeProfile(known.profile, read.settings, read.file);
    entries.set(name, { profile, files: [...known?.files ?? [], read] });
  }
  // In a clash the profile that a user's file made or changed is the one to blame.
  const ordered = [...entries.values()].toSorted((a, b) => Number(a.files.length > 0) - Number(b.files.length > 0));
  const { profiles, clashes } = buildProfileSet(ordered.map((entry) => entry.profile));
  for (const clash of clashes) reportClash(clash, entries);
  return { profiles, issues: [...issues, ...files.flatMap((read) => read.log.list())] };
}

/** The profiles that are compiled in, as they are without any file. */
export function builtInProfiles(): Profile[] {
  if (typeof OLLA_BUILTIN_PROFILES === "string") return JSON.parse(OLLA_BUILTIN_PROFILES);
  return BUILTIN_PROFILES.map(({ file, text }) =>
    mergeProfile(EMPTY_PROFILE, v.parse(profileFileSchema, parseYaml(text).root), file)
  );
}

function readFiles(options: LoadProfilesOptions): { files: ReadFile[]; issues: ConfigIssue[] } {
  const { dirs, requiredDir, readDir, readFile } = options;
  const issues: ConfigIssue[] = [];
  const files: ReadFile[] = [];
  const namesIn = (dir: string): readonly string[] => {
    try {
      const names = readDir(dir);
      if (names !== undefined) return names.toSorted();
      if (dir === requiredDir) issues.push(unreadable(dir, "This directory does not exist"));
    } catch (error) {
      const severity = dir === requiredDir ? "error" : "warning";
      issues.push({ ...unreadable(dir, `This directory cannot be read: ${messageOf(error)}`), severity });
    }
    return [];
  };
  for (const dir of [...dirs, ...(requiredDir === undefined ? [] : [requiredDir])]) {
    for (const name of namesIn(dir)) {
      if (!/^[^.].*\.ya?ml$/i.test(name) || name === MODEL_FACTS_FILE) continue;
      const file = `${dir.replace(/^\.\//, "").replace(/\/+$/, "")}/${name}`;
      try {
        const text = readFile(`${dir}/${name}`);
        // In a clone of the repository ./profiles holds the built-in ones, which need no second reading.
        if (!BUILTIN_TEXTS.has(text)) files.push(readProfile(file, text));
      } catch (error) {
        issues.push(unreadable(file, `This file cannot be read: ${messageOf(error)}`));
      }
    }
  }
  return { files, issues };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreadable(file: string, message: string): ConfigIssue {
  return { severity: "error", file, line: 0, column: 0, path: "", message };
}

function readProfile(file: string, text: string): ReadFile {
  const yaml = parseYaml(text);
  const log = createIssueLog(file, yaml);
  for (const problem of yaml.problems) log.add(problem);
  const failed = { file, log, settings: undefined };
  if (yaml.problems.some((problem) => problem.severity !== "warning")) return failed;
  if (!isMapping(yaml.root) || !Object.hasOwn(yaml.root, "name")) {
    // Other programs keep a directory "profiles" too.
    log.add({
      path: [],
      severity: "warning",
      withoutPath: true,
      message: 'This file has no "name:", so it is no profile and is not used',
    });
    return failed;
  }
  const result = v.safeParse(profileFileSchema, yaml.root);
  if (!result.success) {
    for (const issue of result.issues) {
      const path: ConfigPath = (issue.path ?? []).map((item) => item.key as string | number);
      log.add({ path, message: `${issue.message}, found ${describeFound(valueAt(yaml.root, path))}` });
    }
    return failed;
  }
  warnOfFormat(result.output, log);
  return { file, log, settings: result.output };
}

/** The Go program reads an unknown format as OpenAI's, so such a file must load. */
function warnOfFormat({ request }: ProfileFile, log: IssueLog): void {
  const name = request?.response_format;
  if (name === undefined || listFormat(name) !== undefined) return;
  log.add({
    path: ["request", "response_format"],
    severity: "warning",
    message: `is not a format that olla knows${didYouMean(name, MODEL_LIST_FORMATS)}; it is ignored. ` +
      `Known: ${MODEL_LIST_FORMATS.join(", ")}`,
  });
}

/** What a file says where profiles can clash, and the place of it. */
const CLAIMS = {
  name: { path: ["name"], of: () => undefined, word: "name" },
  prefix: { path: ["routing", "prefixes"], of: (settings: ProfileFile) => settings.routing?.prefixes, word: "prefix" },
  alias: { path: ["type_aliases"], of: (settings: ProfileFile) => settings.type_aliases, word: "spelling" },
} as const;

function reportClash({ what, value, holder, claimant }: ProfileClash, entries: ReadonlyMap<string, Entry>): void {
  const claim = CLAIMS[what];
  const files = entries.get(claimant.name)?.files ?? [];
  const says = (read: ReadFile) => read.settings && claim.of(read.settings);
  const blamed = files.findLast((read) => says(read) !== undefined) ?? files.at(-1);
  if (blamed === undefined) return;
  const position = says(blamed)?.indexOf(value) ?? -1;
  const builtIn = entries.get(holder.name)?.files.length === 0 ? " (built in)" : "";
  blamed.log.add({
    // A new profile without prefixes has its own name as one.
    path: position === -1 ? ["name"] : [...claim.path, position],
    message: `is "${value}", which ${holder.file}${builtIn} has already: one ${claim.word} belongs to one profile`,
  });
}

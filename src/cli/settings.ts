import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { ConfigIssue } from "../config/issues.ts";
import { loadConfig, type LoadResult } from "../config/load.ts";
import type { ModelFacts } from "../config/model_facts.ts";
import { loadModelFacts } from "../config/model_facts_load.ts";
import type { ProfileSet } from "../config/profile.ts";
import { filterProfiles } from "../config/profile_filter.ts";
import { loadProfiles } from "../config/profile_load.ts";
import type { Environment } from "../runtime.ts";
import type { ServeFlags } from "./arguments.ts";

/** Read from the working directory when they exist; the Go program reads the second. */
const PROFILE_DIRS = ["profiles", "config/profiles"];

/** Everything that is read before olla starts, and all that is wrong with it. */
export interface Settings {
  /** Those that `proxy.profile_filter` leaves. */
  readonly profiles: ProfileSet;
  /** What is known of models by their names; read when it is first called. */
  readonly facts: () => ModelFacts;
  readonly result: LoadResult;
  /** Of the profiles, of `models.yaml` and of the config file, errors and warnings. */
  readonly issues: readonly ConfigIssue[];
  /** How many of the issues keep olla from starting. */
  readonly errors: number;
}

/** Reads profiles, facts about models and config as the flags say. Never throws. */
export function loadSettings(flags: ServeFlags, process: { cwd: string; env: Environment }): Settings {
  const readFile = (path: string) => readFileSync(path, "utf8");
  const { profiles, issues: profileIssues } = loadProfiles({
    dirs: PROFILE_DIRS,
    requiredDir: flags.profiles,
    readDir: (dir) => existsSync(dir) ? readdirSync(dir) : undefined,
    readFile,
  });
  const { facts, issues: factIssues } = loadModelFacts({
    cwd: process.cwd,
    profilesDir: flags.profiles,
    configDir: process.env.OLLA_CONFIG_DIR,
    exists: existsSync,
    readFile,
  });
  const result = loadConfig({
    ...process,
    path: flags.config,
    profiles,
    readFile,
    exists: existsSync,
    strict: flags.strict === true,
    overrides: flagOverrides(flags),
  });
  const issues = [...profileIssues, ...factIssues, ...result.kind === "ok" ? result.warnings : result.issues];
  return {
    profiles: result.kind === "ok" ? filterProfiles(profiles, result.config.proxy.profile_filter) : profiles,
    facts,
    result,
    issues,
    errors: issues.filter((issue) => issue.severity === "error").length,
  };
}

/** Flags win over the environment and the file. */
function flagOverrides(flags: ServeFlags) {
  const given: [flag: string, path: string[], value: string | number | undefined][] = [
    ["--host", ["server", "host"], flags.host],
    ["--port", ["server", "port"], flags.port],
    ["--log-level", ["logging", "level"], flags.logLevel],
  ];
  return given.flatMap(([flag, path, value]) =>
    value === undefined ? [] : [{ path, value: String(value), source: `flag ${flag}` }]
  );
}

import { formatIssue } from "./issues.ts";
import { type ConfigSources, loadConfigText, type LoadResult } from "./load.ts";
import type { Profile, ProfileSet } from "./profile.ts";
import type { Config } from "./schema.ts";

/** Files and variables that a test pretends there are. */
export interface Pretend extends Partial<Pick<ConfigSources, "env" | "profiles" | "strict" | "overrides">> {
  readonly files?: Readonly<Record<string, string>>;
}

/** Reads from a table; throws as a file system does. */
export function readFrom(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return text;
  };
}

/** Loads a config from text, as if it stood in `/home/olla.yaml`. */
export function load(text: string, pretend: Pretend = {}): LoadResult {
  const { files = {}, env = {}, strict = false, profiles, overrides = [] } = pretend;
  return loadConfigText(text, "olla.yaml", {
    cwd: "/home",
    env,
    profiles,
    readFile: readFrom(files),
    strict,
    overrides,
  });
}

/** What is reported of a config, line by line, each with its severity. */
export function report(text: string, pretend: Pretend = {}): string[] {
  const result = load(text, pretend);
  const issues = result.kind === "ok" ? result.warnings : result.issues;
  return issues.map((issue) => `${issue.severity}: ${formatIssue(issue)}`);
}

/** The config of a text that must be sound. */
export function configOf(text: string, pretend: Pretend = {}): Config {
  const result = load(text, pretend);
  if (result.kind === "ok") return result.config;
  throw new Error(report(text, pretend).join("\n"));
}

/** Profiles that know nothing but their names. */
export function namedProfiles(names: Readonly<Record<string, readonly string[]>>): ProfileSet {
  const all = Object.entries(names).map(([name, aliases]): Profile => ({
    name,
    display_name: name,
    type_aliases: aliases,
    prefixes: [name],
    openai_compatible: true,
    paths: [],
    allow_unlisted_paths: false,
    model_discovery_paths: ["/v1/models"],
    model_discovery_query: "",
    health_check_paths: ["/"],
    anthropic: undefined,
    default_ports: [],
    max_concurrent_requests: 1,
    streaming: true,
    response_format: "openai",
    file: `profiles/${name}.yaml`,
  }));
  const find = (type: string) =>
    all.find(({ name, type_aliases }) => [name, ...type_aliases].includes(type.toLowerCase()));
  return { all, byType: find, byPrefix: find };
}

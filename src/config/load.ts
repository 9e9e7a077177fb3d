/**
 * Finds, reads and checks the configuration. Everything wrong with it is reported at once; nothing is thrown.
 * @module
 */
import { adjust } from "./adjustments.ts";
import { buildConfig } from "./build_config.ts";
import { findConfigFile, fromDirectory } from "./config_file.ts";
import { readEndpoints } from "./endpoint_list.ts";
import { applyOverrides, envOverrides, type Override, warnOfMistypedVariables } from "./env_overrides.ts";
import { type Environment, expandTree } from "./expand.ts";
import { createIssueLog, type IssueLog } from "./issue_log.ts";
import type { ConfigIssue, ConfigPath } from "./issues.ts";
import { noEffectWarnings } from "./no_effect.ts";
import { pendingWarnings } from "./pending.ts";
import { priorityWarnings } from "./priority_hints.ts";
import type { ProfileSet } from "./profile.ts";
import { applyProfileFilter } from "./profile_filter.ts";
import { type Config, fileSchema } from "./schema.ts";
import { fileFault } from "./secrets.ts";
import { unknownKeys } from "./unknown_keys.ts";
import { validateTree } from "./validate.ts";
import { parseYaml, type YamlFile, type YamlValue } from "./yaml_tree.ts";

/** What loading needs from outside; nothing is taken from the process itself. */
export interface ConfigSources {
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Environment;
  /** Checks endpoint types; without them any type passes. */
  readonly profiles?: ProfileSet | undefined;
  /** Reads a text file. Throws when it cannot. */
  readonly readFile: (path: string) => string;
  /** Makes unknown keys errors. */
  readonly strict: boolean;
  /** Values from flags; they win over the environment and the file. */
  readonly overrides?: readonly Override[];
}

/** {@link ConfigSources}, and how to find the file. */
export interface LoadOptions extends ConfigSources {
  /** What `-c` says. */
  readonly path?: string | undefined;
  readonly exists: (path: string) => boolean;
}

/** A configuration to run with, or all that is wrong with it. */
export type LoadResult =
  | {
    readonly kind: "ok";
    readonly config: Config;
    /** The file's name as found; undefined when there is none and defaults hold. */
    readonly path: string | undefined;
    readonly warnings: readonly ConfigIssue[];
  }
  | {
    readonly kind: "invalid";
    readonly path: string | undefined;
    /** Errors, and the warnings found beside them. */
    readonly issues: readonly ConfigIssue[];
  };

/** Loads the configuration file, or the defaults when no file is named and none is found. */
export function loadConfig(options: LoadOptions): LoadResult {
  const found = findConfigFile(options.path, options);
  if (found.kind === "none") return loadConfigText("", undefined, options);
  if (found.kind === "missing") {
    return unreadable(found.name, `specified config file not found; correct ${found.namedBy} or create the file`);
  }
  let text: string;
  try {
    text = options.readFile(found.fullPath);
  } catch (error) {
    return unreadable(found.name, `This config file cannot be read: ${fileFault(error)}`);
  }
  return loadConfigText(text, found.name, options);
}

function unreadable(file: string, message: string): LoadResult {
  return { kind: "invalid", path: file, issues: [{ severity: "error", file, line: 0, column: 0, path: "", message }] };
}

/**
 * Loads a configuration from text.
 * @param file The name that messages give it; undefined when there is no file.
 */
export function loadConfigText(text: string, file: string | undefined, sources: ConfigSources): LoadResult {
  const yaml = parseYaml(text);
  const overrides = [...envOverrides(sources.env), ...sources.overrides ?? []];
  const log = createIssueLog(file ?? "", yaml, overrides);
  for (const problem of yaml.problems) log.add(problem);
  warnOfMistypedVariables(sources.env, log);
  const config = yaml.broken ? undefined : checkTree(yaml, overrides, sources, { log, file });
  const issues = log.list();
  if (config === undefined || issues.some((issue) => issue.severity === "error")) {
    return { kind: "invalid", path: file, issues };
  }
  return { kind: "ok", config, path: file, warnings: issues };
}

function checkTree(
  yaml: YamlFile,
  overrides: readonly Override[],
  sources: ConfigSources,
  report: { log: IssueLog; file: string | undefined },
): Config | undefined {
  const { log } = report;
  const written: YamlValue | undefined = applyOverrides(yaml.root, overrides);
  const expanded = expandTree(written, fileSchema, sources.env);
  const validation = validateTree(expanded.tree, written);
  const endpoints = readEndpoints(expanded.tree, {
    env: sources.env,
    readFile: (path) => sources.readFile(fromDirectory(sources.cwd, path)),
    written,
    profiles: sources.profiles,
    placeOf: (path) => placeOf(report.file, yaml, path),
  });
  const unknown = unknownKeys(written, fileSchema, { strict: sources.strict });
  const problems = [...expanded.problems, ...validation.problems, ...endpoints.problems, ...unknown];
  for (const problem of [...problems, ...noEffectWarnings(written)]) log.add(problem);
  if (validation.config === undefined) return undefined;

  const adjusted = adjust(validation.config, written);
  for (const problem of [...adjusted.problems, ...pendingWarnings(written, validation.config)]) log.add(problem);
  if (log.list().some((issue) => issue.severity === "error")) return undefined;
  const filtered = applyProfileFilter(buildConfig(adjusted.config, endpoints.facts), endpoints.facts, sources.profiles);
  for (const problem of filtered.problems) log.add(problem);
  warnOfPriorities(filtered.config, filtered.facts.map((fact) => fact.path), log);
  return filtered.config;
}

function placeOf(file: string | undefined, yaml: YamlFile, path: ConfigPath): string {
  const line = (yaml.positionOfValue(path) ?? yaml.positionOfValue(path.slice(0, -1)))?.line;
  return line === undefined ? file ?? "" : `${file ?? ""}:${line}`;
}

function warnOfPriorities(config: Config, paths: readonly ConfigPath[], log: IssueLog): void {
  if (config.proxy.load_balancer !== "priority") return;
  for (const message of priorityWarnings(config.endpoints)) {
    const named = config.endpoints.findIndex((endpoint) => message.startsWith(`${endpoint.name} `));
    log.add({ path: [...paths[named] ?? [], "priority"], message, severity: "warning", withoutPath: true });
  }
}

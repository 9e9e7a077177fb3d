import { isAbsolute, join } from "node:path";
import * as v from "valibot";
import builtInText from "../../profiles/models.yaml" with { type: "text" };
import { compileGoRegExp } from "../lib/go_regexp.ts";
import { createIssueLog, type IssueLog } from "./issue_log.ts";
import { type ConfigIssue, type ConfigPath, describeFound } from "./issues.ts";
import { compileModelFacts, type ModelFacts } from "./model_facts.ts";
import { type ModelFactSheet, modelFactsSchema } from "./model_facts_schema.ts";
import { shapeOf } from "./schema_shape.ts";
import { fileFault } from "./secrets.ts";
import { unknownKeys } from "./unknown_keys.ts";
import { isMapping, parseYaml, valueAt } from "./yaml_tree.ts";

// `build.ts` puts it into the binary as JSON; in a clone it does not exist.
declare const OLLA_BUILTIN_MODEL_FACTS: string | undefined;

/** The name of the file, in whatever folder. Profiles are not looked for in it. */
export const MODEL_FACTS_FILE = "models.yaml";

/** In the working directory, the first that is there is used. */
const FOLDERS = ["", "config", "profiles", "config/profiles"];

/** Where the file may be and how to read it. */
export interface LoadModelFactsOptions {
  readonly cwd: string;
  /** What `--profiles` says. */
  readonly profilesDir?: string | undefined;
  /** What `OLLA_CONFIG_DIR` says. */
  readonly configDir?: string | undefined;
  readonly exists: (path: string) => boolean;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => string;
}

/** What is known of models, and what is wrong with the user's file of it. */
export interface LoadedModelFacts {
  /** Reads the built-in facts and compiles all of them when it is first called; later calls are free. */
  readonly facts: () => ModelFacts;
  /** The user's file, as messages name it; undefined when the built-in facts stand alone. */
  readonly file: string | undefined;
  /** Any error among them should keep olla from starting. */
  readonly issues: readonly ConfigIssue[];
}

/** Reads the user's `models.yaml`, if there is one, and lays it over the built-in facts. Never throws. */
export function loadModelFacts(options: LoadModelFactsOptions): LoadedModelFacts {
  const issues: ConfigIssue[] = [];
  let used: { file: string; sheet: ModelFactSheet } | undefined;
  let first: string | undefined;
  for (const file of candidates(options)) {
    const path = isAbsolute(file) ? file : join(options.cwd, file);
    if (!options.exists(path)) continue;
    let text: string;
    try {
      text = options.readFile(path);
    } catch (error) {
      issues.push(notice(file, `This file cannot be read: ${fileFault(error)}`, "error"));
      first ??= file;
      continue;
    }
    // In a clone of the repository profiles/models.yaml holds the built-in facts, which need no second reading.
    if (text === builtInText) continue;
    if (first !== undefined) {
      issues.push(notice(file, `This file is not read, since ${first} is there: only one ${MODEL_FACTS_FILE} counts`));
      continue;
    }
    const read = readSheet(file, text);
    issues.push(...read.issues);
    if (read.isOther) continue;
    first = file;
    if (read.sheet !== undefined) used = { file, sheet: read.sheet };
  }
  return { facts: lazily(used === undefined ? [] : [used.sheet]), file: used?.file, issues };
}

/** The facts that are compiled in, as plain data. */
export function builtInModelFacts(): ModelFactSheet {
  if (typeof OLLA_BUILTIN_MODEL_FACTS === "string") return JSON.parse(OLLA_BUILTIN_MODEL_FACTS);
  return v.parse(modelFactsSchema, parseYaml(builtInText).root);
}

/** {@link loadModelFacts} without any file: for tests and tools. */
export function onlyBuiltInModelFacts(): () => ModelFacts {
  return lazily([]);
}

/** A gateway that nobody asks for its models never needs them, and no start waits for them. */
function lazily(own: readonly ModelFactSheet[]): () => ModelFacts {
  let facts: ModelFacts | undefined;
  return () => facts ??= compileModelFacts([...own, builtInModelFacts()]);
}

function candidates({ profilesDir, configDir }: LoadModelFactsOptions): readonly string[] {
  const named = [profilesDir, configDir].filter((dir) => dir !== undefined && dir !== "") as string[];
  const folders = [...FOLDERS, ...named.map((dir) => dir.replace(/^\.\//, "").replace(/\/+$/, ""))];
  return [...new Set(folders.map((dir) => dir === "" ? MODEL_FACTS_FILE : `${dir}/${MODEL_FACTS_FILE}`))];
}

function notice(file: string, message: string, severity: ConfigIssue["severity"] = "warning"): ConfigIssue {
  return { severity, file, line: 0, column: 0, path: "", message };
}

interface ReadSheet {
  readonly sheet: ModelFactSheet | undefined;
  /** The file has nothing to do with these facts. */
  readonly isOther: boolean;
  readonly issues: readonly ConfigIssue[];
}

function readSheet(file: string, text: string): ReadSheet {
  const yaml = parseYaml(text);
  const log = createIssueLog(file, yaml);
  const failed = (isOther: boolean): ReadSheet => ({ sheet: undefined, isOther, issues: log.list() });
  for (const problem of yaml.problems) log.add(problem);
  if (yaml.problems.some((problem) => problem.severity !== "warning")) return failed(false);
  const { root } = yaml;
  const known = topLevelKeys();
  if (!isMapping(root) || !known.some((key) => Object.hasOwn(root, key))) {
    const hint = isMapping(root) && Object.hasOwn(root, "name") ? "; give a profile's file another name" : "";
    const message = `This file has none of ${
      known.join(", ")
    }, so it holds no facts about models and is not used${hint}`;
    log.add({ path: [], severity: "warning", withoutPath: true, message });
    return failed(true);
  }
  for (const problem of unknownKeys(root, modelFactsSchema, { strict: false })) log.add(problem);
  const result = v.safeParse(modelFactsSchema, root);
  if (!result.success) {
    for (const issue of result.issues) {
      const path: ConfigPath = (issue.path ?? []).map((item) => item.key as string | number);
      log.add({ path, message: `${issue.message}, found ${describeFound(valueAt(root, path))}` });
    }
    return failed(false);
  }
  checkGroups(result.output, log);
  if (log.list().some((issue) => issue.severity === "error")) return failed(false);
  return { sheet: result.output, isOther: false, issues: log.list() };
}

function topLevelKeys(): readonly string[] {
  const shape = shapeOf(modelFactsSchema);
  return shape.kind === "mapping" ? Object.keys(shape.entries) : [];
}

/**
 * A `family_group` that a pattern has not makes the whole entry idle, which nobody writes on purpose. Where it is the
 * default, or where the family is found and only its version is not, the file works as in the Go program.
 */
function checkGroups(sheet: ModelFactSheet, log: IssueLog): void {
  for (const [index, entry] of (sheet.model_extraction?.family_patterns ?? []).entries()) {
    const groups = countGroups(entry.pattern);
    const given = { family_group: entry.family_group ?? 1, variant_group: entry.variant_group ?? 0 };
    for (const [key, group] of Object.entries(given)) {
      if (group <= groups) continue;
      const has = groups === 1 ? "1 group" : `${groups} groups`;
      log.add({
        path: ["model_extraction", "family_patterns", index, key],
        severity: key === "family_group" && entry.family_group !== undefined ? "error" : "warning",
        message: `is ${group}, but the pattern has ${has} in parentheses, so it finds nothing`,
      });
    }
  }
}

function countGroups(pattern: string): number {
  return (new RegExp(`${compileGoRegExp(pattern).source}|`).exec("")?.length ?? 1) - 1;
}

import * as v from "valibot";
import { didYouMean } from "../lib/closest.ts";
import { type ConfigPath, describeFound, describeKind, type Problem } from "./issues.ts";
import { type FileConfig, fileSchema } from "./schema.ts";
import { defaultOf, marksOf, schemaAt, shapeOf } from "./schema_shape.ts";
import { valueAt } from "./yaml_tree.ts";

/** The outcome of {@link validateTree}. */
export interface Validation {
  /** Present when there is no problem. */
  readonly config: FileConfig | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Checks a tree against the schema and fills in the defaults.
 * @param tree What to check, with `${VAR}` replaced.
 * @param written The tree as the user wrote it: what messages quote.
 */
export function validateTree(tree: unknown, written: unknown): Validation {
  const result = v.safeParse(fileSchema, tree ?? {});
  if (result.success) return { config: result.output, problems: [] };
  return { config: undefined, problems: result.issues.map((issue) => problemOf(issue, written)) };
}

function problemOf(issue: v.BaseIssue<unknown>, written: unknown): Problem {
  const path: ConfigPath = (issue.path ?? []).map((item) => item.key as string | number);
  const atKey = issue.path?.at(-1)?.origin === "key";
  const schema = schemaAt(fileSchema, path);
  const value = valueAt(written, path);
  if (atKey || schema === undefined) return { path, message: issue.message, atKey };
  const shown = marksOf(schema).secret ? describeKind(value) : foundOrDefault(value, schema);
  const { kind, ...shape } = shapeOf(schema);
  const words = kind === "scalar" && "words" in shape ? shape.words : [];
  const hint = typeof value === "string" && !marksOf(schema).secret ? didYouMean(value, words) : "";
  return { path, message: `${issue.message}, found ${shown}${hint}` };
}

function foundOrDefault(value: unknown, schema: v.GenericSchema): string {
  const fallback = defaultOf(schema);
  const isDefault = (value === undefined || value === null) && typeof fallback === "string" && fallback !== "";
  return isDefault ? `its default ${fallback}` : describeFound(value);
}

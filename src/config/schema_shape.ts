import * as v from "valibot";
import type { ConfigPath } from "./issues.ts";

/** What a schema is made of, without its wrappers: for walking files and for writing the reference. */
export type SchemaShape =
  | { readonly kind: "mapping"; readonly entries: Readonly<Record<string, v.GenericSchema>> }
  | { readonly kind: "list"; readonly item: v.GenericSchema }
  | { readonly kind: "record"; readonly value: v.GenericSchema }
  | { readonly kind: "scalar"; readonly words: readonly string[] };

/** The members that valibot's schemas may have; which of them depends on the schema. */
interface SchemaParts {
  readonly wrapped?: v.GenericSchema;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly options?: readonly string[];
  readonly pipe?: readonly SchemaParts[];
  readonly default?: unknown;
}

function partsOf(schema: v.GenericSchema): SchemaParts {
  return schema as unknown as SchemaParts; // valibot has no common type for them
}

/** Looks through `nullish` (a pipe shows its first schema's members by itself). */
export function shapeOf(schema: v.GenericSchema): SchemaShape {
  const { wrapped, entries, item, value, pipe } = partsOf(schema);
  if (wrapped !== undefined) return shapeOf(wrapped);
  if (entries !== undefined) return { kind: "mapping", entries };
  if (item !== undefined) return { kind: "list", item };
  if (value !== undefined) return { kind: "record", value };
  return { kind: "scalar", words: pipe?.find((step) => step.options !== undefined)?.options ?? [] };
}

/** What `setting_kinds.ts` notes on a schema. */
export interface SchemaMarks {
  /** Never shown in a message. */
  readonly secret: boolean;
  /** Variables in it are replaced from the environment. */
  readonly expanded: boolean;
  /** The kind of value, for people. */
  readonly type: string;
}

/** The marks of a schema and of what it wraps. */
export function marksOf(schema: v.GenericSchema): SchemaMarks {
  const { wrapped } = partsOf(schema);
  const own: Record<string, unknown> = v.getMetadata(schema);
  const inner = wrapped === undefined ? { secret: false, expanded: false, type: "text" } : marksOf(wrapped);
  return {
    secret: inner.secret || own.secret === true,
    expanded: inner.expanded || own.expanded === true,
    type: typeof own.type === "string" ? own.type : inner.type,
  };
}

/** The default of a setting as the file would say it; undefined when there is none. */
export function defaultOf(schema: v.GenericSchema): unknown {
  return partsOf(schema).default;
}

/** The schema of the value at a path, or undefined where the schema knows no such key. */
export function schemaAt(schema: v.GenericSchema, path: ConfigPath): v.GenericSchema | undefined {
  let current: v.GenericSchema | undefined = schema;
  for (const part of path) {
    if (current === undefined) return undefined;
    const shape: SchemaShape = shapeOf(current);
    if (shape.kind === "mapping") current = Object.hasOwn(shape.entries, part) ? shape.entries[part] : undefined;
    else if (shape.kind === "list") current = shape.item;
    else if (shape.kind === "record") current = shape.value;
    else return undefined;
  }
  return current;
}

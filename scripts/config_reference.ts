/**
 * Writes docs/configuration.md from the schema, so that the reference cannot say anything else than the program does.
 * Run it with `bun scripts/config_reference.ts` after changing a setting; a test fails while the file is out of step.
 * @module
 */
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { DEFAULT_FILES } from "../src/config/config_file.ts";
import { ENV_VARIABLES } from "../src/config/env_overrides.ts";
import { NO_EFFECT } from "../src/config/no_effect.ts";
import { PENDING } from "../src/config/pending.ts";
import { fileSchema } from "../src/config/schema.ts";
import { defaultOf, marksOf, shapeOf } from "../src/config/schema_shape.ts";

/** Where the reference is kept. */
export const REFERENCE_FILE: string = fileURLToPath(new URL("../docs/configuration.md", import.meta.url));

const LINE_WIDTH = 120;

interface Row {
  /** From the section on: `request_limits.max_body_size`. */
  readonly name: string;
  readonly type: string;
  readonly fallback: string;
  readonly about: string;
}

function typeOf(schema: v.GenericSchema): string {
  const shape = shapeOf(schema);
  if (shape.kind === "mapping" || shape.kind === "record") return "mapping";
  if (shape.kind === "list") {
    const item = typeOf(shape.item);
    return item === "mapping" ? "list of mappings" : `list of ${item}s`;
  }
  if (shape.words.length > 0) return shape.words.map((word) => `\`${word}\``).join(", ");
  return marksOf(schema).type;
}

function fallbackOf(schema: v.GenericSchema): string {
  const value = defaultOf(schema);
  if (value === undefined) return "–";
  if (value === "") return "required";
  if (typeof value === "string") return `\`${value}\``;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((item) => `\`${item}\``).join(", ");
  return "–";
}

/** The key's environment variable, and whether anything hangs on it yet. */
function notesOf(key: string): string[] {
  const variable = Object.entries(ENV_VARIABLES).find(([, { path }]) => path.join(".") === key)?.[0];
  const reason = NO_EFFECT[key];
  return [
    variable === undefined ? [] : `Environment: \`${variable}\`.`,
    PENDING.some((pending) => pending.key === key) ? "**Not in effect yet.**" : [],
    reason === undefined ? [] : `**No effect:** ${reason}.`,
  ].flat();
}

function rowsOf(schema: v.GenericSchema, key: string, name: string): Row[] {
  const shape = shapeOf(schema);
  const about = [v.getDescription(schema) ?? "", ...notesOf(key)].join(" ").trim();
  const own: Row = { name, type: typeOf(schema), fallback: fallbackOf(schema), about };
  // The entries of the Go program's place for endpoints are those of `endpoints`.
  if (key === "discovery.static.endpoints") {
    return [{ ...own, about: "As [`endpoints`](#endpoints); both are joined." }];
  }
  if (shape.kind === "mapping") return [own, ...childRows(shape.entries, key, name)];
  const item = shape.kind === "list" ? shapeOf(shape.item) : undefined;
  return item?.kind === "mapping" ? [own, ...childRows(item.entries, `${key}[]`, `${name}[]`)] : [own];
}

function childRows(entries: Readonly<Record<string, v.GenericSchema>>, key: string, name: string): Row[] {
  return Object.entries(entries).flatMap(([child, schema]) =>
    rowsOf(schema, `${key}.${child}`, name === "" ? child : `${name}.${child}`)
  );
}

/** A Markdown table as the formatter would lay it out. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join("\n");
}

/** Breaks a paragraph into lines, as the formatter would. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

function sectionText(key: string, schema: v.GenericSchema): string {
  const shape = shapeOf(schema);
  const item = shape.kind === "list" ? shapeOf(shape.item) : shape;
  const isList = shape.kind === "list";
  const intro = [v.getDescription(schema) ?? "", ...notesOf(key)].join(" ").trim();
  const entries = item.kind === "mapping" ? item.entries : undefined;
  if (entries === undefined) return [`## ${key}`, wrap(intro)].join("\n\n");
  const rows = childRows(entries, isList ? `${key}[]` : key, "");
  const cells = rows.map((row) => [`\`${row.name}\``, row.type, row.fallback, row.about]);
  const text = isList ? `${intro} Each entry has these keys:` : intro;
  return [`## ${key}`, wrap(text), table(["Key", "Type", "Default", "What it does"], cells)].join("\n\n");
}

const INTRODUCTION = [
  "olla reads one YAML file. Without one it starts with the defaults below. The file is the one that `-c` names, else the " +
  "one that the environment variable `OLLA_CONFIG_FILE` names, else the first of these that exists in the working " +
  `directory: ${DEFAULT_FILES.map((file) => `\`${file}\``).join(", ")}.`,
  "`olla validate` checks the file and reports every problem with its line. An unknown key is a warning, and an error " +
  "with `--strict`. Top-level keys that begin with `x-` are yours, for YAML anchors.",
  "A **duration** is a number with a unit: `500ms`, `5s`, `1m30s`, `1.5h`, or `0`. A **size** is a number of bytes or has " +
  "a binary unit: `100MB` is 104857600. A **pattern** may have `*` at its start, its end, or both.",
  "`${VAR}` and `${VAR:-default}` are replaced from the environment in an endpoint's addresses, credentials and headers. " +
  "Environment variables named below win over the file; lists in them are separated by commas.",
  "Keys marked as not in effect yet are checked, and using one gives a warning.",
];

/** The whole reference as Markdown. */
export function configReference(): string {
  const { entries } = fileSchema;
  const sections = Object.entries(entries).map(([key, schema]) => sectionText(key, schema));
  const comment = "<!-- Written by scripts/config_reference.ts; do not edit. -->";
  return `${["# Configuration", comment, ...INTRODUCTION.map(wrap), ...sections].join("\n\n")}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REFERENCE_FILE, configReference());

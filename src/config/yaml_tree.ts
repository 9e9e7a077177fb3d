/**
 * YAML text → a plain tree, with the place of every key and value. Scalars stay text: what they mean is decided by the
 * schema, the same way as for the environment. No message quotes the file, since a secret may stand anywhere in it.
 * @module
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
} from "yaml";
import type { ConfigPath, Problem } from "./issues.ts";
import { parsePlainYaml } from "./plain_yaml.ts";

/** What a YAML file holds, with its scalars as text. */
export type YamlValue = string | null | YamlValue[] | YamlMapping;

/** A mapping, without a prototype so that no key is special. */
export interface YamlMapping {
  [key: string]: YamlValue;
}

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A problem whose place is already known. */
export interface PlacedProblem extends Problem {
  readonly position: Position;
}

/** A YAML file read to a tree. */
export interface YamlFile {
  /** The root; undefined for an empty file or one with broken syntax. */
  readonly root: YamlValue | undefined;
  /** The syntax is broken, so that the content says nothing. */
  readonly broken: boolean;
  readonly problems: readonly PlacedProblem[];
  positionOfKey(path: ConfigPath): Position | undefined;
  positionOfValue(path: ConfigPath): Position | undefined;
}

/** Aliases may repeat content, but not blow a small file up to gigabytes. */
const MOST_NODES = 100_000;
const DEEPEST = 100;

const NULL_WORDS = new Set(["", "~", "null", "Null", "NULL"]);

const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "This line is indented with a tab, which YAML does not allow; use spaces",
  BAD_INDENT: "The indentation does not fit the lines above, or a bracket is not closed",
  BAD_SCALAR_START: "This value begins with a character that YAML reserves; put the value in quotes",
  MISSING_CHAR: "A quote, a bracket or a comma is missing here",
  MULTILINE_IMPLICIT_KEY: 'This line has no key; a key ends in a colon and a space, as in "port: 40114"',
  BLOCK_AS_IMPLICIT_KEY: 'There is a second ": " in this line; put the value in quotes',
  KEY_OVER_1024_CHARS: "This key is longer than 1024 characters",
  RESOURCE_EXHAUSTION: "The file is nested too deeply",
  BAD_DQ_ESCAPE:
    "There is an unknown backslash escape in this double-quoted text; use single quotes to keep backslashes",
  UNEXPECTED_TOKEN: "This is not expected here; check the quotes, brackets and indentation around it",
};

/** Reads a file to its tree and reports all its syntax problems. Never throws. */
export function parseYaml(text: string): YamlFile {
  const plain = parsePlainYaml(text);
  if (plain === undefined) return parseFully(text);
  // Places are asked for only when something in the file is wrong.
  let full: YamlFile | undefined;
  const located = () => full ??= parseFully(text);
  return {
    root: plain.root,
    broken: false,
    problems: [],
    positionOfKey: (path) => located().positionOfKey(path),
    positionOfValue: (path) => located().positionOfValue(path),
  };
}

/** {@link parseYaml} by the full parser alone. */
export function parseFully(text: string): YamlFile {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.includes("\0")) {
    const message = "This is not a UTF-8 text file (it holds NUL bytes); save it as UTF-8";
    return failedFile([{ path: [], message, position: { line: 1, column: 1 } }]);
  }
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch {
    // The parser's own recursion gave up.
    const message = SYNTAX_MESSAGES.RESOURCE_EXHAUSTION ?? "";
    return failedFile([{ path: [], message, position: { line: 1, column: 1 } }]);
  }
  const problems = syntaxProblems([...document.errors, ...document.warnings], at);
  if (problems.some((problem) => problem.severity !== "warning")) return failedFile(problems);
  return readTree(document, at, problems);
}

function failedFile(problems: readonly PlacedProblem[]): YamlFile {
  return { root: undefined, broken: true, problems, positionOfKey: () => undefined, positionOfValue: () => undefined };
}

/** One slip often makes the parser complain several times about the same line: the first time is enough. */
function syntaxProblems(errors: readonly YAMLError[], at: (offset: number) => Position): PlacedProblem[] {
  const byLine = new Map<number, PlacedProblem>();
  for (const error of errors) {
    if (error.code === "TAG_RESOLVE_FAILED") continue; // the tree reader says it with the path
    const position = at(error.pos[0]);
    const several = error.code === "MULTIPLE_DOCS";
    const message = several
      ? 'A second document begins here ("---"); only the first one is read'
      : SYNTAX_MESSAGES[error.code] ?? "This is not valid YAML";
    const severity = several ? "warning" : "error";
    if (!byLine.has(position.line)) byLine.set(position.line, { path: [], message, position, severity });
  }
  return [...byLine.values()];
}

function readTree(document: Document.Parsed, at: (offset: number) => Position, problems: PlacedProblem[]): YamlFile {
  const reader = new TreeReader(at, problems);
  try {
    const root = document.contents === null ? undefined : reader.read(document.contents, [], []);
    return {
      root: root ?? undefined,
      broken: false,
      problems,
      positionOfKey: (path) => reader.keys.get(JSON.stringify(path)),
      positionOfValue: (path) => reader.values.get(JSON.stringify(path)),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = "The file is nested too deeply, or its YAML aliases repeat too much";
    return failedFile([...problems, { path: [], message, position: { line: 1, column: 1 } }]);
  }
}

/** Turns the nodes of one document into plain values and notes where each stood. */
class TreeReader {
  /** Places by the JSON of their paths. */
  readonly keys = new Map<string, Position>();
  readonly values = new Map<string, Position>();
  // Filled in the order of the file, so that an alias finds the nearest anchor before it (the library's own look-up
  // searches the whole document each time).
  readonly #anchors = new Map<string, Node>();
  readonly #at: (offset: number) => Position;
  readonly #problems: PlacedProblem[];
  #nodes = 0;

  constructor(at: (offset: number) => Position, problems: PlacedProblem[]) {
    this.#at = at;
    this.#problems = problems;
  }

  /**
   * Reads a node and all below it.
   * @param aliases The targets of the aliases that led here, so that a circle is noticed.
   * @throws {RangeError} When the tree is larger or deeper than any real file.
   */
  read(node: Node | null, path: ConfigPath, aliases: readonly Node[]): YamlValue {
    if (++this.#nodes > MOST_NODES || path.length > DEEPEST) throw new RangeError("The tree is too large");
    if (node === null) return null;
    this.values.set(JSON.stringify(path), this.#start(node));
    if (isAlias(node)) return this.#readAlias(node, path, aliases);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap<Node | null, Node | null>(node)) return this.#readMapping(node.items, path, aliases);
    if (isSeq<Node | null>(node)) return node.items.map((item, index) => this.read(item, [...path, index], aliases));
    return isScalar(node) ? this.#readScalar(node, path) : null;
  }

  #start(node: Node | null): Position {
    return this.#at(node?.range?.[0] ?? 0);
  }

  #report(path: ConfigPath, message: string, node: Node | null): void {
    this.#problems.push({ path, message, position: this.#start(node) });
  }

  #readScalar(node: Scalar, path: ConfigPath): YamlValue {
    if (node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:")) {
      this.#report(path, 'begins with a YAML tag ("!"), which olla does not use; put the value in quotes', node);
    }
    const text = typeof node.value === "string" ? node.value : "";
    return node.type === "PLAIN" && NULL_WORDS.has(text) ? null : text;
  }

  #readAlias(node: Alias, path: ConfigPath, aliases: readonly Node[]): YamlValue {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const message = 'begins with "*", which in YAML refers to an anchor that the file lacks; put it in quotes';
      this.#report(path, message, node);
      return null;
    }
    if (aliases.includes(target)) {
      this.#report(path, "refers to itself through a YAML alias", node);
      return null;
    }
    return this.read(target, path, [...aliases, target]);
  }

  #readMapping(
    items: readonly Pair<Node | null, Node | null>[],
    path: ConfigPath,
    aliases: readonly Node[],
  ): YamlMapping {
    const result: YamlMapping = Object.create(null);
    const merged: YamlValue[] = [];
    for (const { key, value } of items) {
      if (!isScalar(key)) {
        this.#report(path, "has a key that is not a text", key);
        continue;
      }
      const name = String(key.value);
      const here = [...path, name];
      const first = Object.hasOwn(result, name) ? this.keys.get(JSON.stringify(here)) : undefined;
      if (name === "<<" && key.type === "PLAIN") merged.push(this.read(value, here, aliases));
      else if (first !== undefined) this.#report(here, `is given twice; the first is in line ${first.line}`, key);
      else {
        this.keys.set(JSON.stringify(here), this.#start(key));
        result[name] = this.read(value, here, aliases);
      }
    }
    mergeInto(result, merged);
    return result;
  }
}

/** `<<: *base` and `<<: [*a, *b]`: keys that are not there yet; the first source wins. */
function mergeInto(target: YamlMapping, sources: readonly YamlValue[]): void {
  for (const source of sources.flatMap((value) => Array.isArray(value) ? value : [value])) {
    if (typeof source !== "object" || source === null || Array.isArray(source)) continue;
    for (const [key, value] of Object.entries(source)) {
      if (!Object.hasOwn(target, key)) target[key] = value;
    }
  }
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is YamlMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path, or undefined. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

import type { YamlMapping, YamlValue } from "./yaml_tree.ts";

/** A file without anything that has two readings. */
export interface PlainYaml {
  /** Undefined for a file of comments alone. */
  readonly root: YamlMapping | undefined;
}

interface Line {
  readonly indent: number;
  readonly content: string;
}

/** Larger and deeper files are for the full parser, which knows how much is too much. */
const MOST_CHARACTERS = 200_000;
const DEEPEST = 20;

/** Tabs, carriage returns and other characters that end lines, are invisible or are half of one. */
const ODD_CHARACTER = /[^\n\x20-\x7e\u{a1}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fdff}\u{10000}-\u{10ffff}]/u;
const KEY = /^([A-Za-z_][\w-]{0,99}):(?: +(.*))?$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?$/;
const FLOW_LIST = /^\[([^[\]{}#:]*)\](?: +#.*)?$/;
/** A colon and a number sign in it mean something only next to white space. */
const PLAIN = /^[A-Za-z0-9_/$](?:[^ :]|:(?=[^ ])| (?=[^ #]))*$/;
const NULL_WORDS = new Set(["~", "null", "Null", "NULL"]);

/** Thrown inside of this file at the first thing that the full parser must look at. */
class NotPlain extends Error {}

/**
 * Reads the YAML that most files are made of: mappings, lists, one-line scalars, comments. Scalars stay text. Whatever
 * it reads it reads as the full parser does, which a test holds; the full parser needs five times as long, at every
 * start.
 *
 * @returns Undefined when anything else is in the file, which may then be right or wrong.
 */
export function parsePlainYaml(text: string): PlainYaml | undefined {
  if (text.length > MOST_CHARACTERS || ODD_CHARACTER.test(text)) return undefined;
  const lines: Line[] = [];
  for (const raw of text.split("\n")) {
    const content = trimSpaces(raw);
    if (content !== "" && !content.startsWith("#")) lines.push({ indent: raw.search(/[^ ]/), content });
  }
  if (lines.length === 0) return { root: undefined };
  try {
    return { root: new BlockReader(lines).readFile() };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Reads blocks of lines with the same indent, and those that are deeper as a part of the line above. */
class BlockReader {
  readonly #lines: Line[];
  #next = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  readFile(): YamlMapping {
    const root = this.#readMapping(this.#lines[0]?.indent ?? 0, 0);
    if (this.#next < this.#lines.length) throw new NotPlain();
    return root;
  }

  #readMapping(indent: number, depth: number): YamlMapping {
    if (depth > DEEPEST) throw new NotPlain();
    const mapping: YamlMapping = Object.create(null);
    for (let line = this.#lineAt(indent); line !== undefined; line = this.#lineAt(indent)) {
      const [, key, rest = ""] = KEY.exec(line.content) ?? [];
      if (key === undefined || Object.hasOwn(mapping, key)) throw new NotPlain();
      this.#next++;
      mapping[key] = rest === "" || rest.startsWith("#") ? this.#readBelow(indent, depth) : readValue(rest);
    }
    return mapping;
  }

  /** The value of a key that has none in its own line. */
  #readBelow(indent: number, depth: number): YamlValue {
    const line = this.#lines[this.#next];
    if (line === undefined || line.indent < indent) return null;
    if (isItem(line)) return this.#readList(line.indent, depth + 1); // an item may stand as far left as its key
    return line.indent > indent ? this.#readMapping(line.indent, depth + 1) : null;
  }

  #readList(indent: number, depth: number): YamlValue[] {
    if (depth > DEEPEST) throw new NotPlain();
    const list: YamlValue[] = [];
    for (let line = this.#lineAt(indent); line !== undefined && isItem(line); line = this.#lineAt(indent)) {
      const content = trimSpaces(line.content.slice(1));
      if (KEY.test(content)) {
        const inner = indent + line.content.length - content.length;
        this.#lines[this.#next] = { indent: inner, content };
        list.push(this.#readMapping(inner, depth + 1));
      } else {
        this.#next++;
        list.push(readValue(content));
      }
    }
    return list;
  }

  /** The next line when it belongs to the block; one that is deeper would belong to the scalar above it. */
  #lineAt(indent: number): Line | undefined {
    const line = this.#lines[this.#next];
    if (line === undefined || line.indent < indent) return undefined;
    if (line.indent > indent) throw new NotPlain();
    return line;
  }
}

/** `trim` takes away more kinds of space than YAML does. */
function trimSpaces(text: string): string {
  return text.replace(/^ +| +$/g, "");
}

function isItem(line: Line): boolean {
  return line.content.startsWith("- ");
}

function readValue(text: string): YamlValue {
  const flow = FLOW_LIST.exec(text)?.[1];
  if (flow === undefined) return readScalar(text);
  return trimSpaces(flow) === "" ? [] : flow.split(",").map((item) => readScalar(trimSpaces(item)));
}

function readScalar(text: string): string | null {
  const quoted = QUOTED.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
  const plain = text.replace(/ +#.*$/, "");
  if (NULL_WORDS.has(plain)) return null;
  if (!PLAIN.test(plain)) throw new NotPlain();
  return plain;
}

import type { YamlMapping } from "./yaml_tree.ts";

/**
 * Reads the plain YAML of the built-in profiles: mappings, lists of scalars (`- x` or `[x, y]`), comments. Scalars stay
 * text, as in `yaml_tree.ts`; a test holds that both read these files alike.
 *
 * The full parser needs 100 ms for the twelve of them, at every start; this one needs less than one.
 *
 * @throws {Error} On any other line.
 */
export function parsePlainYaml(text: string): YamlMapping {
  const root = emptyMapping();
  /** The mappings that are open, outermost first, and the key in each that was written last. */
  const open: { indent: number; mapping: YamlMapping; key: string }[] = [{ indent: 0, mapping: root, key: "" }];
  for (const [number, line] of text.split("\n").entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const indent = line.length - line.trimStart().length;
    if (content.startsWith("- ")) {
      const { mapping, key } = innermost(open);
      const list = mapping[key];
      const item = readScalar(content.slice(2));
      if (Array.isArray(list)) list.push(item);
      else mapping[key] = [item];
      continue;
    }
    const [, key, value] = /^([\w-]+):(?: (.*))?$/.exec(content) ?? [];
    if (key === undefined) throw new Error(`Cannot read line ${number + 1} as plain YAML: "${content}"`);
    while (open.length > 1 && innermost(open).indent > indent) open.pop();
    const outer = innermost(open);
    if (indent > outer.indent) {
      const mapping = emptyMapping();
      outer.mapping[outer.key] = mapping;
      open.push({ indent, mapping, key: "" });
    }
    const here = innermost(open);
    here.key = key;
    here.mapping[key] = value === undefined ? null : readValue(value);
  }
  return root;
}

function emptyMapping(): YamlMapping {
  return Object.create(null);
}

function innermost<T>(open: readonly T[]): T {
  const last = open.at(-1);
  if (last === undefined) throw new Error("The root mapping is never closed");
  return last;
}

function readValue(text: string): string | string[] {
  if (!text.startsWith("[")) return readScalar(text);
  const inner = text.slice(1, -1).trim();
  return inner === "" ? [] : inner.split(",").map((item) => readScalar(item.trim()));
}

function readScalar(text: string): string {
  return text.startsWith('"') ? JSON.parse(text) : text;
}

/** One import statement, `export … from` or dynamic import of a file. */
export interface FoundImport {
  /** As it stands in the file. */
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * A source text with the insides of its comments blanked, and strings left alone. A regular expression that holds a
 * quote or `//` is taken for division and strings; the sources here that have one still scan right, since a string ends
 * with its line.
 */
export function withoutComments(source: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;
  return source.replace(token, (text) => /^\/[/*]/.test(text) ? text.replace(/[^\n]/g, " ") : text);
}

/** Every file that a source imports. */
export function findImports(source: string): FoundImport[] {
  const code = withoutComments(source);
  const found: FoundImport[] = [];
  const statement =
    /^[ \t]*(import|export)\b(\s+type\b(?!\s*(?:from|,)))?([^;"'`]*?)(?:\bfrom\s*)?["']([^"'\n]+)["']/gm;
  for (const [, keyword, type, clause = "", specifier = ""] of code.matchAll(statement)) {
    const isFrom = /\}\s*$|\*\s*(?:as\s+\w+\s*)?$|^\s+[\w$]+\s*(?:,|$)/.test(clause);
    if (keyword === "export" && !/[}*]\s*(?:as\s+\w+\s*)?$/.test(clause.trimEnd())) continue;
    if (keyword === "import" && clause.trim() !== "" && !isFrom) continue;
    found.push({ specifier, typeOnly: type !== undefined || hasOnlyTypes(clause) });
  }
  for (const [, specifier = ""] of code.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]/g)) {
    found.push({ specifier, typeOnly: false });
  }
  return found;
}

/** `{ type A, type B }`: gone at run time, like `import type`. */
function hasOnlyTypes(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1]?.split(",").map((name) => name.trim()).filter((name) =>
    name !== ""
  );
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith("type "));
}

/** Where in the configuration: keys and list positions from the root. */
export type ConfigPath = readonly (string | number)[];

/** Something wrong or noteworthy in a file of the user's, placed for people and for editors. */
export interface ConfigIssue {
  /** An error keeps olla from starting; a warning does not. */
  readonly severity: "error" | "warning";
  /** The file's name as the user knows it, or what else set the value (`environment variable OLLA_SERVER_PORT`). */
  readonly file: string;
  /** Counted from 1; 0 when no line applies. */
  readonly line: number;
  readonly column: number;
  /** `endpoints[2].url`, or empty when the issue is about no single key. */
  readonly path: string;
  /** Goes on after the path: `must be …, found …`. */
  readonly message: string;
}

/** An issue before it is placed in its file. */
export interface Problem {
  readonly path: ConfigPath;
  readonly message: string;
  /** `error` unless said otherwise. */
  readonly severity?: ConfigIssue["severity"];
  /** Points at the key, not at its value. */
  readonly atKey?: boolean;
  /** The message is a sentence of its own, which the path does not begin. */
  readonly withoutPath?: boolean;
}

/** Writes a path as people do: `endpoints[2].headers["X Y"]`. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\w/-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** One line (or a few) for people: `olla.yaml:12:7: endpoints[2].url must be …, found …`. */
export function formatIssue(issue: ConfigIssue): string {
  const place = issue.line > 0 ? `${issue.file}:${issue.line}:${issue.column}` : issue.file;
  return [place === "" ? "" : `${place}:`, issue.path, issue.message].filter((part) => part !== "").join(" ");
}

const LONGEST_SHOWN = 80;

/** Shows what stands in the file, shortened and without the credentials of a URL. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  const text = String(value).replace(/(\/\/)[^/\s]*@/g, "$1***@");
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return /^[+-]?[\d.]+$/.test(shown) ? shown : JSON.stringify(shown);
}

/** Says of what kind a value is, for places where a credential may stand. */
export function describeKind(value: unknown): string {
  return typeof value === "string" && value !== "" ? "a text that is not shown here" : describeFound(value);
}

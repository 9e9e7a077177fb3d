/**
 * Reads an endpoint's credentials: `auth` and `headers`, with `${VAR}` replaced and files read. No message holds a value.
 * @module
 */
import { type Environment, expandVariables } from "./expand.ts";
import type { ConfigPath, Problem } from "./issues.ts";
import { DEFAULT_KEY_HEADER, isHeaderName } from "./schema_auth.ts";
import { isMapping } from "./yaml_tree.ts";

/** Where secrets come from. */
export interface SecretSources {
  readonly env: Environment;
  /** Reads a text file. Throws when it cannot. */
  readonly readFile: (path: string) => string;
}

/** What an endpoint sends with every request. */
export interface ResolvedHeaders {
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  readonly secretNames: string[];
  readonly auth: { readonly type: "bearer" | "api_key" | "basic"; readonly header: string } | undefined;
  readonly problems: Problem[];
}

const SECRET_NAME = /auth|cookie|key|token|secret|passw|credential/i;

/** Headers that belong to one message or one connection, and so cannot be set for all requests. */
const RESERVED = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const FIELDS_OF = {
  bearer: ["token"],
  api_key: ["key"],
  basic: ["username", "password"],
} as const;

type AuthType = keyof typeof FIELDS_OF;

const ALL_FIELDS = Object.values(FIELDS_OF).flat();

/** Why a file cannot be read, in a few words that do not repeat its path (it may be a secret put there by mistake). */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return "there is no such file (a relative path begins in the folder that olla was started in)";
  }
  if (code === "EACCES" || code === "EPERM") return "olla may not read it";
  if (code === "EISDIR") return "it is a folder";
  return code === "" ? "reading failed" : `reading failed with ${code}`;
}

function isHeaderValue(value: string): boolean {
  // deno-lint-ignore no-control-regex -- these are what a header must not hold
  return !/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(value);
}

const BAD_VALUE = "has a character that no header can hold (a line break, a control character, or one beyond Latin-1)";

/** Reads `auth` and `headers` of one endpoint. `auth` wins where both set a header. */
export function resolveHeaders(entry: unknown, path: ConfigPath, sources: SecretSources): ResolvedHeaders {
  const problems: Problem[] = [];
  const headers: Record<string, string> = {};
  const secretNames = new Set<string>();
  const given = isMapping(entry) ? entry : {};
  if (isMapping(given.headers)) {
    readHeaders(given.headers, [...path, "headers"], sources, { headers, secretNames, problems });
  }
  let auth: ResolvedHeaders["auth"];
  if (isMapping(given.auth)) {
    const credentials = readAuth(given.auth, [...path, "auth"], sources, problems);
    if (credentials !== undefined) {
      const name = credentials.header.toLowerCase();
      headers[name] = credentials.value;
      secretNames.add(name);
      auth = { type: credentials.type, header: credentials.header };
    }
  }
  return { headers, secretNames: [...secretNames], auth, problems };
}

function readHeaders(
  given: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  sources: SecretSources,
  out: { headers: Record<string, string>; secretNames: Set<string>; problems: Problem[] },
): void {
  for (const [name, value] of Object.entries(given)) {
    const here = [...path, name];
    if (!isHeaderName(name)) {
      // The name is not repeated: a whole "Authorization: …" line may have become the key.
      out.problems.push({ path, message: "has a key that cannot be a header name (letters, digits and - only)" });
      continue;
    }
    const lower = name.toLowerCase();
    if (RESERVED.has(lower)) {
      out.problems.push({
        path: here,
        message: "cannot be set: it belongs to a single request or connection",
        atKey: true,
      });
      continue;
    }
    if (typeof value !== "string") continue; // said by the schema
    const expansion = expandVariables(value, sources.env);
    if (expansion.kind === "problem") {
      out.problems.push({ path: here, message: expansion.message });
      continue;
    }
    if (Object.hasOwn(out.headers, lower)) {
      out.problems.push({
        path: here,
        message: "is given twice: header names ignore upper and lower case",
        atKey: true,
      });
    }
    if (!isHeaderValue(expansion.text)) out.problems.push({ path: here, message: BAD_VALUE });
    out.headers[lower] = expansion.text.trim();
    if (expansion.usedVariables || SECRET_NAME.test(lower)) out.secretNames.add(lower);
  }
}

function readAuth(
  given: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  sources: SecretSources,
  problems: Problem[],
): { type: AuthType; header: string; value: string } | undefined {
  const type = given.type;
  if (type !== "bearer" && type !== "api_key" && type !== "basic") return undefined; // said by the schema
  const before = problems.length;
  const own: readonly string[] = FIELDS_OF[type];
  for (const field of ALL_FIELDS.filter((name) => !own.includes(name)).flatMap((name) => [name, `${name}_file`])) {
    if ((given[field] ?? null) === null) continue;
    problems.push({
      path: [...path, field],
      message: `does not belong to type "${type}", which takes ${takes(type)}`,
      atKey: true,
    });
  }
  if (type !== "api_key" && (given.header ?? null) !== null) {
    problems.push({ path: [...path, "header"], message: 'belongs to type "api_key" alone', atKey: true });
  }
  const values = own.map((field) => readCredential(given, field, path, sources, problems));
  if (problems.length > before) return undefined;
  const [first = "", second = ""] = values;
  if (type === "basic") return basicCredentials(first, second, path, problems);
  const header = typeof given.header === "string" && given.header !== "" ? given.header : DEFAULT_KEY_HEADER;
  if (type === "bearer") return { type, header: "Authorization", value: `Bearer ${first}` };
  return { type, header, value: first };
}

function basicCredentials(username: string, password: string, path: ConfigPath, problems: Problem[]) {
  if (username.includes(":")) {
    problems.push({ path: [...path, "username"], message: 'must not contain ":"' });
    return undefined;
  }
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return { type: "basic", header: "Authorization", value: `Basic ${btoa(String.fromCharCode(...bytes))}` } as const;
}

function takes(type: AuthType): string {
  return FIELDS_OF[type].map((field) => `${field} (or ${field}_file)`).join(" and ");
}

/** One of `field` and `field_file`, replaced or read; reports and returns undefined when that fails. */
function readCredential(
  given: Readonly<Record<string, unknown>>,
  field: string,
  path: ConfigPath,
  sources: SecretSources,
  problems: Problem[],
): string | undefined {
  const inline = given[field] ?? undefined;
  const file = given[`${field}_file`] ?? undefined;
  const here = [...path, inline === undefined && file !== undefined ? `${field}_file` : field];
  const fail = (message: string): undefined => {
    problems.push({ path: here, message });
  };
  if (inline !== undefined && file !== undefined) return fail(`is given beside ${field}_file; keep one of them`);
  if (inline === undefined && file === undefined) return fail(`is missing: give ${field} or ${field}_file`);
  const usable = (value: string) => given.type === "basic" || isHeaderValue(value) ? value : fail(BAD_VALUE);
  if (file !== undefined) {
    if (typeof file !== "string") return undefined; // said by the schema
    try {
      const content = sources.readFile(file).replace(/^\uFEFF/, "").trim();
      if (content === "") return fail("names a file that is empty");
      return usable(content);
    } catch (error) {
      return fail(`names a file that cannot be read: ${fileFault(error)}`);
    }
  }
  if (typeof inline !== "string") return undefined; // said by the schema
  const expansion = expandVariables(inline, sources.env);
  if (expansion.kind === "problem") return fail(expansion.message);
  const value = expansion.text.trim();
  if (value === "") return fail("is empty after its variables are replaced");
  return usable(value);
}

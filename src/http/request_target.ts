/** A request's path and query, as sent. */
export interface RequestTarget {
  /** Percent-encoded, begins with a slash. */
  readonly path: string;
  /** With its leading `?`, or empty. */
  readonly query: string;
}

/**
 * Splits a request's URL without parsing it: only path and query matter here, and they must stay as they were sent.
 *
 * @param url Absolute, as `Request.url`.
 */
export function splitTarget(url: string): RequestTarget {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  if (slash === -1) return { path: "/", query: "" };
  const hash = url.indexOf("#", slash);
  const end = hash === -1 ? url.length : hash;
  const mark = url.indexOf("?", slash);
  if (mark === -1 || mark > end) return { path: url.slice(slash, end), query: "" };
  return { path: url.slice(slash, mark), query: url.slice(mark, end) };
}

/**
 * Why a path must not reach a backend: a segment that decodes to `..`, a backslash or NUL, or that hides a slash behind
 * dots, or an escape that is none. Undefined for a good path. Plain `..` has been resolved by the HTTP server before.
 */
export function pathFault(path: string): string | undefined {
  if (!path.includes("%") && !path.includes("\\") && !path.includes("..")) return undefined;
  for (const raw of path.split("/")) {
    let segment: string;
    try {
      segment = decodeURIComponent(raw);
    } catch {
      return "The path has a broken percent escape";
    }
    if (segment === ".." || segment === "." && raw !== "." || segment.includes("../") || segment.endsWith("/..")) {
      return "The path must not climb with dot segments";
    }
    if (segment.includes("\\") || segment.includes("\0")) return "The path must not contain a backslash or NUL";
  }
  return undefined;
}

const ESCAPE = /%[0-9a-f]{2}/gi;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * A path without the percent-encodings that mean nothing (RFC 3986 section 6.2.2.2): those of letters, digits and
 * `- . _ ~`. All others stay, since `%2F` is not a slash.
 */
export function plainPath(path: string): string {
  if (!path.includes("%")) return path;
  return path.replaceAll(ESCAPE, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape;
  });
}

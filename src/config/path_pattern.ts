import type { PathPattern } from "./profile.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** `{model}` or `{model}:generateContent`. */
const PLACEHOLDER = /^\{[A-Za-z_][A-Za-z0-9_]*\}([^{}*]*)$/;

/** A path of a profile, read; or what is wrong with it, to go on after "api.paths[3] ". */
export type ReadPattern =
  | { readonly kind: "pattern"; readonly pattern: PathPattern }
  | { readonly kind: "problem"; readonly message: string };

/** Reads one entry of `api.paths`: `/v1/models/{model}`, `POST /v1/x`, `/engines/*`. */
export function readPathPattern(text: string): ReadPattern {
  const space = text.startsWith("/") ? -1 : text.indexOf(" ");
  const method = space === -1 ? undefined : text.slice(0, space);
  const path = space === -1 ? text : text.slice(space + 1).trimStart();
  if (method !== undefined && !METHODS.has(method)) {
    return problem(`must begin with "/" or with one of ${[...METHODS].join(", ")} and a space`);
  }
  if (!path.startsWith("/")) return problem('must begin with "/"');
  if (/[?#%\\\s]|\p{Cc}/u.test(path)) {
    return problem('must be a plain path: no "?", "#", "%", "\\" or white space in it');
  }
  const segments = path.slice(1).split("/");
  const rest = segments.at(-1) === "*";
  if (rest) segments.pop();
  for (const segment of segments) {
    const message = segmentProblem(segment);
    if (message !== undefined) return problem(message);
  }
  return { kind: "pattern", pattern: { method, segments, rest } };
}

function problem(message: string): ReadPattern {
  return { kind: "problem", message };
}

function segmentProblem(segment: string): string | undefined {
  if (segment === "." || segment === "..") return `must not have a "${segment}" segment`;
  if (segment.includes("*")) return 'may have "*" only as its last segment, as in /engines/*';
  if (/[{}]/.test(segment) && !PLACEHOLDER.test(segment)) {
    return `must have "{name}" for a whole segment, as in /v1/models/{model}`;
  }
  return undefined;
}

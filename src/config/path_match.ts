import type { PathPattern, Profile } from "./profile.ts";

/** A `{name}` segment, taken apart. */
interface Placeholder {
  readonly name: string;
  /** What the segment must end in; empty for anything. */
  readonly suffix: string;
}

interface CompiledPattern {
  readonly method: string | undefined;
  readonly segments: readonly (string | Placeholder)[];
  readonly rest: boolean;
}

/** `undefined` among the methods stands for any. */
type Methods = ReadonlySet<string | undefined>;

/** A profile's patterns, arranged for look-ups. */
interface PathIndex {
  /** Patterns without placeholders: the path as it is written. */
  readonly exact: ReadonlyMap<string, Methods>;
  /** The others without `/*`, by their number of segments. */
  readonly byLength: ReadonlyMap<number, readonly CompiledPattern[]>;
  /** Those that end in `/*`. */
  readonly open: readonly CompiledPattern[];
}

/** Keyed by the pattern list, so that a profile stays plain data and is compiled once. */
const indexes = new WeakMap<readonly PathPattern[], PathIndex>();

/**
 * Whether a profile lets a request through.
 *
 * @param method Upper case.
 * @param rawPath As the client sent it, still percent-encoded, without the query. A path that cannot be decoded, or that
 * decodes to one which climbs (`..`), is not enabled.
 */
export function isPathEnabled(profile: Profile, method: string, rawPath: string): boolean {
  if (profile.allow_unlisted_paths) return true;
  const index = indexOf(profile);
  // Nearly all requests end here, with one look-up and no splitting or decoding.
  const methods = index.exact.get(rawPath);
  if (methods !== undefined && allows(methods, method)) return true;
  const segments = decodeSegments(rawPath);
  return segments !== undefined && matchIndex(index, method, segments);
}

/** The same for a path that is already split and decoded once. Ignores `allow_unlisted_paths`. */
export function matchPath(profile: Profile, method: string, decodedSegments: readonly string[]): boolean {
  return matchIndex(indexOf(profile), method, decodedSegments);
}

/**
 * The model that a path names, where the matching pattern has a `{model}` segment (`/engines/{model}/completions`).
 * Takes the same arguments as {@link isPathEnabled}.
 */
export function modelInPath(profile: Profile, method: string, rawPath: string): string | undefined {
  const index = indexOf(profile);
  if (index.exact.has(rawPath)) return undefined;
  const segments = decodeSegments(rawPath);
  const pattern = segments && findPattern(index, method, segments);
  if (segments === undefined || pattern === undefined) return undefined;
  for (const [position, part] of pattern.segments.entries()) {
    if (typeof part === "string" || part.name !== "model") continue;
    const segment = segments[position] ?? "";
    return segment.slice(0, segment.length - part.suffix.length);
  }
  return undefined;
}

function indexOf(profile: Profile): PathIndex {
  let index = indexes.get(profile.paths);
  if (index === undefined) {
    index = compile(profile.paths);
    indexes.set(profile.paths, index);
  }
  return index;
}

function compile(patterns: readonly PathPattern[]): PathIndex {
  const exact = new Map<string, Set<string | undefined>>();
  const byLength = new Map<number, CompiledPattern[]>();
  const open: CompiledPattern[] = [];
  for (const { method, segments, rest } of patterns) {
    const parts = segments.map(readPart);
    if (rest) {
      open.push({ method, segments: parts, rest });
    } else if (parts.every((part) => typeof part === "string")) {
      addTo(exact, `/${segments.join("/")}`, method);
    } else {
      const same = byLength.get(parts.length) ?? [];
      byLength.set(parts.length, [...same, { method, segments: parts, rest }]);
    }
  }
  return { exact, byLength, open };
}

function readPart(segment: string): string | Placeholder {
  if (!segment.startsWith("{")) return segment;
  const end = segment.indexOf("}");
  return { name: segment.slice(1, end), suffix: segment.slice(end + 1) };
}

function addTo(exact: Map<string, Set<string | undefined>>, path: string, method: string | undefined): void {
  const methods = exact.get(path);
  if (methods === undefined) exact.set(path, new Set([method]));
  else methods.add(method);
}

function allows(methods: Methods, method: string): boolean {
  return methods.has(undefined) || methods.has(method) || (method === "HEAD" && methods.has("GET"));
}

function allowsOne(allowed: string | undefined, method: string): boolean {
  return allowed === undefined || allowed === method || (allowed === "GET" && method === "HEAD");
}

function matchIndex(index: PathIndex, method: string, segments: readonly string[]): boolean {
  // A "/" inside a decoded segment must not make it look like two.
  if (segments.every((segment) => !segment.includes("/"))) {
    const methods = index.exact.get(`/${segments.join("/")}`);
    if (methods !== undefined && allows(methods, method)) return true;
  }
  return findPattern(index, method, segments) !== undefined;
}

function findPattern(index: PathIndex, method: string, segments: readonly string[]): CompiledPattern | undefined {
  const candidates = index.byLength.get(segments.length);
  return candidates?.find((pattern) => allowsOne(pattern.method, method) && matches(pattern, segments)) ??
    index.open.find((pattern) => allowsOne(pattern.method, method) && matches(pattern, segments));
}

function matches(pattern: CompiledPattern, segments: readonly string[]): boolean {
  const parts = pattern.segments;
  if (pattern.rest ? segments.length <= parts.length : segments.length !== parts.length) return false;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const segment = segments[i];
    if (part === undefined || segment === undefined) return false;
    if (typeof part === "string") {
      if (part !== segment) return false;
    } else if (segment.length <= part.suffix.length || !segment.endsWith(part.suffix)) {
      return false;
    }
  }
  return true;
}

function decodeSegments(rawPath: string): string[] | undefined {
  if (!rawPath.startsWith("/")) return undefined;
  const segments = rawPath.slice(1).split("/");
  for (let i = 0; i < segments.length; i++) {
    const raw = segments[i] ?? "";
    let segment = raw;
    if (raw.includes("%")) {
      try {
        segment = decodeURIComponent(raw);
      } catch {
        return undefined;
      }
    }
    if (climbs(segment)) return undefined;
    segments[i] = segment;
  }
  return segments;
}

/** A backend that decodes `%2F` before it resolves `..` would leave the listed path. */
function climbs(segment: string): boolean {
  if (segment.includes("\\") || segment.includes("\0")) return true;
  return segment.includes("..") && segment.split("/").includes("..");
}

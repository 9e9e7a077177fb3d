import { matchPath } from "../config/path_match.ts";
import type { PathPattern, Profile, ProfileSet } from "../config/profile.ts";
import { formatAt } from "../models/formats/format_table.ts";
import { joinFormats, type ListFormat } from "../models/formats/list_format.ts";
import { OPENAI_FORMAT } from "../models/formats/openai.ts";
import { EVERYWHERE, type ListScope } from "../models/listing/listed_endpoints.ts";
import { isInScope, type RouteScope } from "../routing/route_scope.ts";

/** A list of models that a path asks for, or one model of it. */
export interface ListTarget {
  readonly scope: ListScope;
  readonly format: ListFormat;
  /** Percent-encoded as it came, with the slash that it may end in; undefined for the whole list. */
  readonly id: string | undefined;
}

/** Where a profile's servers have their list. */
interface ListPath {
  readonly path: string;
  readonly format: ListFormat;
  /** Whether `path/{id}` is one model of it. */
  readonly hasSingles: boolean;
  /** The profile with only those paths beneath this one that are something else, such as `/v1/models/status`. */
  readonly others: Profile;
}

/** Where all endpoints of a route have their lists. */
interface ScopedList {
  readonly scope: ListScope;
  readonly format: ListFormat;
  readonly hasSingles: boolean;
  readonly others: readonly Profile[];
}

/** `{engine}` in `/engines/{engine}/v1/models`. */
interface OpenList {
  readonly segments: readonly string[];
  readonly list: ScopedList;
}

interface ListIndex {
  readonly exact: ReadonlyMap<string, ScopedList>;
  readonly open: readonly OpenList[];
}

const OPENAI_LIST = "/v1/models";
const OLLAMA_LIST = "/api/tags";
const NO_INDEX: ListIndex = { exact: new Map(), open: [] };

/**
 * The lists of models among the paths of servers. They are answered from memory, so that a dead server delays nothing
 * and all servers of a kind make one list; what is a list follows from the profiles, the user's own included.
 */
export class ListPaths {
  readonly #byProfile: ReadonlyMap<Profile, ListIndex>;
  readonly #anywhere: ListIndex;

  constructor({ all }: ProfileSet) {
    const listPaths = new Map(all.map((profile) => [profile, listPathsOf(profile)]));
    this.#byProfile = new Map([...listPaths].map(([profile, paths]) => {
      const scope = scopeOf({ kind: "type", profile });
      return [profile, indexOf(new Map(paths.map((list) => [list.path, { ...list, scope, others: [list.others] }])))];
    }));
    this.#anywhere = indexOf(joinedLists(listPaths));
  }

  /**
   * The list that a path of a route asks for; undefined when it asks for something else. Called for every request, so that
   * a path that has nothing to do with models costs one look-up.
   *
   * @param path Percent-encoded, without the route's prefix.
   */
  find(scope: RouteScope, path: string): ListTarget | undefined {
    const index = scope.kind === "any" ? this.#anywhere : this.#byProfile.get(scope.profile) ?? NO_INDEX;
    const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    const exact = index.exact.get(trimmed);
    if (exact !== undefined) return { scope: exact.scope, format: exact.format, id: undefined };
    if (!path.includes("/models")) return undefined;
    const segments = trimmed.slice(1).split("/");
    for (const { segments: pattern, list } of index.open) {
      const target = targetOf(list, { segments, length: pattern.length, isWithin: isWithin(segments, pattern) });
      if (target !== undefined) return withEnd(target, path);
    }
    for (let length = segments.length - 1; length > 0; length--) {
      const list = index.exact.get(`/${segments.slice(0, length).join("/")}`);
      const target = list && targetOf(list, { segments, length, isWithin: true });
      if (target !== undefined) return withEnd(target, path);
    }
    return undefined;
  }
}

/** The endpoints of a route as lists know them. */
export function scopeOf(scope: RouteScope): ListScope {
  if (scope.kind === "any") return EVERYWHERE;
  return {
    key: scope.profile.name,
    includes: (profile) => profile !== undefined && isInScope(scope, profile),
  };
}

function targetOf(
  { scope, format, hasSingles, others }: ScopedList,
  { segments, length, isWithin }: { segments: readonly string[]; length: number; isWithin: boolean },
): ListTarget | undefined {
  if (!isWithin) return undefined;
  if (segments.length === length) return { scope, format, id: undefined };
  const id = segments.slice(length).join("/");
  if (!hasSingles || id === "") return undefined;
  return others.some((profile) => matchPath(profile, "GET", segments)) ? undefined : { scope, format, id };
}

/** A name may end in a slash: whoever looks it up tries it so first. */
function withEnd(target: ListTarget, path: string): ListTarget {
  return target.id !== undefined && path.endsWith("/") ? { ...target, id: `${target.id}/` } : target;
}

function isWithin(segments: readonly string[], pattern: readonly string[]): boolean {
  return segments.length >= pattern.length &&
    pattern.every((part, index) => part.startsWith("{") ? segments[index] !== "" : part === segments[index]);
}

function indexOf(lists: ReadonlyMap<string, ScopedList>): ListIndex {
  const exact = new Map<string, ScopedList>();
  const open: OpenList[] = [];
  for (const [path, list] of lists) {
    if (path.includes("{")) open.push({ segments: path.slice(1).split("/"), list });
    else exact.set(path, list);
  }
  return { exact, open };
}

/**
 * The lists of the routes that lead to any backend. `/v1/models` has everything in OpenAI's format; another path has the
 * models of the types that have this path, since only those answer what goes with it, in a form that the clients of
 * all of them can read.
 */
function joinedLists(listPaths: ReadonlyMap<Profile, readonly ListPath[]>): ReadonlyMap<string, ScopedList> {
  const sharing = new Map<string, { profile: Profile; list: ListPath }[]>();
  for (const [profile, lists] of listPaths) {
    for (const list of lists) sharing.set(list.path, [...sharing.get(list.path) ?? [], { profile, list }]);
  }
  const joined = new Map<string, ScopedList>();
  for (const [path, sharers] of sharing) {
    const names = new Set(sharers.map(({ profile }) => profile.name));
    joined.set(path, {
      scope: {
        key: `path ${path}`,
        includes: (profile) => profile !== undefined && names.has(profile.name),
      },
      format: joinFormats(sharers.map(({ list }) => list.format)),
      hasSingles: sharers.some(({ list }) => list.hasSingles),
      others: sharers.map(({ list }) => list.others),
    });
  }
  return joined.set(OPENAI_LIST, { scope: EVERYWHERE, format: OPENAI_FORMAT, hasSingles: true, others: [] });
}

/**
 * A profile's lists: where olla itself finds them, whatever else in its paths ends in `/models`, and Ollama's
 * `/api/tags`. Below such a path there may be other things: those are no lists.
 */
function listPathsOf(profile: Profile): ListPath[] {
  const enabled = profile.paths.filter(isReadable).map(pathOf).filter(looksLikeList);
  const paths = new Set([...profile.model_discovery_paths, ...enabled]);
  if (profile.openai_compatible) paths.add(OPENAI_LIST);
  const isBelowAnother = (path: string) => [...paths].some((other) => path.startsWith(`${other}/`));
  return [...paths].filter((path) => !isBelowAnother(path)).map((path) => {
    const below = profile.paths.filter((pattern) => pathOf(pattern).startsWith(`${path}/`) || isOpenAt(pattern, path));
    return {
      path,
      format: formatAt(profile, path),
      hasSingles: path === OPENAI_LIST || profile.paths.some((pattern) => isSingle(pattern, path)),
      others: {
        ...profile,
        allow_unlisted_paths: false,
        // A path below that takes no GET is none of a list's either: it is to be refused or passed on as it is.
        paths: below.filter((pattern) => !isSingle(pattern, path)).map((pattern) => ({
          ...pattern,
          method: undefined,
        })),
      },
    };
  });
}

function looksLikeList(path: string): boolean {
  if (path === OLLAMA_LIST) return true;
  // Anthropic's clients want a list of another shape, which their own routes give.
  return path.endsWith("/models") && !path.startsWith("/anthropic/");
}

function isReadable({ method, rest }: PathPattern): boolean {
  return !rest && (method === undefined || method === "GET" || method === "HEAD");
}

function pathOf({ segments }: PathPattern): string {
  return `/${segments.join("/")}`;
}

/** `/v1/models/{model}` or `/v1/models/*`, for `/v1/models`. */
function isSingle(pattern: PathPattern, path: string): boolean {
  if (pattern.rest) return pathOf(pattern) === path;
  const last = pattern.segments.at(-1) ?? "";
  return last.startsWith("{") && last.endsWith("}") && `/${pattern.segments.slice(0, -1).join("/")}` === path;
}

function isOpenAt(pattern: PathPattern, path: string): boolean {
  return pattern.rest && pathOf(pattern) === path;
}

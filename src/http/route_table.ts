import type { Profile, ProfileSet } from "../config/profile.ts";
import type { Dialect } from "../errors.ts";
import { ANY_SCOPE, type RouteScope } from "../routing/route_scope.ts";
import type { ListPaths, ListTarget } from "./list_paths.ts";

/** What a path leads to. */
export type Route =
  /** Sent to a backend. `path` is what the backend is asked for. */
  | { readonly kind: "proxy"; readonly scope: RouteScope; readonly path: string; readonly dialect: Dialect }
  /** A list of models, or one of them, in the format of the path; answered from memory. */
  | { readonly kind: "models"; readonly target: ListTarget; readonly dialect: Dialect }
  /** `/olla/models`. */
  | { readonly kind: "catalogue"; readonly dialect: Dialect }
  /** `/olla/models/{id}`; percent-encoded as it came. */
  | { readonly kind: "catalogue_model"; readonly id: string; readonly dialect: Dialect }
  /** LiteLLM's health, answered by us: its own would call every model. */
  | { readonly kind: "backend_health"; readonly profile: Profile }
  /** Our own pages: `/`, `/internal/…`, `/version`. */
  | { readonly kind: "own" }
  | { readonly kind: "unknown_prefix"; readonly prefix: string }
  | { readonly kind: "unknown" };

const OLLA = "/olla/";
const PROXY_PREFIX = "proxy";
const OLLAMA_TYPE = "ollama";
const LITELLM_TYPE = "litellm";
const UNKNOWN: Route = { kind: "unknown" };
const OWN: Route = { kind: "own" };
const CATALOGUE: Route = { kind: "catalogue", dialect: "openai" };

/** What paths are matched with. */
export interface RouteTable {
  readonly profiles: ProfileSet;
  /** Where the lists of models are among the paths of these profiles. */
  readonly lists: ListPaths;
  /** `server.root_routes`. */
  readonly rootRoutes: boolean;
}

/**
 * Where a path leads. Pure.
 *
 * @param path As the client sent it, still percent-encoded, without the query.
 */
export function matchRoute(path: string, table: RouteTable): Route {
  if (path.startsWith(OLLA)) return matchOlla(path, table);
  if (path === "/olla") return UNKNOWN;
  if (table.rootRoutes && path.startsWith("/v1/")) return served(ANY_SCOPE, path, table);
  if (table.rootRoutes && path.startsWith("/api/")) return matchRootApi(path, table);
  if (path === "/" || path === "/version" || path.startsWith("/internal/")) return OWN;
  return UNKNOWN;
}

function matchOlla(path: string, table: RouteTable): Route {
  const slash = path.indexOf("/", OLLA.length);
  const prefix = slash === -1 ? path.slice(OLLA.length) : path.slice(OLLA.length, slash);
  const rest = slash === -1 ? "/" : path.slice(slash);
  if (prefix === PROXY_PREFIX) return served(ANY_SCOPE, rest, table);
  if (prefix === "models") {
    return rest === "/" ? CATALOGUE : { kind: "catalogue_model", id: rest.slice(1), dialect: "openai" };
  }
  const profile = table.profiles.byPrefix(prefix);
  if (profile === undefined) return { kind: "unknown_prefix", prefix };
  if (profile.name === LITELLM_TYPE && (rest === "/health" || rest === "/health/")) {
    return { kind: "backend_health", profile };
  }
  return served({ kind: "type", profile }, rest, table);
}

/** Ollama's API, but for the parts of `/api` that LM Studio and Lemonade have. */
function matchRootApi(path: string, table: RouteTable): Route {
  if (path.startsWith("/api/v0/") || path.startsWith("/api/v1/")) return served(ANY_SCOPE, path, table);
  const profile = table.profiles.byType(OLLAMA_TYPE);
  return profile === undefined ? UNKNOWN : served({ kind: "type", profile }, path, table);
}

/** A path of some server: answered by us when it is a list of models, else sent on. */
function served(scope: RouteScope, path: string, { lists }: RouteTable): Route {
  const dialect = dialectOf(path);
  const target = lists.find(scope, path);
  return target === undefined ? { kind: "proxy", scope, path, dialect } : { kind: "models", target, dialect };
}

/** The dialect that a client of this path speaks, and so wants its errors in. */
function dialectOf(path: string): Dialect {
  if (path.startsWith("/v1/messages") || path.startsWith("/anthropic/")) return "anthropic";
  if (path.startsWith("/api/") && !path.startsWith("/api/v0/") && !path.startsWith("/api/v1/")) return "ollama";
  return "openai";
}

import type { Profile, ProfileSet } from "../config/profile.ts";
import type { Dialect } from "../errors.ts";
import { ANY_SCOPE, type RouteScope } from "../routing/route_scope.ts";

/** What a path leads to. */
export type Route =
  /** Sent to a backend. `path` is what the backend is asked for. */
  | { readonly kind: "proxy"; readonly scope: RouteScope; readonly path: string; readonly dialect: Dialect }
  /** The model list in OpenAI's format, answered from memory. */
  | { readonly kind: "models"; readonly scope: RouteScope; readonly dialect: Dialect }
  /** One model of that list. */
  | { readonly kind: "model"; readonly scope: RouteScope; readonly id: string; readonly dialect: Dialect }
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
const ALL_MODELS: Route = { kind: "models", scope: ANY_SCOPE, dialect: "openai" };

/**
 * Where a path leads. Pure.
 *
 * @param path As the client sent it, still percent-encoded, without the query.
 * @param options.rootRoutes `server.root_routes`.
 */
export function matchRoute(
  path: string,
  { profiles, rootRoutes }: { profiles: ProfileSet; rootRoutes: boolean },
): Route {
  if (path.startsWith(OLLA)) return matchOlla(path, profiles);
  if (path === "/olla") return UNKNOWN;
  if (rootRoutes && path.startsWith("/v1/")) return proxied(ANY_SCOPE, path);
  if (rootRoutes && path.startsWith("/api/")) return matchRootApi(path, profiles);
  if (path === "/" || path === "/version" || path.startsWith("/internal/")) return OWN;
  return UNKNOWN;
}

function matchOlla(path: string, profiles: ProfileSet): Route {
  const slash = path.indexOf("/", OLLA.length);
  const prefix = slash === -1 ? path.slice(OLLA.length) : path.slice(OLLA.length, slash);
  const rest = slash === -1 ? "/" : path.slice(slash);
  if (prefix === PROXY_PREFIX) return proxied(ANY_SCOPE, rest);
  if (prefix === "models") {
    return rest === "/" ? ALL_MODELS : { kind: "model", scope: ANY_SCOPE, id: rest.slice(1), dialect: "openai" };
  }
  const profile = profiles.byPrefix(prefix);
  if (profile === undefined) return { kind: "unknown_prefix", prefix };
  if (profile.name === LITELLM_TYPE && (rest === "/health" || rest === "/health/")) {
    return { kind: "backend_health", profile };
  }
  return proxied({ kind: "type", profile }, rest);
}

/** Ollama's API, but for the parts of `/api` that LM Studio and Lemonade have. */
function matchRootApi(path: string, profiles: ProfileSet): Route {
  if (path.startsWith("/api/v0/") || path.startsWith("/api/v1/")) return proxied(ANY_SCOPE, path);
  const profile = profiles.byType(OLLAMA_TYPE);
  return profile === undefined ? UNKNOWN : proxied({ kind: "type", profile }, path);
}

const MODELS_PATH = "/v1/models";

function proxied(scope: RouteScope, path: string): Route {
  const dialect = dialectOf(path);
  if (path.startsWith(MODELS_PATH)) {
    if (path.length === MODELS_PATH.length || path === `${MODELS_PATH}/`) return { kind: "models", scope, dialect };
    if (path[MODELS_PATH.length] === "/") {
      return { kind: "model", scope, id: path.slice(MODELS_PATH.length + 1), dialect };
    }
  }
  return { kind: "proxy", scope, path, dialect };
}

/** The dialect that a client of this path speaks, and so wants its errors in. */
function dialectOf(path: string): Dialect {
  if (path.startsWith("/v1/messages") || path.startsWith("/anthropic/")) return "anthropic";
  if (path.startsWith("/api/") && !path.startsWith("/api/v0/") && !path.startsWith("/api/v1/")) return "ollama";
  return "openai";
}

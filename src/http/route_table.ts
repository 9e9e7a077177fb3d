import type { Profile, ProfileSet } from "../config/profile.ts";
import type { Dialect } from "../errors.ts";
import { OLLAMA_FORMAT } from "../models/formats/ollama.ts";
import { EVERYWHERE } from "../models/listing/listed_endpoints.ts";
import { MESSAGES } from "../routing/operation.ts";
import { ANY_SCOPE, type RouteScope } from "../routing/route_scope.ts";
import type { ListPaths, ListTarget } from "./list_paths.ts";
import type { ServedOperation } from "./operations.ts";
import { plainPath } from "./request_target.ts";

/** What a path leads to. */
export type Route =
  /** Sent to a backend. `path` is what the backend is asked for; `served` is set where it may need to be translated. */
  | {
    readonly kind: "proxy";
    readonly scope: RouteScope;
    readonly path: string;
    readonly dialect: Dialect;
    readonly served: ServedOperation | undefined;
  }
  /** Anthropic's list of models, or one of it; percent-encoded as it came. */
  | { readonly kind: "anthropic_models"; readonly id: string | undefined; readonly dialect: "anthropic" }
  /** What an Ollama client asks its server, answered for all servers of the scope. */
  | {
    readonly kind: "ollama_view";
    readonly view: "ps" | "version";
    readonly scope: RouteScope;
    readonly dialect: "ollama";
  }
  /** Pulls, deletes and changes models on the one server that is named. */
  | { readonly kind: "management"; readonly path: string; readonly dialect: "ollama" }
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
  /** Below `/olla/anthropic`, where there is only what Anthropic's API has, or nothing while it is switched off. */
  | { readonly kind: "unknown_anthropic"; readonly isOff: boolean; readonly dialect: "anthropic" }
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
  /** What endpoints of other dialects can serve too, by path. */
  readonly operations: ReadonlyMap<string, ServedOperation>;
  /** `server.root_routes`. */
  readonly rootRoutes: boolean;
}

const ANTHROPIC_PREFIX = "anthropic";
const MODELS = "/v1/models";
/** Not served as Anthropic's where its translator is switched off. */
const MESSAGES_PATH = "/v1/messages";
const OLLAMA_TAGS = "/api/tags";
const OLLAMA_MANAGEMENT = /^\/api\/(?:pull|push|create|copy|delete|blobs\/[^/]+)$/;

/**
 * Where a path leads. Pure. A needless percent-encoding or a slash at the end makes no difference: servers see none, so
 * a guard that did could be walked around.
 *
 * @param sent As the client sent it, still percent-encoded, without the query.
 * @param options.anthropic Whether the client says that it speaks Anthropic's dialect (`anthropic-version`).
 */
export function matchRoute(sent: string, table: RouteTable, { anthropic = false } = {}): Route {
  const path = plainPath(sent);
  if (path.startsWith(OLLA)) return matchOlla(path, table);
  if (path === "/olla") return UNKNOWN;
  if (table.rootRoutes && path.startsWith("/v1/")) {
    const isAnthropic = anthropic && table.operations.has(MESSAGES_PATH);
    return (isAnthropic ? anthropicModels(path) : undefined) ?? served(ANY_SCOPE, path, table);
  }
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
  if (prefix === ANTHROPIC_PREFIX) return matchAnthropic(rest, table);
  const profile = table.profiles.byPrefix(prefix);
  if (profile === undefined) return { kind: "unknown_prefix", prefix };
  if (profile.name === LITELLM_TYPE && (rest === "/health" || rest === "/health/")) {
    return { kind: "backend_health", profile };
  }
  return served({ kind: "type", profile }, rest, table);
}

/** `/olla/anthropic/v1/…`: only what Anthropic's own API has. */
function matchAnthropic(rest: string, { operations }: RouteTable): Route {
  const operation = operations.get(trimmed(rest));
  if (operation?.dialect === "anthropic") return proxied(ANY_SCOPE, operation.operation.path, operation);
  // Without `translators.anthropic.enabled` none of it is there.
  const isOff = !operations.has(MESSAGES.path);
  const models = isOff ? undefined : anthropicModels(rest);
  return models ?? { kind: "unknown_anthropic", isOff, dialect: "anthropic" };
}

/** Without one slash at its end. */
function trimmed(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function anthropicModels(path: string): Route | undefined {
  if (path !== MODELS && !path.startsWith(`${MODELS}/`)) return undefined;
  const id = path.slice(MODELS.length + 1);
  return { kind: "anthropic_models", id: id === "" ? undefined : id, dialect: "anthropic" };
}

function proxied(scope: RouteScope, path: string, operation: ServedOperation | undefined): Route {
  return { kind: "proxy", scope, path, dialect: operation?.dialect ?? dialectOf(path), served: operation };
}

/** Ollama's API, but for the parts of `/api` that LM Studio and Lemonade have. */
function matchRootApi(path: string, table: RouteTable): Route {
  if (path.startsWith("/api/v0/") || path.startsWith("/api/v1/")) return served(ANY_SCOPE, path, table);
  // What every kind of server can be asked in Ollama's dialect goes to all of them, the rest to Ollama's alone.
  const asked = trimmed(path);
  const isShared = table.operations.has(asked) || asked === OLLAMA_TAGS || ollamaView(ANY_SCOPE, asked) !== undefined;
  if (isShared) return served(ANY_SCOPE, path, table);
  const profile = table.profiles.byType(OLLAMA_TYPE);
  return profile === undefined ? UNKNOWN : served({ kind: "type", profile }, path, table);
}

function ollamaView(scope: RouteScope, path: string): Route | undefined {
  if (path === "/api/ps") return { kind: "ollama_view", view: "ps", scope, dialect: "ollama" };
  return path === "/api/version" ? { kind: "ollama_view", view: "version", scope, dialect: "ollama" } : undefined;
}

function isOllama(scope: RouteScope): boolean {
  return scope.kind === "any" || scope.profile.name === OLLAMA_TYPE;
}

/**
 * A path of some server: answered by us when it is a list of models, else sent on. What has no meaning here is sent on
 * with the slash at its end, should it have one.
 */
function served(scope: RouteScope, sent: string, { lists, operations }: RouteTable): Route {
  const path = trimmed(sent);
  const operation = operations.get(path);
  if (operation !== undefined) return proxied(scope, path, operation);
  if (path.startsWith("/api/") && isOllama(scope)) {
    const view = ollamaView(scope, path);
    if (view !== undefined) return view;
    if (path === OLLAMA_TAGS && scope.kind === "any") return { kind: "models", target: ALL_TAGS, dialect: "ollama" };
  }
  if (path.includes("api") && isOllama(scope) && isManagement(path)) {
    return { kind: "management", path, dialect: "ollama" };
  }
  const target = lists.find(scope, sent);
  return target === undefined ? proxied(scope, sent, undefined) : { kind: "models", target, dialect: dialectOf(path) };
}

/** Also where a slash is encoded, or doubled: many a server reads these as one. */
function isManagement(path: string): boolean {
  const single = path.includes("%") || path.includes("//") ? path.replaceAll(/(?:%2f|\/)+/gi, "/") : path;
  return OLLAMA_MANAGEMENT.test(trimmed(single));
}

const ALL_TAGS: ListTarget = { scope: EVERYWHERE, format: OLLAMA_FORMAT, id: undefined };

/** The dialect that a client of this path speaks, and so wants its errors in. */
function dialectOf(path: string): Dialect {
  if (path.startsWith("/v1/messages") || path.startsWith("/anthropic/")) return "anthropic";
  if (path.startsWith("/api/") && !path.startsWith("/api/v0/") && !path.startsWith("/api/v1/")) return "ollama";
  return "openai";
}

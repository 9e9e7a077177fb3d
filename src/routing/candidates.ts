import { isPathEnabled } from "../config/path_match.ts";
import type { ProfileSet } from "../config/profile.ts";
import { isCandidate } from "../endpoints/availability.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import type { Candidate, CandidateList } from "./candidate.ts";
import { isInScope, type RouteScope } from "./route_scope.ts";

/** What a request asks for, as far as routing cares. */
export interface RouteQuery {
  readonly scope: RouteScope;
  readonly method: string;
  /** The path as the backend will see it, without the query. */
  readonly path: string;
  /** As the client wrote it. */
  readonly model: string | undefined;
  /** True when the path itself decides the endpoint (a stored id), so that no model is needed. Follows from `path`. */
  readonly hasOwner: boolean;
}

/** Either a list to pick from, or why there is none. */
export type RouteResult =
  | { readonly kind: "list"; readonly list: CandidateList }
  /** `mayRefresh`: asking the backends for their models once more could change the answer. */
  | { readonly kind: "refused"; readonly error: OllaError; readonly mayRefresh: boolean };

/** What the model catalogue answers here. */
export interface ModelLookup {
  readonly version: number;
  resolve(name: string): { readonly modelId: string; readonly native: ReadonlyMap<string, string> } | undefined;
  closest(name: string, count: number): readonly string[];
  /** True once this endpoint has given its model list at least once. */
  isSynced(endpoint: string): boolean;
}

/** What the endpoint registry answers here. */
export interface EndpointLookup {
  readonly version: number;
  list(): readonly EndpointState[];
}

export interface CandidateIndexOptions {
  readonly endpoints: EndpointLookup;
  readonly models: ModelLookup;
  readonly profiles: ProfileSet;
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** False when `discovery.model_discovery.enabled` is off: then every endpoint is taken to have every model. */
  readonly modelsKnown: boolean;
}

/** Clients choose paths and model names, so the memory of answered queries has a bound. */
const MAX_REMEMBERED = 4096;
const MAX_KEY_LENGTH = 2048;
const CLOSE_NAMES = 3;

/** Answers "who could serve this?" from memory; recomputes an answer only after an endpoint or a catalogue changed. */
export class CandidateIndex {
  readonly #options: CandidateIndexOptions;
  readonly #remembered = new Map<string, RouteResult>();
  readonly #aliases: ReadonlyMap<string, readonly string[]>;
  #endpointsVersion = -1;
  #modelsVersion = -1;
  #firstTurn = 0;

  constructor(options: CandidateIndexOptions) {
    this.#options = options;
    this.#aliases = aliasMap(options.aliases);
  }

  /** The candidates for a query, in config order, or the error to answer with. */
  find(query: RouteQuery): RouteResult {
    const { endpoints, models } = this.#options;
    if (this.#endpointsVersion !== endpoints.version || this.#modelsVersion !== models.version) {
      this.#remembered.clear();
      this.#endpointsVersion = endpoints.version;
      this.#modelsVersion = models.version;
    }
    const scope = query.scope.kind === "any" ? "" : query.scope.profile.name;
    const key = `${scope}\n${query.method}\n${query.path}\n${query.model ?? "\n"}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const result = this.#build(query);
    if (key.length > MAX_KEY_LENGTH) return result;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, result);
    return result;
  }

  /**
   * 1. Does the route's profile enable the path? 2. Are there endpoints of that type? 3. Is the model known, and here?
   * 4. Does a host of it enable the path? 5. Is one of them in service?
   */
  #build(query: RouteQuery): RouteResult {
    const { scope, method, path, model } = query;
    // 1
    if (scope.kind === "type" && !isPathEnabled(scope.profile, method, path)) return refused(pathNotEnabled(query));
    // 2
    const inScope: EndpointState[] = [];
    let unidentified = 0;
    for (const state of this.#options.endpoints.list()) {
      if (state.profile === undefined) unidentified++;
      else if (isInScope(scope, state.profile)) inScope.push(state);
    }
    if (inScope.length === 0) {
      return { kind: "refused", error: noEndpoints(scope, unidentified), mayRefresh: unidentified > 0 };
    }
    if (model === undefined) return this.#withoutModel(query, inScope);
    // 3
    const hosts = this.#hostsOf(model, inScope);
    if (hosts.candidates.length === 0) return this.#modelMissing(model, scope, inScope);
    // 4
    const enabled = hosts.candidates.filter(({ state }) => enablesPath(state, method, path));
    if (enabled.length === 0) return refused(pathNotEnabled(query, hosts.candidates[0]?.state));
    // 5
    const routable = enabled.filter(({ state }) => isCandidate(state));
    if (routable.length === 0) return refused(modelUnavailable(model, enabled));
    return { kind: "list", list: { candidates: routable, decision: hosts.decision, turn: this.#firstTurn++ } };
  }

  /** Alias, then the catalogue's own order: exact, ignoring case, wildcard. */
  #hostsOf(model: string, inScope: readonly EndpointState[]) {
    const names = this.#aliases.get(model) ?? this.#aliases.get(model.toLowerCase());
    if (names !== undefined) {
      const candidates = this.#aliasHosts(names, inScope);
      if (candidates.length > 0) {
        const reason = `alias "${model}" resolved to ${candidates.length} endpoint(s)`;
        return { candidates, decision: { strategy: "alias", decision: "routed", reason } };
      }
    }
    const decision = { strategy: "strict", decision: "routed", reason: "model_found" };
    if (!this.#options.modelsKnown) return { candidates: inScope.map((state) => ({ state, model })), decision };
    const native = this.#options.models.resolve(model)?.native;
    const candidates: Candidate[] = [];
    for (const state of inScope) {
      const name = native?.get(state.endpoint.name);
      if (name !== undefined) candidates.push({ state, model: name });
    }
    return { candidates, decision };
  }

  /** Each endpoint serves the first of the alias' names that it has. */
  #aliasHosts(names: readonly string[], inScope: readonly EndpointState[]): Candidate[] {
    if (!this.#options.modelsKnown) return inScope.map((state) => ({ state, model: names[0] }));
    const resolved = names.map((name) => this.#options.models.resolve(name)?.native);
    const candidates: Candidate[] = [];
    for (const state of inScope) {
      for (const native of resolved) {
        const model = native?.get(state.endpoint.name);
        if (model === undefined) continue;
        candidates.push({ state, model });
        break;
      }
    }
    return candidates;
  }

  #withoutModel(query: RouteQuery, inScope: readonly EndpointState[]): RouteResult {
    const { method, path } = query;
    const enabled = inScope.filter((state) => enablesPath(state, method, path));
    if (enabled.length === 0) return refused(pathNotEnabled(query, inScope[0]));
    const isRead = method === "GET" || method === "HEAD";
    const oneType = enabled.every((state) => state.profile?.name === enabled[0]?.profile?.name);
    if (!isRead && !oneType && !query.hasOwner) {
      const message = 'The request names no "model", and endpoints of different types serve this path; ' +
        "add a model, or use the route of one type, such as /olla/ollama";
      return refused(new OllaError("invalid_request", message, { param: "model" }));
    }
    const routable = enabled.filter(isCandidate);
    if (routable.length === 0) return refused(noneInService(enabled));
    const candidates = routable.map((state) => ({ state, model: undefined }));
    return { kind: "list", list: { candidates, decision: undefined, turn: this.#firstTurn++ } };
  }

  #modelMissing(model: string, scope: RouteScope, inScope: readonly EndpointState[]): RouteResult {
    const { models } = this.#options;
    if (!inScope.some((state) => models.isSynced(state.endpoint.name))) {
      const error = new OllaError(
        "model_unavailable",
        `No endpoint${ofType(scope)} has given its model list yet, so "${model}" cannot be placed; ` +
          "look at /internal/status/endpoints for what they answer",
        { headers: { "Retry-After": "5" } },
      );
      return { kind: "refused", error, mayRefresh: true };
    }
    const elsewhere = models.resolve(model);
    const close = models.closest(model, CLOSE_NAMES);
    const hint = elsewhere !== undefined
      ? `it is on ${[...elsewhere.native.keys()].join(", ")}, which this route does not reach`
      : close.length > 0
      ? `did you mean ${close.map((name) => `"${name}"`).join(", ")}?`
      : "GET /v1/models lists what there is";
    const error = new OllaError("model_not_found", `The model "${model}" does not exist${here(scope)}; ${hint}`, {
      param: "model",
    });
    return { kind: "refused", error, mayRefresh: true };
  }
}

function refused(error: OllaError): RouteResult {
  return { kind: "refused", error, mayRefresh: false };
}

function enablesPath(state: EndpointState, method: string, path: string): boolean {
  return state.profile !== undefined && isPathEnabled(state.profile, method, path);
}

/** Aliases by their exact name and, where that is free, in lower case. */
function aliasMap(aliases: Readonly<Record<string, readonly string[]>>): Map<string, readonly string[]> {
  const map = new Map(Object.entries(aliases));
  for (const [alias, names] of Object.entries(aliases)) {
    const lower = alias.toLowerCase();
    if (!map.has(lower)) map.set(lower, names);
  }
  return map;
}

function ofType(scope: RouteScope): string {
  return scope.kind === "any" ? "" : ` of type ${scope.profile.name}`;
}

function here(scope: RouteScope): string {
  return scope.kind === "any" ? "" : ` on any ${scope.profile.name} endpoint`;
}

function pathNotEnabled(query: RouteQuery, host?: EndpointState): OllaError {
  const profile = query.scope.kind === "type" ? query.scope.profile : host?.profile;
  const name = profile?.name ?? "this type";
  return new OllaError(
    "path_not_enabled",
    `${query.method} ${query.path} is not enabled for ${name}; ` +
      `to allow it, add the path under api.paths in a profile file ${profile?.file ?? "profiles/<type>.yaml"}`,
  );
}

function noEndpoints(scope: RouteScope, unidentified: number): OllaError {
  if (unidentified > 0) {
    return new OllaError(
      "no_endpoints",
      `No endpoint${ofType(scope)} is known yet; ${unidentified} endpoint(s) have not answered, ` +
        "see /internal/status/endpoints, or set their type in the config",
      { headers: { "Retry-After": "5" } },
    );
  }
  const what = scope.kind === "any"
    ? "No endpoint is configured"
    : `No endpoint of type ${scope.profile.name} is configured`;
  return new OllaError("no_endpoints", `${what}; add one under "endpoints:" in the config`);
}

function modelUnavailable(model: string, hosts: readonly Candidate[]): OllaError {
  return new OllaError("model_unavailable", `The model "${model}" is on ${statusOf(hosts.map((host) => host.state))}`, {
    headers: { "Retry-After": "5" },
  });
}

function noneInService(states: readonly EndpointState[]): OllaError {
  return new OllaError("no_endpoints", `No endpoint can serve this now: ${statusOf(states)}`, {
    headers: { "Retry-After": "5" },
  });
}

/** `local-3090 (offline), cloud (config_error)`: names and states, never addresses. */
function statusOf(states: readonly EndpointState[]): string {
  return states.map((state) => `${state.endpoint.name} (${state.status})`).join(", ");
}

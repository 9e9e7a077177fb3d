import { isPathEnabled } from "../config/path_match.ts";
import type { ProfileSet } from "../config/profile.ts";
import { isCandidate } from "../endpoints/availability.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import { headerValue } from "../lib/header_value.ts";
import type { Candidate, CandidateList, RoutingDecision } from "./candidate.ts";
import {
  listsMissing,
  modelNotFound,
  modelUnavailable,
  noEndpoints,
  noneInService,
  pathNotEnabled,
  STRATEGY,
} from "./refusals.ts";
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
  /** `hosts`: endpoints out of service that might serve it if they were in service. */
  | {
    readonly kind: "refused";
    readonly error: OllaError;
    readonly mayRefresh: boolean;
    readonly hosts?: readonly EndpointState[];
  };

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
  /** The same by their names in lower case. */
  readonly #looseAliases: ReadonlyMap<string, readonly string[]>;
  #endpointsVersion = -1;
  #modelsVersion = -1;
  #firstTurn = 0;

  constructor(options: CandidateIndexOptions) {
    this.#options = options;
    const aliases = Object.entries(options.aliases);
    this.#aliases = new Map(aliases);
    this.#looseAliases = new Map(aliases.map(([alias, names]) => [alias.toLowerCase(), names]));
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
    const model = query.model === undefined ? "" : `=${query.model}`;
    const key = `${scope}\n${query.method}\n${query.path}\n${model}`;
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
      const hosts = this.#options.endpoints.list().filter((state) => state.profile === undefined);
      return { kind: "refused", error: noEndpoints(scope, unidentified), mayRefresh: unidentified > 0, hosts };
    }
    if (model === undefined) return this.#withoutModel(query, inScope);
    // 3
    const [first, second] = this.#hostsOf(model, inScope);
    if (first === undefined) return this.#modelMissing(model, scope, inScope);
    const result = this.#ofHosts(query, model, first);
    // An alias none of whose hosts can serve gives way to a model of that very name.
    return result.kind === "refused" && second !== undefined ? this.#ofHosts(query, model, second) : result;
  }

  #ofHosts(query: RouteQuery, model: string, { candidates, decision }: Hosts): RouteResult {
    // 4
    const enabled = candidates.filter(({ state }) => enablesPath(state, query.method, query.path));
    if (enabled.length === 0) return refused(pathNotEnabled(query, candidates[0]?.state));
    // 5
    const routable = enabled.filter(({ state }) => isCandidate(state));
    if (routable.length === 0) return outOfService(modelUnavailable(model, enabled), enabled.map((host) => host.state));
    const hosts = enabled.map(({ state }) => state);
    return { kind: "list", list: { candidates: routable, hosts, decision, turn: this.#firstTurn++ } };
  }

  /**
   * Who has the model, the better reading of its name first: alias as written, model as written, alias ignoring case,
   * model ignoring case, wildcard. Readings that nobody serves are left out.
   */
  #hostsOf(model: string, inScope: readonly EndpointState[]): readonly Hosts[] {
    const direct = this.#directHosts(model, inScope);
    const exact = this.#aliases.get(model);
    const loose = exact ?? this.#looseAliases.get(model.toLowerCase());
    if (loose === undefined) return direct === undefined ? [] : [direct];
    const candidates = this.#aliasHosts(loose, inScope);
    const reason = `alias "${headerValue(model)}" resolved to ${candidates.length} endpoint(s)`;
    const alias = candidates.length === 0
      ? undefined
      : { candidates, decision: { strategy: "alias", decision: "routed", reason } };
    const modelFirst = exact === undefined &&
      direct?.candidates.some((candidate) => candidate.model === model) === true;
    return (modelFirst ? [direct, alias] : [alias, direct]).filter((hosts) => hosts !== undefined);
  }

  #directHosts(model: string, inScope: readonly EndpointState[]): Hosts | undefined {
    const candidates: Candidate[] = [];
    const native = this.#options.modelsKnown ? this.#options.models.resolve(model)?.native : undefined;
    for (const state of inScope) {
      const name = this.#options.modelsKnown ? native?.get(state.endpoint.name) : model;
      if (name !== undefined) candidates.push({ state, model: name });
    }
    const decision = { strategy: STRATEGY, decision: "routed", reason: "model_found" };
    return candidates.length === 0 ? undefined : { candidates, decision };
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
    if (routable.length === 0) return outOfService(noneInService(enabled), enabled);
    const candidates = routable.map((state) => ({ state, model: undefined }));
    return { kind: "list", list: { candidates, hosts: enabled, decision: undefined, turn: this.#firstTurn++ } };
  }

  #modelMissing(model: string, scope: RouteScope, inScope: readonly EndpointState[]): RouteResult {
    const { models } = this.#options;
    const isSynced = inScope.some((state) => models.isSynced(state.endpoint.name));
    const error = isSynced
      ? modelNotFound(model, scope, {
        elsewhere: [...models.resolve(model)?.native.keys() ?? []],
        close: models.closest(model, CLOSE_NAMES),
      })
      : listsMissing(model, scope);
    return { kind: "refused", error, mayRefresh: true, hosts: inScope.filter((state) => !isCandidate(state)) };
  }
}

/** Some reading of a model's name, and who serves it. */
interface Hosts {
  readonly candidates: readonly Candidate[];
  readonly decision: RoutingDecision;
}

function refused(error: OllaError): RouteResult {
  return { kind: "refused", error, mayRefresh: false };
}

function outOfService(error: OllaError, hosts: readonly EndpointState[]): RouteResult {
  return { kind: "refused", error, mayRefresh: false, hosts };
}

function enablesPath(state: EndpointState, method: string, path: string): boolean {
  return state.profile !== undefined && isPathEnabled(state.profile, method, path);
}

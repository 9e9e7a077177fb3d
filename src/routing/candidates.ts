import { isPathEnabled } from "../config/path_match.ts";
import type { Profile } from "../config/profile.ts";
import { isCandidate } from "../endpoints/availability.ts";
import type { EndpointState } from "../endpoints/state.ts";
import type { OllaError } from "../errors.ts";
import type { Candidate, CandidateList, RoutingDecision } from "./candidate.ts";
import { type Hosts, ModelHosts, type ModelHostsOptions } from "./model_hosts.ts";
import { commonLack, lackOf, neededWords, NO_NEEDS } from "./needs.ts";
import { type Operation, type Way, type WayFacts, wayOf } from "./operation.ts";
import {
  capabilityMissing,
  listsMissing,
  modelMissingFromRequest,
  modelNotFound,
  modelUnavailable,
  noEndpoints,
  noneInService,
  pathNotEnabled,
} from "./refusals.ts";
import type { RouteQuery } from "./route_query.ts";
import { isInScope } from "./route_scope.ts";
import { type Miss, type MissRule, onMiss } from "./strategies.ts";

/** Why there is no list to pick from. */
export interface Refusal {
  readonly kind: "refused";
  readonly error: OllaError;
  /** Asking the backends for their models once more could change the answer. */
  readonly mayRefresh: boolean;
  /** Endpoints out of service that might serve it if they were in service. */
  readonly hosts: readonly EndpointState[];
  /** Whom the routing strategy has take the request after all, once nothing better can be had. */
  readonly fallback: CandidateList | undefined;
  /** As in {@link CandidateList}. */
  readonly modelId: string | undefined;
  readonly decision: RoutingDecision | undefined;
}

/** Either a list to pick from, or why there is none. */
export type RouteResult = { readonly kind: "list"; readonly list: CandidateList } | Refusal;

/** What the endpoint registry answers here. */
export interface EndpointLookup {
  readonly version: number;
  list(): readonly EndpointState[];
}

export interface CandidateIndexOptions extends ModelHostsOptions {
  readonly endpoints: EndpointLookup;
}

/** Clients choose paths and model names, so the memory of answered queries has a bound. */
const MAX_REMEMBERED = 16_384;
const MAX_REFUSALS = 256;
const MAX_KEY_LENGTH = 2048;
const CLOSE_NAMES = 3;

/** Answers "who could serve this?" from memory; recomputes an answer only after an endpoint or a catalogue changed. */
export class CandidateIndex {
  readonly #options: CandidateIndexOptions;
  readonly #hosts: ModelHosts;
  readonly #remembered = new Map<string, RouteResult>();
  /** Apart from the others, since anybody can make up as many as he likes. */
  readonly #refusals = new Map<string, RouteResult>();
  #endpointsVersion = -1;
  #modelsVersion = -1;
  #firstTurn = 0;

  constructor(options: CandidateIndexOptions) {
    this.#options = options;
    this.#hosts = new ModelHosts(options);
  }

  /** The candidates for a query, in config order, or the error to answer with. */
  find(query: RouteQuery): RouteResult {
    const { endpoints, models } = this.#options;
    if (this.#endpointsVersion !== endpoints.version || this.#modelsVersion !== models.version) {
      this.#remembered.clear();
      this.#refusals.clear();
      this.#endpointsVersion = endpoints.version;
      this.#modelsVersion = models.version;
    }
    const scope = query.scope.kind === "any" ? "" : query.scope.profile.name;
    const model = query.model === undefined ? "" : `=${query.model}`;
    const key = `${scope}\n${query.method}\n${query.path}\n${query.operation?.name ?? ""}\n${query.needs}${model}`;
    const known = this.#remembered.get(key) ?? this.#refusals.get(key);
    if (known !== undefined) return known;
    const result = this.#build(query);
    if (key.length > MAX_KEY_LENGTH) return result;
    const isRefusal = result.kind === "refused";
    const memory = isRefusal ? this.#refusals : this.#remembered;
    if (memory.size >= (isRefusal ? MAX_REFUSALS : MAX_REMEMBERED)) memory.clear();
    memory.set(key, result);
    return result;
  }

  /**
   * 1. Does the route's profile enable the path? 2. Are there endpoints of that type? 3. Is the model known, and here?
   * 4. Does a host of it enable the path? 5. Is it known there to lack what is needed? 6. Is one of them in service?
   */
  #build(query: RouteQuery): RouteResult {
    const { scope, model } = query;
    // 1
    if (scope.kind === "type" && !serves(scope.profile, query)) {
      return refused({ error: pathNotEnabled(query) });
    }
    // 2
    const all = this.#options.endpoints.list();
    const inScope = all.filter(({ profile }) => profile !== undefined && isInScope(scope, profile));
    if (inScope.length === 0) {
      const hosts = all.filter((state) => state.profile === undefined);
      return refused({ error: noEndpoints(scope, hosts.length), mayRefresh: hosts.length > 0, hosts });
    }
    if (model === undefined) return this.#withoutModel(query, inScope);
    // 3
    const hosts = this.#hosts.find(model, inScope, query.needs);
    return hosts === undefined ? this.#unknown(query, model, inScope) : this.#ofHosts(query, model, { hosts, inScope });
  }

  #ofHosts(
    query: RouteQuery,
    model: string,
    { hosts: found, inScope }: { hosts: Hosts; inScope: readonly EndpointState[] },
  ): RouteResult {
    const { candidates, decision, modelId } = found;
    // 4
    const enabled = withWays(candidates, query);
    if (enabled.length === 0) return refused({ error: pathNotEnabled(query, candidates[0]?.state), modelId });
    // 5
    const able = enabled.filter(({ known }) => lackOf(known, query.needs) === undefined);
    if (able.length === 0) return this.#incapable(query, model, { enabled, decision, modelId });
    // 6
    const hosts = able.map(({ state }) => state);
    const routable = able.filter(({ state }) => isCandidate(state));
    if (routable.length > 0) return { kind: "list", list: this.#list(routable, { hosts, modelId, decision }) };
    const rule = onMiss(this.#options.policy, "unavailable");
    const rejected = this.#rejected(rule);
    return refused({
      error: modelUnavailable(model, able, rejected),
      mayRefresh: this.#mayRefresh("unavailable"),
      hosts,
      modelId,
      decision: rejected,
      fallback: this.#fallback(query, rule, { model, inScope, modelId }),
    });
  }

  #incapable(
    query: RouteQuery,
    model: string,
    { enabled, decision, modelId }: {
      enabled: readonly Candidate[];
      decision: RoutingDecision;
      modelId: string;
    },
  ): RouteResult {
    const wanted = neededWords(query.needs);
    const lack = commonLack(enabled.map(({ known }) => known), query.needs);
    const rejected = { strategy: decision.strategy, decision: "rejected", reason: "capability_missing" } as const;
    const others = this.#options.modelsHaving(wanted, CLOSE_NAMES);
    const error = capabilityMissing(model, lack === undefined ? wanted : [lack], {
      hosts: enabled,
      others,
      decision: rejected,
    });
    return refused({ error, modelId, decision: rejected });
  }

  #withoutModel(query: RouteQuery, inScope: readonly EndpointState[]): RouteResult {
    const enabled = inScope.filter((state) => enablesPath(state, query));
    if (enabled.length === 0) return refused({ error: pathNotEnabled(query, inScope[0]) });
    const isRead = query.method === "GET" || query.method === "HEAD";
    const oneType = enabled.every((state) => state.profile?.name === enabled[0]?.profile?.name);
    if (!isRead && !oneType && !query.hasOwner) return refused({ error: modelMissingFromRequest() });
    const routable = enabled.filter(isCandidate);
    if (routable.length === 0) return refused({ error: noneInService(enabled), hosts: enabled });
    const candidates = withWays(routable.map((state) => this.#hosts.candidate(state, undefined)), query);
    const list = this.#list(candidates, { hosts: enabled, modelId: undefined, decision: undefined });
    return { kind: "list", list };
  }

  #unknown(query: RouteQuery, model: string, inScope: readonly EndpointState[]): RouteResult {
    const { models, policy } = this.#options;
    const rule = onMiss(policy, "unknown");
    const silent = inScope.filter((state) => !models.isSynced(state.endpoint.name));
    const isSynced = silent.length < inScope.length;
    const decision = this.#rejected(isSynced ? rule : { ...rule, reason: "model_unavailable" });
    const reached = new Set(inScope.map((state) => state.endpoint.name));
    const error = () =>
      isSynced
        ? modelNotFound(model, query.scope, {
          elsewhere: [...models.resolve(model)?.hosts.keys() ?? []].filter((name) => !reached.has(name)),
          close: models.closest(model, CLOSE_NAMES),
          alias: this.#hosts.alias(model),
          silent: silent.map((state) => state.endpoint.name),
          decision,
        })
        : listsMissing(model, query.scope, decision);
    return refused({
      error,
      mayRefresh: this.#mayRefresh("unknown"),
      hosts: inScope.filter((state) => !isCandidate(state)),
      decision,
      fallback: this.#fallback(query, rule, { model, inScope, modelId: undefined }),
    });
  }

  /** `discovery` may be told not to ask again; for the others a model that has just been put on a server is no miss. */
  #mayRefresh(miss: Miss): boolean {
    const { type, refreshOnMiss } = this.#options.policy;
    return type === "discovery" ? refreshOnMiss : miss === "unknown";
  }

  /** The endpoints that the strategy has take a request that nobody is known to serve. They get the name as it is. */
  #fallback(
    query: RouteQuery,
    { fallback, fallbackReason }: MissRule,
    { model, inScope, modelId }: {
      model: string;
      inScope: readonly EndpointState[];
      modelId: string | undefined;
    },
  ): CandidateList | undefined {
    if (fallback === undefined) return undefined;
    const { models, policy } = this.#options;
    const name = this.#hosts.alias(model)?.models[0] ?? model;
    const states = inScope.filter((state) =>
      isCandidate(state) && enablesPath(state, query) && state.endpoint.takesModel?.(name) !== false &&
      (fallback === "all" || !models.isSynced(state.endpoint.name))
    );
    if (states.length === 0) return undefined;
    const candidates = withWays(states.map((state) => this.#hosts.candidate(state, name)), query);
    const decision = { strategy: policy.type, decision: "fallback", reason: fallbackReason } as const;
    return this.#list(candidates, { hosts: states, modelId, decision });
  }

  #rejected({ reason }: MissRule): RoutingDecision {
    return { strategy: this.#options.policy.type, decision: "rejected", reason };
  }

  #list(candidates: readonly Candidate[], about: Pick<CandidateList, "hosts" | "modelId" | "decision">): CandidateList {
    return { candidates, ...about, turn: this.#firstTurn++ };
  }
}

/** @param error A function where it is costly: it is called only for the refusal that a client gets. */
function refused(
  { error, ...more }: Partial<Omit<Refusal, "error">> & { readonly error: OllaError | (() => OllaError) },
): Refusal {
  let made = typeof error === "function" ? undefined : error;
  return {
    kind: "refused",
    mayRefresh: false,
    hosts: [],
    fallback: undefined,
    modelId: undefined,
    decision: undefined,
    ...more,
    get error() {
      return made ??= (error as () => OllaError)();
    },
  };
}

function enablesPath(state: EndpointState, query: RouteQuery): boolean {
  if (state.profile === undefined) return false;
  return query.operation === undefined
    ? serves(state.profile, query)
    : wayTo(state, query.operation, query) !== undefined;
}

/** Whether servers of a kind can serve the request at all, as it is or translated. */
function serves(profile: Profile, { method, path, operation }: RouteQuery): boolean {
  if (operation === undefined) return isPathEnabled(profile, method, path);
  return wayOf(profile, operation, ANY_SERVER) !== undefined;
}

const ANY_SERVER: WayFacts = { version: undefined, missing: new Set(), needs: NO_NEEDS };

function wayTo(state: EndpointState, operation: Operation, { needs }: RouteQuery): Way | undefined {
  const { profile, version, missing } = state;
  return profile === undefined ? undefined : wayOf(profile, operation, { version, missing, needs });
}

/** Those of the candidates that can serve the request, with how they do. */
function withWays(candidates: readonly Candidate[], query: RouteQuery): readonly Candidate[] {
  const { operation } = query;
  if (operation === undefined) return candidates.filter(({ state }) => enablesPath(state, query));
  return candidates.flatMap((candidate) => {
    const way = wayTo(candidate.state, operation, query);
    return way === undefined ? [] : { ...candidate, way };
  });
}

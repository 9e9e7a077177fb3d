import type { EndpointState } from "../endpoints/state.ts";
import { headerValue } from "../lib/header_value.ts";
import type { ModelHost, Resolution } from "../models/model.ts";
import type { Candidate, RoutingDecision } from "./candidate.ts";
import { lackOf, type NeededCapability, type Needs } from "./needs.ts";
import { found, type RoutingPolicy } from "./strategies.ts";

/** What the model catalogue answers here. */
export interface ModelLookup {
  readonly version: number;
  resolve(name: string): Resolution | undefined;
  closest(name: string, count: number): readonly string[];
  /** True once this endpoint has given its model list at least once. */
  isSynced(endpoint: string): boolean;
}

/** What names are read with. */
export interface ModelHostsOptions {
  readonly models: ModelLookup;
  /** False when `discovery.model_discovery.enabled` is off: then every endpoint is taken to have every model. */
  readonly modelsKnown: boolean;
  /** `model_aliases`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** `model_registry.ignored_suffixes`. */
  readonly ignoredSuffixes: readonly string[];
  readonly policy: RoutingPolicy;
  /** Up to `count` models of which some endpoint says that they have all of the capabilities; for hints. */
  readonly modelsHaving: (capabilities: readonly NeededCapability[], count: number) => readonly string[];
  /** Whether an endpoint holds a model in memory; undefined where that is not known. */
  readonly isLoaded: (endpoint: string, id: string) => boolean | undefined;
}

/** Some reading of a model's name, and who serves it: never empty, in config order. */
export interface Hosts {
  readonly candidates: readonly Candidate[];
  readonly modelId: string;
  readonly decision: RoutingDecision;
}

/** A configured alias. */
export interface Alias {
  /** As configured. */
  readonly name: string;
  /** In order of preference. */
  readonly models: readonly string[];
}

const NEVER = () => false;

/** Reads requested names: who has the model, and under which name. */
export class ModelHosts {
  readonly #options: ModelHostsOptions;
  readonly #aliases = new Map<string, Alias>();
  /** The same by their names in lower case. */
  readonly #looseAliases = new Map<string, Alias>();

  constructor(options: ModelHostsOptions) {
    this.#options = options;
    for (const [name, models] of Object.entries(options.aliases)) {
      this.#aliases.set(name, { name, models });
      this.#looseAliases.set(name.toLowerCase(), { name, models });
    }
  }

  /** The alias that a name is, as written or ignoring case. */
  alias(name: string): Alias | undefined {
    return this.#aliases.get(name) ?? this.#looseAliases.get(name.toLowerCase());
  }

  /**
   * Who has the model: the first of alias as written, model as written, alias ignoring case, model ignoring case, the same
   * without an ignored suffix, wildcard. An alias is final: where nobody serves it, no model of that very name takes its
   * place, since the alias may be there to keep requests away from it. Undefined when nobody has the model.
   */
  find(name: string, inScope: readonly EndpointState[], needs: Needs): Hosts | undefined {
    const asWritten = this.#read(name, inScope, needs);
    const plain = this.#withoutSuffix(name);
    if (plain === undefined || (asWritten !== undefined && isListed(asWritten))) return asWritten;
    const stripped = this.#read(plain, inScope, needs);
    return this.#options.modelsKnown ? stripped ?? asWritten : stripped;
  }

  /** A candidate that was not looked up: for a request without a model, or for a fall-back. */
  candidate(state: EndpointState, model: string | undefined): Candidate {
    return { state, model, known: undefined, isCold: NEVER, way: undefined };
  }

  #withoutSuffix(name: string): string | undefined {
    const suffix = this.#options.ignoredSuffixes.find((end) => name.length > end.length && name.endsWith(end));
    return suffix === undefined ? undefined : name.slice(0, -suffix.length);
  }

  #read(name: string, inScope: readonly EndpointState[], needs: Needs): Hosts | undefined {
    const alias = this.alias(name);
    if (alias === undefined) return this.#direct(name, inScope);
    if (alias.name !== name) {
      const direct = this.#direct(name, inScope);
      if (direct?.candidates.some((candidate) => candidate.model === name) === true) return direct;
    }
    return this.#byAlias(alias, inScope, needs);
  }

  #direct(name: string, inScope: readonly EndpointState[]): Hosts | undefined {
    const { models, modelsKnown, policy } = this.#options;
    const resolution = modelsKnown ? models.resolve(name) : undefined;
    const candidates = inScope.flatMap((state) => {
      const host = modelsKnown ? resolution?.hosts.get(state.endpoint.name) : { name, model: undefined };
      return host === undefined ? [] : this.#hosted(state, host);
    });
    if (candidates.length === 0) return undefined;
    return { candidates, modelId: resolution?.modelId ?? name, decision: found(policy) };
  }

  /** Each endpoint serves the first of the alias' names that it has, and that can do what is needed. */
  #byAlias(alias: Alias, inScope: readonly EndpointState[], needs: Needs): Hosts | undefined {
    const { models, modelsKnown } = this.#options;
    const resolved = modelsKnown ? alias.models.map((model) => models.resolve(model)?.hosts) : [];
    const candidates = inScope.flatMap((state) => {
      if (!modelsKnown) return this.#hosted(state, { name: alias.models[0] ?? alias.name, model: undefined });
      const hosts = resolved.flatMap((hosts) => hosts?.get(state.endpoint.name) ?? []);
      const host = hosts.find(({ model }) => lackOf(model, needs) === undefined) ?? hosts[0];
      return host === undefined ? [] : this.#hosted(state, host);
    });
    if (candidates.length === 0) return undefined;
    const reason = `alias "${headerValue(alias.name)}" resolved to ${candidates.length} endpoint(s)`;
    return { candidates, modelId: alias.name, decision: { strategy: "alias", decision: "routed", reason } };
  }

  /** Empty when the endpoint's filter keeps out a name that is not in its list, as one that a wildcard covers. */
  #hosted(state: EndpointState, { name, model }: ModelHost): Candidate | readonly [] {
    if (model === undefined && state.endpoint.takesModel?.(name) === false) return [];
    const { isLoaded } = this.#options;
    const endpoint = state.endpoint.name;
    const isCold = model === undefined ? NEVER : () => isLoaded(endpoint, model.id) === false;
    return { state, model: name, known: model, isCold, way: undefined };
  }
}

/** Whether somebody lists the name, or has it as an alias, rather than only a wildcard that covers anything. */
function isListed({ candidates, decision }: Hosts): boolean {
  return decision.strategy === "alias" || candidates.some(({ known }) => known !== undefined);
}

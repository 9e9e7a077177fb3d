import type { ModelFacts } from "../config/model_facts.ts";
import type { Config } from "../config/schema.ts";
import type { BackendClient } from "../endpoints/ask_backend.ts";
import { isCandidate } from "../endpoints/availability.ts";
import type { Registry } from "../endpoints/registry.ts";
import type { EndpointEvent, EndpointState } from "../endpoints/state.ts";
import type { Logger } from "../lib/logger.ts";
import { Catalog } from "./catalog/catalog.ts";
import { DiscoveryLoop } from "./discovery/discovery_loop.ts";
import { ListTexts } from "./listing/list_texts.ts";
import { ModelListing } from "./listing/listing.ts";
import { LOADED_INTERVAL_MS, LoadedLoop, SLOW_LOADED_INTERVAL_MS } from "./discovery/loaded_loop.ts";
import { LoadedModels } from "./loaded_models.ts";
import { LookAlikeLog } from "./look_alikes/look_alike_log.ts";
import { createTraits } from "./traits/traits.ts";

/** What knowing models needs of the rest of the program. */
export interface ModelServiceOptions {
  readonly config: Config;
  /** What is known of models by their names; read when first needed. */
  readonly facts: () => ModelFacts;
  readonly registry: Registry;
  readonly client: BackendClient;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Epoch ms. */
  readonly startedAt: number;
}

/** Everything that is known of the endpoints' models, and what keeps it up to date. */
export class ModelService {
  readonly catalog: Catalog;
  readonly loaded = new LoadedModels();
  readonly discovery: DiscoveryLoop;
  readonly listing: ModelListing;
  readonly listTexts: ListTexts;
  readonly #loadedLoop: LoadedLoop;
  readonly #lookAlikes: LookAlikeLog;

  constructor(options: ModelServiceOptions) {
    const { config, facts, registry, client, random, logger, startedAt } = options;
    const { enable_unifier, unification } = config.model_registry;
    const states = () => registry.list();
    this.catalog = new Catalog({
      joinByDigest: enable_unifier,
      takesName: (endpoint, name) => registry.get(endpoint)?.endpoint.takesModel?.(name) !== false,
    });
    this.#lookAlikes = new LookAlikeLog({
      catalog: this.catalog,
      aliases: config.model_aliases,
      logger,
      timers: client.timers,
    });
    const intervalMs = config.proxy.prefer_loaded ? LOADED_INTERVAL_MS : SLOW_LOADED_INTERVAL_MS;
    this.#loadedLoop = new LoadedLoop({ loaded: this.loaded, client, random, states, intervalMs });
    this.discovery = new DiscoveryLoop({
      settings: config.discovery.model_discovery,
      staleness: unification,
      catalog: this.catalog,
      client,
      random,
      states,
      logger,
      onAuthFailure: (state, status) => registry.reportAuthFailure(state, status, "discovery", client.now()),
      onModels: (state, models, origin) => {
        registry.reportDiscoverySuccess(state, client.now());
        this.#loadedLoop.noteList(state, models, origin);
        this.#lookAlikes.onModels();
      },
    });
    this.listing = new ModelListing({
      catalog: this.catalog,
      endpoints: states,
      loaded: this.loaded,
      aliases: config.model_aliases,
      ignoredSuffixes: config.model_registry.ignored_suffixes,
      traitsOf: createTraits(facts),
      startedAt: Math.floor(startedAt / 1000),
    });
    this.listTexts = new ListTexts(this.listing);
  }

  /** Begins to ask at the intervals. */
  start(): void {
    this.discovery.start();
    this.#loadedLoop.start();
  }

  /** Asks nothing any more. */
  stop(): void {
    this.discovery.stop();
    this.#loadedLoop.stop();
    this.#lookAlikes.stop();
  }

  /**
   * An endpoint has just answered a request with a model.
   *
   * @param id As in the endpoint's own list.
   */
  onServed(state: EndpointState, id: string): void {
    this.#loadedLoop.noteServed(state, id);
  }

  /** An endpoint changed: one that comes into service is asked for its models. */
  onEndpointEvent(event: EndpointEvent): void {
    const { kind, state } = event;
    if (kind === "removed") this.catalog.removeEndpoint(state.endpoint.name);
    if (kind === "status" || kind === "type_detected") {
      if (isCandidate(state)) void this.discovery.refresh(state);
    }
    if (kind === "removed" || (kind === "status" && !isCandidate(state))) this.#loadedLoop.forget(state);
  }
}

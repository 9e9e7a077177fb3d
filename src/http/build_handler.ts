import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { ProfileSet } from "../config/profile.ts";
import type { Config } from "../config/schema.ts";
import type { ProbeLoop } from "../endpoints/probe_loop.ts";
import type { Registry } from "../endpoints/registry.ts";
import { ControllerPool } from "../lib/controller_pool.ts";
import type { Logger } from "../lib/logger.ts";
import { idSource, requestIdSource } from "../lib/request_id.ts";
import { modelsHaving } from "../models/catalog/having.ts";
import type { ModelService } from "../models/model_service.ts";
import type { EndpointStats } from "../observe/endpoint_stats.ts";
import type { ModelStats } from "../observe/model_stats.ts";
import type { TranslatorStats } from "../observe/translator_stats.ts";
import { checkConnection } from "../proxy/connect_check.ts";
import type { ForwardDeps } from "../proxy/forward.ts";
import { RejectedFields } from "../proxy/rejected_fields.ts";
import type { RequestRecord } from "../proxy/request_record.ts";
import { StoredIds } from "../proxy/stored_ids.ts";
import type { Watchdog } from "../proxy/watchdog.ts";
import { BALANCERS } from "../routing/balancers/table.ts";
import { CandidateIndex } from "../routing/candidates.ts";
import { PathModels } from "../routing/path_models.ts";
import type { RoutingPolicy } from "../routing/strategies.ts";
import { loadEncoding } from "../translate/tokens/load_encoding.ts";
import { TokenCounter } from "../translate/tokens/token_counter.ts";
import { MAX_IDLE_TIMEOUT_S, upstreamFetch } from "../runtime.ts";
import { BodyBudget } from "./body_budget.ts";
import { createHandler, type Handler } from "./handler.ts";
import { operationsOf } from "./operations.ts";
import { operationsRoutes } from "./routes/operations.ts";
import type { StatusSources } from "./status/endpoint_report.ts";
import type { Transcripts } from "./transcript.ts";
import { modelStatsReport } from "./status/model_stats_report.ts";
import { modelsReport } from "./status/models_report.ts";
import { translatorReport } from "./status/translator_report.ts";

/** What a build knows of itself. */
export interface BuildFacts {
  readonly version: string;
  readonly commit: string;
  readonly date: string;
  readonly runtime: string;
}

/** A request for an unknown model waits no longer than this for backends to say whether they have it by now. */
const MAX_MISS_WAIT_MS = 2000;

/** A request whose endpoints are all out of service has them checked, so often at most, and waits for so long, in ms. */
const RECHECK_MS = 1000;

/** A duration as the connection timeouts want it. */
export function idleSeconds(ms: number): number {
  return Math.min(MAX_IDLE_TIMEOUT_S, Math.ceil(ms / 1000));
}

/** The parts of the program that a request meets. */
export interface HandlerParts {
  readonly config: Config;
  readonly profiles: ProfileSet;
  readonly logger: Logger;
  readonly build: BuildFacts;
  readonly registry: Registry;
  readonly models: ModelService;
  readonly probes: ProbeLoop;
  readonly stats: EndpointStats;
  readonly modelStats: ModelStats;
  readonly translatorStats: TranslatorStats;
  readonly transcripts: Transcripts | undefined;
  readonly watchdog: Watchdog;
  /** Milliseconds since the epoch that never jump back. */
  readonly now: () => number;
  readonly startedAt: number;
  readonly warnings: () => readonly string[];
  readonly onFinished: (record: RequestRecord) => void;
  readonly isAccepting: () => boolean;
  /** Resolves when every endpoint has been asked once. */
  readonly settled: Promise<void>;
  readonly isSettled: () => boolean;
}

function routingPolicy({ model_registry }: Config): RoutingPolicy {
  const { type, options } = model_registry.routing_strategy;
  return {
    type,
    fallback: options.fallback_behavior,
    refreshOnMiss: options.discovery_refresh_on_miss,
    refreshTimeoutMs: options.discovery_timeout,
  };
}

/** The request path: everything that a request meets, from the first byte to its record. */
export function buildHandler(parts: HandlerParts): Handler {
  const { config, profiles, logger, build, registry, stats, modelStats, now } = parts;
  const { catalog, discovery, listing, listTexts, loaded } = parts.models;
  const { proxy, server } = config;
  const policy = routingPolicy(config);
  const nextRequestId = requestIdSource((bytes) => crypto.getRandomValues(bytes));
  // Letters and digits of a request id are what a Via comment may hold, too.
  const instance = nextRequestId().slice("req_".length, "req_".length + 8);
  const loopMark = `(${instance})`;
  const via = `1.1 olla/${build.version} ${loopMark}`;
  const product = `Olla/${build.version}`;
  const forward: ForwardDeps = {
    fetch: upstreamFetch,
    watchdog: parts.watchdog,
    controllers: new ControllerPool(),
    checkConnection,
    now,
    limits: {
      connectionTimeoutMs: proxy.connection_timeout,
      tlsHandshakeTimeoutMs: proxy.tls_handshake_timeout,
      responseHeaderTimeoutMs: proxy.response_header_timeout,
      readTimeoutMs: proxy.read_timeout,
    },
    onProbeRefused: (state, callback) => registry.onProbeRefused(state, callback),
    onActivity: (state) => registry.reportActivity(state, now()),
    registry,
    rejected: new RejectedFields(now),
    newId: idSource((bytes) => crypto.getRandomValues(bytes)),
    balancer: BALANCERS[proxy.load_balancer],
    maxAttempts: proxy.retry.max_attempts,
    identity: { via, product, forwarded: proxy.forwarded_headers },
    refreshModels: (state) => discovery.refreshSoon(state),
    onServed: ({ state, known }) => {
      if (known !== undefined) parts.models.onServed(state, known.id);
    },
    storedIds: new StoredIds(),
    via,
    servedBy: product,
  };
  const statusSources = (): StatusSources => ({
    now: now(),
    wallOffset: Date.now() - now(),
    endpoints: registry.list(),
    countersOf: (endpoint) => stats.endpoint(endpoint),
    modelsOf: (state) => {
      const { count, lastSyncAt = 0, error } = catalog.syncInfo(state.endpoint.name);
      return { count, lastSyncAt, error, filteredOut: discovery.filteredOut(state) };
    },
    loadedOn: (endpoint) => loaded.namesOn(endpoint),
  });
  const clock = () => ({ now: now(), wallOffset: Date.now() - now() });
  const modelsPage = (query: URLSearchParams) => modelsReport({ listing, ...clock() }, query);
  const operations = operationsRoutes({
    endpoints: () => registry.list(),
    statusSources,
    systemSources: () => ({
      ...statusSources(),
      total: stats.total(),
      startedAt: parts.startedAt,
      version: build.version,
      commit: build.commit,
      proxy: { engine: proxy.engine, profile: proxy.profile, balancer: proxy.load_balancer },
      warnings: parts.warnings(),
    }),
    modelsReport: modelsPage,
    modelStatsReport: (query) =>
      modelStatsReport(
        { ...clock(), models: modelStats.models(), total: modelStats.total(), unlisted: modelStats.unlisted },
        query,
      ),
    translatorsReport: () => translatorReport({ ...clock(), translators: parts.translatorStats.translators() }),
    version: {
      ...build,
      backends: profiles.all.map((profile) => profile.name),
      anthropic: config.translators.anthropic,
    },
    isAccepting: parts.isAccepting,
    rootRoutes: server.root_routes,
  });
  return createHandler({
    forward,
    candidates: new CandidateIndex({
      endpoints: registry,
      models: catalog,
      aliases: config.model_aliases,
      ignoredSuffixes: config.model_registry.ignored_suffixes,
      policy,
      modelsKnown: config.discovery.model_discovery.enabled,
      modelsHaving: (capabilities, count) => modelsHaving(catalog.list(), capabilities, count),
      isLoaded: proxy.prefer_loaded ? (endpoint, id) => loaded.isLoaded(endpoint, id) : () => undefined,
    }),
    endpoints: () => registry.list(),
    refreshOnMiss: async (isFound) => {
      const waitMs = policy.type === "discovery" ? policy.refreshTimeoutMs : MAX_MISS_WAIT_MS;
      const ask = () => discovery.refreshOnMiss(registry.list(), { isFound, waitMs });
      const wanted = parts.isSettled() ? ask() : parts.settled.then(() => isFound() ? undefined : ask());
      await Promise.race([wanted, sleep(waitMs, undefined, { ref: false })]);
    },
    checkAgain: async (hosts) => {
      const due = hosts.filter((host) => now() - host.lastCheckAt >= RECHECK_MS);
      if (due.length === 0) return;
      const checks = Promise.all(due.map((host) => parts.probes.probeNow(host)));
      await Promise.race([checks, sleep(RECHECK_MS, undefined, { ref: false })]);
    },
    budget: new BodyBudget(server.request_limits.max_buffered_bytes),
    maxBodyBytes: server.request_limits.max_body_size,
    maxMessageBytes: config.translators.anthropic.max_message_size,
    bodySilenceS: idleSeconds(server.read_timeout),
    transcripts: parts.transcripts,
    tokenCounter: new TokenCounter({ pause: () => setImmediate(), load: loadEncoding }),
    pathModels: new PathModels(profiles),
    listing,
    listTexts,
    operations: operationsOf(config),
    allowManagement: proxy.allow_model_management,
    includeAliases: config.model_registry.include_aliases,
    enableUnifier: config.model_registry.enable_unifier,
    modelsReport: modelsPage,
    profiles,
    rootRoutes: server.root_routes,
    maxHeaderBytes: server.request_limits.max_header_size,
    loopMark,
    ownRoutes: (request) => operations.fetch(request),
    log: logger,
    now,
    nextRequestId,
    idleTimeoutS: idleSeconds(server.idle_timeout),
    onFinished: parts.onFinished,
  });
}

/**
 * The composition root: builds every part from a config and joins them. Nothing below it knows where its callbacks lead.
 * @module
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { ModelFacts } from "./config/model_facts.ts";
import { priorityWarnings } from "./config/priority_hints.ts";
import type { ProfileSet } from "./config/profile.ts";
import type { Config } from "./config/schema.ts";
import { abortableSleep, listenLocally } from "./demo/demo_listen.ts";
import { type Demo, startDemo } from "./demo/start_demo.ts";
import { isCandidate } from "./endpoints/availability.ts";
import type { BackendClient } from "./endpoints/ask_backend.ts";
import { makeEndpoint } from "./endpoints/endpoint.ts";
import { logEndpointEvents } from "./endpoints/event_log.ts";
import { foundEndpointConfig } from "./endpoints/found_endpoint.ts";
import { LocalServers } from "./endpoints/local_servers.ts";
import { ProbeLoop } from "./endpoints/probe_loop.ts";
import { Registry } from "./endpoints/registry.ts";
import { serverVersion } from "./endpoints/server_version.ts";
import { VersionWatch } from "./endpoints/version_watch.ts";
import { asOllaError, errorResponse } from "./http/error_response.ts";
import { type BuildFacts, buildHandler, idleSeconds } from "./http/build_handler.ts";
import { listenOnAll } from "./http/listen.ts";
import { makeTranscripts } from "./http/transcript.ts";
import { realTimers } from "./lib/clock.ts";
import type { Logger } from "./lib/logger.ts";
import { tcpOpen } from "./lib/tcp_open.ts";
import { ModelService } from "./models/model_service.ts";
import { surveyModels, surveyReport } from "./models/look_alikes/model_survey.ts";
import { EndpointStats } from "./observe/endpoint_stats.ts";
import { ModelStats } from "./observe/model_stats.ts";
import { TranslatorStats } from "./observe/translator_stats.ts";
import type { RequestRecord } from "./proxy/request_record.ts";
import { Watchdog } from "./proxy/watchdog.ts";
import { type Listener, serve, upstreamFetch } from "./runtime.ts";

/** What an app is built from. */
export interface AppOptions {
  readonly config: Config;
  readonly profiles: ProfileSet;
  /** What is known of models by their names; read when first needed. */
  readonly facts: () => ModelFacts;
  readonly logger: Logger;
  /** One line of the access log; absent when the log is off. */
  readonly onRequest?: (record: RequestRecord) => void;
  readonly build: BuildFacts;
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  /** `--demo`: adds the two simulated servers. */
  readonly demo: boolean;
  /** True without a config file: then this machine's servers are looked for, and the demo model stands in for none. */
  readonly findServers: boolean;
  /** What the config's reader had to say; shown in the status. */
  readonly warnings: readonly string[];
}

/** What a start banner tells of one endpoint. */
export interface EndpointSummary {
  readonly name: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly status: string;
  readonly detail: string;
  readonly models: number;
}

/** A running olla. */
export interface App {
  /** Listens, and begins to look at the endpoints. @throws When an address cannot be listened on. */
  start(): Promise<{ readonly port: number; readonly hosts: readonly string[] }>;
  /** Stops accepting, lets what runs end within the time, then ends it. */
  close(options: { readonly timeoutMs: number }): Promise<void>;
  /** Ends everything that still runs, at once. */
  abort(): void;
  /** Resolves when every endpoint has been asked once, and the models of those that answered soon are known. */
  readonly settled: Promise<void>;
  endpoints(): readonly EndpointSummary[];
  /** Ids of models that can be asked for now. */
  models(): readonly string[];
  /** What the config has to be told about, as of now. */
  warnings(): readonly string[];
}

/** How long a closing app writes what the inspector has left. */
const TRANSCRIPTS_CLOSE_MS = 1000;
/** Longest that the start waits for lists of models: one that hangs must not keep the others from being looked after. */
const FIRST_LISTS_MS = 2_000;

/** How often a closing app looks whether everything has ended. */
const CLOSE_POLL_MS = 20;

/** Milliseconds since the epoch that never jump back: the one clock of requests, health and rests. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Builds an app. Nothing runs before `start`. */
export function createApp(options: AppOptions): App {
  const { config, profiles, logger, build } = options;
  const registry = new Registry({
    breaker: config.proxy.circuit_breaker,
  });
  const client: BackendClient = {
    fetch: upstreamFetch,
    timers: realTimers,
    now,
    userAgent: `olla/${build.version}`,
  };
  const startedAt = now();
  const models = new ModelService({
    config,
    facts: options.facts,
    registry,
    client,
    random: Math.random,
    logger,
    startedAt,
  });
  const probes = new ProbeLoop({ registry, profiles, client, random: Math.random });
  const versions = new VersionWatch({ registry, ask: (state) => serverVersion(client, state), timers: realTimers });
  const stats = new EndpointStats();
  const modelStats = new ModelStats({ clientSeed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 });
  const translatorStats = new TranslatorStats(["anthropic", "responses", "ollama"]);
  const transcripts = makeTranscripts(config, { log: logger, timers: realTimers });
  const watchdog = new Watchdog(now);
  let listeners: readonly Listener[] = [];
  let accepting = true;
  let aborted = false;
  let demo: Demo | undefined;

  const warnings = () => [
    ...options.warnings,
    ...priorityWarnings(
      registry.list().map(({ endpoint, profile }) => ({
        name: endpoint.name,
        url: endpoint.url,
        priority: endpoint.priority,
        type: profile?.name,
      })),
    ),
  ];
  const onFinished = (record: RequestRecord) => {
    // Connections that we close look as if their clients had left.
    if (aborted && record.outcome === "client_gone") record.outcome = "stopped";
    stats.count(record);
    modelStats.count(record, now());
    translatorStats.count(record, now());
    options.onRequest?.(record);
  };
  let isSettled = false;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = () => {
      isSettled = true;
      resolve();
    };
  });
  const handler = buildHandler({
    config,
    profiles,
    logger,
    build,
    now,
    registry,
    models,
    probes,
    stats,
    modelStats,
    translatorStats,
    transcripts,
    watchdog,
    startedAt,
    warnings,
    onFinished,
    isAccepting: () => accepting,
    settled,
    isSettled: () => isSettled,
  });

  logEndpointEvents(registry, logger);
  registry.subscribe((event) => models.onEndpointEvent(event));
  registry.subscribe((event) => versions.onEndpointEvent(event));
  for (const endpoint of config.endpoints) {
    const made = makeEndpoint(endpoint, profiles);
    registry.add(made, made.configuredType === undefined ? undefined : profiles.byType(made.configuredType));
  }

  const addDemo = async (servers: "pair" | "single") => {
    demo = await startDemo({ listen: listenLocally, now: Date.now, sleep: abortableSleep, servers });
    for (const server of demo.endpoints) {
      registry.add(makeEndpoint(foundEndpointConfig(server), profiles), profiles.byType(server.type));
    }
  };
  const removeDemo = async () => {
    const gone = demo;
    demo = undefined;
    for (const server of gone?.endpoints ?? []) registry.remove(server.name);
    await gone?.close();
  };
  const local = options.findServers && !options.demo
    ? new LocalServers({
      registry,
      profiles,
      client,
      tcpOpen,
      ownPorts: () => [...listeners.map((listener) => listener.port), ...demoPorts(demo)],
      onScanned: async (total) => {
        if (total === 0 && demo === undefined && accepting) {
          logger.info("No LLM server was found on this machine: the simulated model olla-demo answers until one is");
          await addDemo("single");
        } else if (total > 0 && demo !== undefined) await removeDemo();
      },
    })
    : undefined;

  const lookAround = async () => {
    if (options.demo) await addDemo("pair");
    probes.start();
    await local?.start();
    await Promise.allSettled(registry.list().map((state) => probes.probeNow(state)));
    const lists = registry.list().filter(isCandidate).map((state) => models.discovery.refresh(state));
    await Promise.race([Promise.allSettled(lists), sleep(FIRST_LISTS_MS, undefined, { ref: false })]);
    models.start();
    versions.start();
    settle();
  };

  return {
    settled,
    start() {
      const { idle_timeout, port } = config.server;
      const listenOn = (host: string, port: number) =>
        serve({
          host,
          port,
          idleTimeoutS: idleSeconds(idle_timeout),
          // Ours is the limit that counts: the server's own answer would have no body, no id and no line in the log.
          maxBodyBytes: Number.MAX_SAFE_INTEGER,
          handle: handler,
          onError: (error) => errorResponse(asOllaError(error), "openai", ""),
        });
      listeners = listenOnAll(options.hosts, port, listenOn);
      void lookAround().catch((error) => logger.error("Looking for endpoints failed", { error: String(error) }));
      return Promise.resolve({ port: listeners[0]?.port ?? port, hosts: options.hosts.slice(0, listeners.length) });
    },
    async close({ timeoutMs }) {
      accepting = false;
      probes.stop();
      models.stop();
      versions.stop();
      local?.stop();
      for (const listener of listeners) listener.stopAccepting();
      const deadline = now() + timeoutMs;
      const running = () => listeners.reduce((sum, listener) => sum + listener.pending(), 0) + watchdog.size;
      while (running() > 0 && now() < deadline) await delay(CLOSE_POLL_MS);
      await transcripts?.close(TRANSCRIPTS_CLOSE_MS);
      this.abort();
    },
    abort() {
      aborted = true;
      for (const listener of listeners) listener.close();
      watchdog.stop();
      void removeDemo();
    },
    endpoints: () =>
      registry.list().map(({ endpoint, profile, status, detail }) => ({
        name: endpoint.name,
        url: endpoint.url,
        type: profile?.name,
        status,
        detail,
        models: models.catalog.modelsOf(endpoint.name).length,
      })),
    models: () => models.catalog.list().map((entry) => entry.id),
    warnings,
  };
}

function demoPorts(demo: Demo | undefined): readonly number[] {
  return (demo?.endpoints ?? []).map((endpoint) => Number(new URL(endpoint.url).port));
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Nothing that a client or a backend sends may end the process: what slipped through is logged, and it goes on. */
export function keepAlive(logger: Logger): void {
  process.on("unhandledRejection", (reason) => {
    logger.error("A promise was rejected and nobody waited for it", { error: String(reason) });
  });
  process.on("uncaughtException", (error) => {
    logger.error("An error escaped", { error: error.stack ?? String(error) });
  });
}

/**
 * Asks the endpoints of a config for their models, without serving anything. Never rejects.
 *
 * @returns For people: which names look like one model, and the aliases that join them.
 */
export async function surveyEndpoints(
  config: Config,
  { profiles, version, timeoutMs }: {
    readonly profiles: ProfileSet;
    readonly version: string;
    readonly timeoutMs: number;
  },
): Promise<string> {
  const client: BackendClient = { fetch: upstreamFetch, timers: realTimers, now, userAgent: `olla/${version}` };
  const endpoints = config.endpoints.map((endpoint) => makeEndpoint(endpoint, profiles));
  const answers = await surveyModels(client, { endpoints, profiles, timeoutMs });
  return surveyReport(answers, {
    aliases: config.model_aliases,
    joinByDigest: config.model_registry.enable_unifier,
  });
}

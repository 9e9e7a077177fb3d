/**
 * `olla serve`: what concerns the process. What olla does is in `app.ts`.
 * @module
 */
import process from "node:process";
import { type App, createApp, keepAlive } from "../app.ts";
import type { Config } from "../config/schema.ts";
import { formatDuration } from "../lib/durations.ts";
import { isLoopbackHost, listenHosts, shownUrl } from "../lib/listen_hosts.ts";
import { endStart, runtimeName } from "../runtime.ts";
import { BUILD_DATE, COMMIT, VERSION } from "../version.ts";
import type { ServeFlags } from "./arguments.ts";
import type { ReadyFacts } from "./banner.ts";
import { ensureLaunched, HEADER_ROOM_BYTES } from "./launch.ts";
import { explainListenError, isListenError } from "./listen_errors.ts";
import { makeOutput, type Output } from "./output.ts";
import { isAlive, watchParents } from "./parent_watch.ts";
import { findPortHolder } from "./port_holder.ts";
import { loadSettings, type Settings } from "./settings.ts";
import { makeStartReport } from "./start_report.ts";
import { makeStopper } from "./stop_signals.ts";
import { issueLine } from "./validate.ts";

/** How long the banner waits for endpoints that are slow to answer. */
const BANNER_PATIENCE_MS = 1500;
/** How long the last log lines may take when their reader is stuck. */
const LAST_LINES_MS = 1000;

/**
 * Runs the gateway until it is told to stop.
 * @returns The exit code: 0 stopped as asked, 1 wrong config, nothing to listen on, or stopped by force.
 */
export async function serve(flags: ServeFlags): Promise<0 | 1> {
  const settings = loadSettings(flags, { cwd: process.cwd(), env: process.env });
  const { result } = settings;
  if (result.kind === "invalid" || settings.errors > 0) return refuse(settings);
  const { config } = result;
  const removedProxies = ensureLaunched(Math.max(HEADER_ROOM_BYTES, 2 * config.server.request_limits.max_header_size));

  const output = makeOutput(config);
  process.on("exit", () => output.writer.flushNow());
  keepAlive(output.logger);
  const warnings = startWarnings(settings, flags, removedProxies);
  const app = createApp({
    config,
    profiles: settings.profiles,
    facts: settings.facts,
    logger: output.logger,
    ...(output.onRequest === undefined ? {} : { onRequest: output.onRequest }),
    build: { version: VERSION, commit: COMMIT, date: BUILD_DATE, runtime: runtimeName },
    hosts: listenHosts(config.server.host),
    demo: flags.demo === true,
    findServers: result.path === undefined,
    warnings,
  });
  let port: number;
  let hosts: readonly string[];
  try {
    ({ port, hosts } = await app.start());
  } catch (error) {
    if (!isListenError(error)) throw error;
    const { host, port } = config.server;
    process.stderr.write(`${explainListenError(error, { host, port, findHolder: findPortHolder })}\n`);
    return 1;
  }
  void report({ app, config, output, port, hosts, configFile: result.path, demo: flags.demo === true });
  const code = await untilStopped(app, config, output);
  await output.writer.close(LAST_LINES_MS);
  return code;
}

/** Prints everything that is wrong; nothing was bound. */
function refuse(settings: Settings): 1 {
  const lines = settings.issues.map(issueLine);
  const errors = settings.errors === 1 ? "1 error" : `${settings.errors} errors`;
  process.stderr.write(`${lines.join("\n")}\nolla was not started: ${errors} in its configuration\n`);
  return 1;
}

function startWarnings(settings: Settings, flags: ServeFlags, removedProxies: readonly string[]): string[] {
  const warnings = settings.issues.map((issue) => issueLine(issue).replace(/ \(warning\)$/, ""));
  if (removedProxies.length > 0) {
    const names = removedProxies.join(", ");
    warnings.push(`${names} in the environment is not used for backends; proxy_url on an endpoint sets a proxy`);
  }
  if (flags.profile === true) warnings.push("--profile has no effect: Go's profiler is not here");
  return warnings;
}

/** The loud warning for an olla that others can reach. */
function exposureAlarm(config: Config): string | undefined {
  const { host } = config.server;
  if (isLoopbackHost(host)) return undefined;
  return `Everyone who can reach this machine can use your models: olla listens on ${host} and asks for no key.\n` +
    "Keep the port behind a firewall, or listen on this machine alone: --host localhost";
}

interface ReportFacts {
  readonly app: App;
  readonly config: Config;
  readonly output: Output;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly configFile: string | undefined;
  readonly demo: boolean;
}

/** Tells of the start: at once that olla listens, and of the endpoints when they have been asked. */
async function report(facts: ReportFacts): Promise<void> {
  const { app, config, output, port, hosts, configFile, demo } = facts;
  const url = shownUrl(config.server.host, port);
  const start = makeStartReport(output);
  start.listening({
    version: VERSION,
    url,
    addresses: hosts.map((host) => host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`),
    configFile,
    demo,
    warnings: app.warnings(),
    alarm: exposureAlarm(config),
  });
  await Promise.race([app.settled, new Promise((resolve) => setTimeout(resolve, BANNER_PATIENCE_MS).unref())]);
  const ready: ReadyFacts = {
    url,
    configFile,
    demo,
    endpoints: app.endpoints(),
    models: app.models(),
    rootRoutes: config.server.root_routes,
  };
  start.ready(ready);
  endStart();
}

/** Waits for a signal, or for the end of the process that started this one. */
async function untilStopped(app: App, config: Config, output: Output): Promise<0 | 1> {
  const timeoutMs = config.server.shutdown_timeout;
  const stopper = makeStopper({
    close: () => app.close({ timeoutMs }),
    abort: () => app.abort(),
    onStopping: (cause) =>
      output.logger.info(`Stopping on ${cause}: running requests may end; the same again ends them at once`, {
        shutdown_timeout: formatDuration(timeoutMs),
      }),
  });
  process.on("SIGINT", () => stopper.stop("SIGINT"));
  process.on("SIGTERM", () => stopper.stop("SIGTERM"));
  watchParents({
    pids: process.env.OLLA_INTERNAL_STOP_WITH ?? "",
    isAlive,
    onGone: () => stopper.stop("the end of the program that started olla"),
  });
  const code = await stopper.stopped;
  output.logger.info("olla has stopped");
  return code;
}

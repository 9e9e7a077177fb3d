/**
 * The one file that names Bun or Deno. Everything else is written to web standards and `node:` modules.
 * @module
 */
import process from "node:process";
import type { Transport, UpstreamFetch } from "./lib/upstream.ts";

/** True under Bun (the shipping runtime), false under Deno or Node. */
export const isBun: boolean = "Bun" in globalThis;

interface BunFetchInit extends RequestInit {
  decompress?: boolean;
  timeout?: boolean;
  unix?: string;
  proxy?: string;
  tls?: Record<string, unknown>;
}

const NO_TLS = undefined;

function bunTls(transport: Transport): Record<string, unknown> | undefined {
  const tls = transport.tls;
  if (tls === undefined) return NO_TLS;
  return {
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

/** {@link UpstreamFetch} on this runtime's `fetch`. */
export const upstreamFetch: UpstreamFetch = (url, init) => {
  const options: BunFetchInit = {
    method: init.method,
    headers: init.headers,
    redirect: "manual",
    decompress: init.decompressed === true,
    timeout: false,
  };
  if (init.body !== undefined) options.body = init.body as BodyInit;
  if (init.signal !== undefined) options.signal = init.signal;
  if (init.freshConnection === true) options.keepalive = false;
  const transport = init.transport;
  if (transport.unix !== undefined) options.unix = transport.unix;
  if (transport.proxyUrl !== undefined) options.proxy = transport.proxyUrl;
  const tls = bunTls(transport);
  if (tls !== undefined) options.tls = tls;
  return fetch(url, options);
};

/** Program arguments after the script or binary name, on every runtime. */
export const programArgs: readonly string[] = process.argv.slice(2);

// ---- serve ----

/** Most seconds of an idle timeout: Bun keeps them in one byte. */
export const MAX_IDLE_TIMEOUT_S = 255;

/** The client's side of one request. */
export interface Connection {
  /** The TCP peer's address; empty when it has gone. */
  peerAddress(): string;
  /**
   * Closes the connection after so many seconds without a byte in either direction; 0 never. Holds for the connection,
   * beyond the request, until it is set again.
   */
  setIdleTimeout(seconds: number): void;
}

/** How to listen. */
export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Seconds of silence after which an idle connection is closed; at most 255, 0 never. */
  readonly idleTimeoutS: number;
  /** The HTTP server's own limit; above ours, so that the refusal is ours. */
  readonly maxBodyBytes: number;
  /** Must not reject. */
  readonly handle: (request: Request, connection: Connection) => Response | Promise<Response>;
  /** Last resort for what `handle` throws all the same. */
  readonly onError: (error: unknown) => Response;
}

/** A listening socket. */
export interface Listener {
  readonly port: number;
  /** Requests and streams that are still running. */
  pending(): number;
  /** Takes no new connections; what runs goes on. */
  stopAccepting(): void;
  /** Ends every connection at once. */
  close(): void;
}

/** HTTP/1.0 without Host leaves only the path in `url`; everything else here relies on an absolute one. */
function withAbsoluteUrl(request: Request): Request {
  return request.url.startsWith("/") ? new Request(`http://localhost${request.url}`, request) : request;
}

/** Listens. @throws An error with `code` `EADDRINUSE` or `EACCES` when it cannot. */
export function serve(options: ServeOptions): Listener {
  return isBun ? serveOnBun(options) : serveOnDeno(options);
}

function serveOnBun(options: ServeOptions): Listener {
  const { handle } = options;
  const server = Bun.serve({
    hostname: options.host,
    port: options.port,
    reusePort: false, // else a second olla would share the port, and take part of the first one's requests
    development: false,
    idleTimeout: options.idleTimeoutS,
    maxRequestBodySize: options.maxBodyBytes,
    fetch(request, self) {
      return handle(withAbsoluteUrl(request), new BunConnection(self, request));
    },
    error: options.onError,
  });
  return {
    port: server.port ?? options.port,
    pending: () => server.pendingRequests,
    stopAccepting: () => void server.stop(false),
    close: () => void server.stop(true),
  };
}

class BunConnection implements Connection {
  readonly #server: Bun.Server<undefined>;
  readonly #request: Request;

  constructor(server: Bun.Server<undefined>, request: Request) {
    this.#server = server;
    this.#request = request;
  }

  peerAddress(): string {
    return this.#server.requestIP(this.#request)?.address ?? "";
  }

  setIdleTimeout(seconds: number): void {
    this.#server.timeout(this.#request, Math.min(seconds, MAX_IDLE_TIMEOUT_S));
  }
}

interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}

interface DenoInfo {
  readonly remoteAddr: { readonly hostname?: string };
}

interface DenoServe {
  serve(options: object, handler: (request: Request, info: DenoInfo) => Response | Promise<Response>): DenoServer;
}

function serveOnDeno(options: ServeOptions): Listener {
  const deno = (globalThis as unknown as { Deno: DenoServe }).Deno;
  const stop = new AbortController();
  let pending = 0;
  let isStopping = false;
  const server = deno.serve(
    { hostname: options.host, port: options.port, signal: stop.signal, onError: options.onError, onListen() {} },
    async (request, info) => {
      pending++;
      try {
        return await options.handle(withAbsoluteUrl(request), {
          peerAddress: () => info.remoteAddr.hostname ?? "",
          setIdleTimeout() {}, // Deno's server has no such limit
        });
      } finally {
        pending--;
      }
    },
  );
  return {
    port: server.addr.port,
    pending: () => pending,
    stopAccepting: () => {
      isStopping = true;
      server.shutdown().catch(() => {});
    },
    close: () => {
      if (!isStopping) stop.abort(); // after a shutdown Deno's server has nothing left to abort, and says so loudly
    },
  };
}

// ---- process ----

/** Parallel upstream requests: 256 unless this variable, read before any script line, says otherwise. */
const FETCH_LIMIT = { name: "BUN_CONFIG_MAX_HTTP_REQUESTS", value: "65535" };
const RUNTIME_OPTIONS = "BUN_OPTIONS";
const HEADER_OPTION = "--max-http-header-size";
const STATED_HEADER_OPTION = /--max-http-header-size[= ](\d+)/g;
/** Variables that `fetch` obeys even for loopback addresses; backends must never be reached through them. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment that the runtime must be started with. */
export interface LaunchEnvironment {
  /** What is to be in force. */
  readonly env: Record<string, string>;
  /** Whether the given environment was not yet so. */
  readonly changed: boolean;
  /** Names of the proxy variables taken out, as they were spelled. */
  readonly removedProxies: readonly string[];
}

/**
 * Pure. What the environment must be before the first line of script runs: room for many upstream requests, room for
 * request headers so that 431 is ours to answer, and no proxy for `fetch`.
 * @param maxHeaderBytes How large a request's headers may be for the HTTP parser.
 */
export function launchEnvironment(given: Environment, maxHeaderBytes: number): LaunchEnvironment {
  const env: Record<string, string> = {};
  const removedProxies: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (PROXY_VARIABLES.includes(name.toUpperCase())) removedProxies.push(name);
    else env[name] = value;
  }
  const options = env[RUNTIME_OPTIONS] ?? "";
  const stated = Number([...options.matchAll(STATED_HEADER_OPTION)].at(-1)?.[1] ?? 0);
  const fetchLimited = env[FETCH_LIMIT.name] !== FETCH_LIMIT.value;
  const headersLimited = stated < maxHeaderBytes;
  if (fetchLimited) env[FETCH_LIMIT.name] = FETCH_LIMIT.value;
  if (headersLimited) {
    env[RUNTIME_OPTIONS] = `${options.replace(STATED_HEADER_OPTION, "")} ${HEADER_OPTION}=${maxHeaderBytes}`.trim();
  }
  return { env, changed: fetchLimited || headersLimited || removedProxies.length > 0, removedProxies };
}

/** Whether this is a compiled binary, whose own files are in a virtual folder. */
export const isCompiled: boolean = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(process.argv[1] ?? "");

/**
 * Starts this program anew in place (same process id, same arguments) with another environment. Returns only where the
 * system cannot do that (Windows, Deno).
 */
export function restartWithEnv(env: Record<string, string>): void {
  if (process.platform === "win32" || typeof process.execve !== "function") return;
  const script = isCompiled ? [] : [...ownExecArgv(), ...process.argv.slice(1, 2)];
  process.execve(process.execPath, [process.execPath, ...script, ...programArgs], env);
}

/** The runtime's own options as they were typed; those that came through the environment come again by it. */
function ownExecArgv(): string[] {
  return process.execArgv.filter((option) => !option.startsWith(HEADER_OPTION));
}

/**
 * Tells the runtime that the start is over. A binary is built so that it compiles no code that only a start runs, which
 * takes time and 4 MB; from here on, code that runs often is worth it.
 */
export function endStart(): void {
  if (isBun) Bun.unsafe.setJITPolicy(1);
}

/** Name and version of what runs this program, as in `Bun 1.4.5`. */
export const runtimeName: string = process.versions.bun !== undefined
  ? `Bun ${process.versions.bun}`
  : process.versions.deno !== undefined
  ? `Deno ${process.versions.deno}`
  : `Node ${process.versions.node}`;

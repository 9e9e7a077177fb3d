import type { ProfileSet } from "../config/profile.ts";
import type { EndpointConfig } from "../config/schema.ts";
import { base36, fnv1a32 } from "../lib/hash.ts";
import { compileNameFilter } from "../lib/name_filter.ts";
import type { Transport } from "../lib/upstream.ts";

/** A backend's identity and settings. Immutable: what changes lives in `EndpointState`. */
export interface Endpoint {
  /** Base 36 of the FNV-1a 32 hash of the sanitised URL; the `id` of the status JSON. */
  readonly id: string;
  readonly name: string;
  /** As shown to people: no credentials, query or fragment. */
  readonly url: string;
  /** `http://host:port`, what a request path is appended to (`http://localhost` for Unix sockets). */
  readonly origin: string;
  /** The URL's own path without a trailing slash; empty for none. */
  readonly basePath: string;
  readonly transport: Transport;
  /** Canonical profile name from the config, or undefined when it must be detected. */
  readonly configuredType: string | undefined;
  readonly priority: number;
  /** Lower-case header names to values, set on every request upstream, credentials included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names among `headers` that carry secrets; removed from answers and never logged. */
  readonly secretHeaders: ReadonlySet<string>;
  /** Whether its `model_filter` lets a name pass; undefined when it has none. */
  readonly takesModel: ((name: string) => boolean) | undefined;
  readonly config: EndpointConfig;
}

/** A Unix socket's requests still need a host; servers behind one rarely look at it. */
const UNIX_ORIGIN = "http://localhost";

/**
 * Builds an endpoint from its config, which has been checked: the URL is valid and the type, if any, is known.
 *
 * @throws {TypeError} When the URL cannot be parsed.
 */
export function makeEndpoint(config: EndpointConfig, profiles: ProfileSet): Endpoint {
  const url = sanitisedUrl(config.url);
  const address = parseAddress(url);
  const endpoint: Endpoint = {
    id: base36(fnv1a32(url)),
    name: config.name,
    url,
    origin: address.origin,
    basePath: address.basePath,
    transport: {
      ...(address.unix === undefined ? {} : { unix: address.unix }),
      ...(config.proxy_url === undefined ? {} : { proxyUrl: config.proxy_url }),
      ...(config.resolved_tls === undefined ? {} : { tls: config.resolved_tls }),
    },
    configuredType: configuredType(config.type, profiles),
    priority: config.priority,
    headers: config.resolved_headers,
    secretHeaders: new Set(config.secret_headers),
    takesModel: compileNameFilter(config.model_filter),
    config,
  };
  // Credentials, keys and proxy passwords live in these. No JSON of an endpoint may ever show them.
  for (const key of ["headers", "transport", "config"] as const) {
    Object.defineProperty(endpoint, key, { enumerable: false });
  }
  return endpoint;
}

/** The URL as people may see it. Cut as text, so that it stays as the user wrote it (and hashes to the same id). */
function sanitisedUrl(url: string): string {
  if (isUnixUrl(url)) return url;
  return url.trim().replace(/[?#].*$/s, "").replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}

function isUnixUrl(url: string): boolean {
  return /^unix:/i.test(url);
}

function parseAddress(url: string): { origin: string; basePath: string; unix?: string } {
  if (isUnixUrl(url)) {
    return { origin: UNIX_ORIGIN, basePath: "", unix: url.slice("unix:".length).replace(/^\/\/(?=\/)/, "") };
  }
  const parsed = new URL(url);
  return { origin: parsed.origin, basePath: parsed.pathname.replace(/\/+$/, "") };
}

function configuredType(type: string | undefined, profiles: ProfileSet): string | undefined {
  if (type === undefined || type.trim() === "" || type.trim().toLowerCase() === "auto") return undefined;
  return profiles.byType(type)?.name;
}

import type { ProfileSet } from "../config/profile.ts";
import type { BackendClient } from "./ask_backend.ts";
import { detectType } from "./detect.ts";
import { makeEndpoint } from "./endpoint.ts";
import { foundEndpointConfig, type FoundServer } from "./found_endpoint.ts";

/** The only address that is ever scanned. */
const LOOPBACK = "127.0.0.1";

/** Whatever listens on the loopback accepts at once; a full queue is not worth the wait. */
const CONNECT_TIMEOUT_MS = 300;

/** For each question to a server that has accepted: LLM servers answer these from memory. */
const ANSWER_TIMEOUT_MS = 1500;

/** What the scan works with. */
export interface LocalScanOptions {
  readonly profiles: ProfileSet;
  readonly client: BackendClient;
  /** Whether something accepts connections there, as `lib/tcp_open.ts` finds out. */
  readonly tcpOpen: (address: { readonly host: string; readonly port: number }, timeoutMs: number) => Promise<boolean>;
  /** Ports to leave alone: olla's own, and those of endpoints that are known already. */
  readonly skipPorts: ReadonlySet<number>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the LLM servers on this machine: asks on the default ports of all profiles, on the loopback only and in
 * parallel. A server counts when it shows positively what it is; whatever else listens on those ports is left out.
 * Sorted by port. Never rejects.
 */
export async function scanLocal(options: LocalScanOptions): Promise<readonly FoundServer[]> {
  const ports = [...new Set(options.profiles.all.flatMap((profile) => profile.default_ports))]
    .filter((port) => !options.skipPorts.has(port))
    .sort((a, b) => a - b);
  const found = await Promise.all(ports.map((port) => askPort(port, options)));
  return found.filter((server) => server !== undefined);
}

async function askPort(port: number, options: LocalScanOptions): Promise<FoundServer | undefined> {
  const { profiles, client, tcpOpen, signal } = options;
  if (!await tcpOpen({ host: LOOPBACK, port }, CONNECT_TIMEOUT_MS)) return undefined;
  const url = `http://${LOOPBACK}:${port}`;
  const endpoint = makeEndpoint(foundEndpointConfig({ name: url, url, type: "auto" }), profiles);
  const detection = await detectType(client, { endpoint, timeoutMs: ANSWER_TIMEOUT_MS, signal });
  // A type without a profile is one that `proxy.profile_filter` leaves out.
  if (detection.kind !== "found" || profiles.byType(detection.type) === undefined) return undefined;
  return { name: `${detection.type}-localhost-${port}`, url, type: detection.type };
}

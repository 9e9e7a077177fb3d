import type { ProfileSet } from "../config/profile.ts";
import type { TimerHandle } from "../lib/clock.ts";
import { makeEndpoint } from "./endpoint.ts";
import { foundEndpointConfig, type FoundServer } from "./found_endpoint.ts";
import { type LocalScanOptions, scanLocal } from "./local_scan.ts";
import type { Registry } from "./registry.ts";

/** What looking for local servers works with. */
export interface LocalServersOptions extends Omit<LocalScanOptions, "skipPorts" | "signal"> {
  readonly registry: Registry;
  readonly profiles: ProfileSet;
  /** olla's own ports: asking itself would lead in a circle. */
  readonly ownPorts: () => readonly number[];
  /** Called after each scan, and waited for. `total`: how many servers have been found so far. */
  readonly onScanned: (total: number) => Promise<void>;
}

/** How often this machine is looked over for servers that were started later. */
const SCAN_INTERVAL_MS = 10_000;

/** Without a config file, the LLM servers of this machine are the endpoints; found at the start and as they come. */
export class LocalServers {
  readonly #options: LocalServersOptions;
  readonly #found = new Map<number, FoundServer>();
  #stopped: AbortController | undefined;
  #timer: TimerHandle;

  constructor(options: LocalServersOptions) {
    this.#options = options;
  }

  /** Scans now and then every 10 s. Resolves after the first scan. */
  async start(): Promise<void> {
    this.#stopped = new AbortController();
    await this.#scan(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
    this.#options.client.timers.stop(this.#timer);
  }

  async #scan(signal: AbortSignal): Promise<void> {
    const { registry, profiles, client, tcpOpen, ownPorts, onScanned } = this.#options;
    const skipPorts = new Set([...ownPorts(), ...this.#found.keys()]);
    const servers = await scanLocal({ profiles, client, tcpOpen, skipPorts, signal });
    if (signal.aborted) return;
    for (const server of servers) {
      this.#found.set(Number(new URL(server.url).port), server);
      registry.add(makeEndpoint(foundEndpointConfig(server), profiles), profiles.byType(server.type));
    }
    await onScanned(this.#found.size);
    if (signal.aborted) return;
    this.#timer = client.timers.start(() => void this.#scan(signal), SCAN_INTERVAL_MS);
  }
}

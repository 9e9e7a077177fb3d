import { givenPaths } from "./key_paths.ts";
import type { ConfigPath, Problem } from "./issues.ts";
import { type FileConfig } from "./schema.ts";
import { valueAt } from "./yaml_tree.ts";

/** A key that is checked but does nothing yet. */
export interface PendingKey {
  /** As in `givenPaths`. */
  readonly key: string;
  /** Whether the value asks for what happens anyway, so that there is nothing to say. */
  readonly asIs?: (value: unknown) => boolean;
}

const isFalse = (value: unknown): boolean => value === false;
const isZero = (value: unknown): boolean => value === 0;
const isDisabled = (value: unknown): boolean => valueAt(value, ["enabled"]) === false;

/** Keys whose behaviour a later release brings. */
export const PENDING: readonly PendingKey[] = [
  {
    key: "server.rate_limits",
    asIs: (value) =>
      isZero(valueAt(value, ["global_requests_per_minute"])) && isZero(valueAt(value, ["per_ip_requests_per_minute"])),
  },
  { key: "server.cors", asIs: isDisabled },
  { key: "server.tls" },
  { key: "server.admin_token" },
  { key: "server.shutdown_delay", asIs: isZero },
  { key: "proxy.queue" },
  { key: "proxy.sticky_sessions", asIs: isDisabled },
  { key: "proxy.stream_heartbeat", asIs: isZero },
  { key: "endpoints[].max_concurrent_requests", asIs: isZero },
  { key: "endpoints[].weight" },
  { key: "auth.keys", asIs: (value) => Array.isArray(value) && value.length === 0 },
  { key: "dashboard", asIs: isDisabled },
  { key: "logging.output", asIs: (value) => value === "stdout" },
  { key: "engineering.show_nerdstats", asIs: isFalse },
];

/**
 * Warns of each pending key that is given.
 * @param tree What the user wrote: only keys in it count.
 * @param config The same with defaults and types.
 */
export function pendingWarnings(tree: unknown, config: FileConfig): Problem[] {
  return PENDING.flatMap(({ key, asIs }) =>
    givenPaths(tree, key)
      .filter((path) => asIs?.(valueAt(config, path)) !== true)
      .map((path): Problem => warning(path))
  );
}

function warning(path: ConfigPath): Problem {
  return { path, message: "is not in effect yet", severity: "warning", atKey: true };
}

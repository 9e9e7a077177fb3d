import { givenPaths } from "./key_paths.ts";
import type { Problem } from "./issues.ts";

/** Keys that are accepted because the Go program accepts them, and why nothing hangs on them. */
export const NO_EFFECT: Readonly<Record<string, string>> = {
  "server.rate_limits.per_endpoint": "to bound an endpoint, set its max_concurrent_requests",
  "proxy.engine": "olla has one engine",
  "proxy.profile": "every stream is passed on without delay",
  "proxy.max_retries": "set proxy.retry.max_attempts",
  "proxy.retry_backoff": "another endpoint is tried at once",
  "proxy.retry.on_connection_failure": "every failure before the first byte goes to another endpoint",
  "discovery.refresh_interval": "set discovery.model_discovery.interval",
  "discovery.health_check.initial_delay": "health checks begin at the start, and olla listens meanwhile",
  "discovery.model_discovery.retry_attempts":
    "an endpoint is asked again at the next interval and whenever it recovers",
  "discovery.model_discovery.retry_backoff": "an endpoint is asked again at the next interval and whenever it recovers",
  "dashboard.access_policy.gate_internal_api": "the routes under /internal/ are not gated",
};

/** Warns of each key in the tree that has no effect. */
export function noEffectWarnings(tree: unknown): Problem[] {
  return Object.entries(NO_EFFECT).flatMap(([key, why]) =>
    givenPaths(tree, key).map((path): Problem => ({
      path,
      message: `has no effect: ${why}`,
      severity: "warning",
      atKey: true,
    }))
  );
}

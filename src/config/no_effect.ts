import { givenPaths } from "./key_paths.ts";
import type { Problem } from "./issues.ts";

/** Keys that are accepted because the Go program accepts them, and why nothing hangs on them. */
export const NO_EFFECT: Readonly<Record<string, string>> = {
  "server.rate_limits.per_endpoint": "to bound an endpoint, set its max_concurrent_requests",
  "server.read_header_timeout": "headers are bounded in size and cost little memory while they are incomplete",
  "server.write_timeout": "answers may take as long as they need; server.idle_timeout ends dead connections",
  "proxy.engine": "olla has one engine",
  "proxy.profile": "every stream is passed on without delay",
  "proxy.connection_keep_alive": "connections to endpoints are kept for as long as both sides like",
  "proxy.response_timeout":
    "whole answers may take as long as they need; set proxy.response_header_timeout to bound the wait",
  "proxy.stream_buffer_size": "streams are not buffered",
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

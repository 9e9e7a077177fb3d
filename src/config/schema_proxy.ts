import * as v from "valibot";
import {
  boolean,
  duration,
  glob,
  integer,
  list,
  oneOf,
  orDefault,
  section,
  setting,
  size,
  text,
} from "./setting_kinds.ts";

/** A pair of name patterns: what is taken, and what of that is left out again. */
export function nameFilter(about: string) {
  return section({
    include: setting(list(glob()), [], "Patterns of the names to take; none means all. `*` may stand at either end."),
    exclude: setting(list(glob()), [], "Patterns of the names to leave out, even where `include` has them."),
  }, about);
}

/** Attempts of `retry.max_attempts: 0`: the endpoints run out first. */
export const EVERY_ENDPOINT: number = Number.MAX_SAFE_INTEGER;

const retry = v.pipe(
  section({
    enabled: setting(
      boolean(),
      "true",
      "Whether a failed request goes to another endpoint; `false` means one attempt.",
    ),
    on_connection_failure: setting(boolean(), "true", "Accepted from the Go program's sample file."),
    max_attempts: setting(
      integer(0),
      "3",
      "Most endpoints that one request is tried on, the first included. 0 tries every endpoint that has the model.",
    ),
  }, "What happens when an endpoint fails before its first byte."),
  v.transform((value) => ({
    ...value,
    max_attempts: !value.enabled ? 1 : value.max_attempts === 0 ? EVERY_ENDPOINT : value.max_attempts,
  })),
);

const circuitBreaker = section({
  failures: setting(integer(1), "5", "Failures in a row after which an endpoint gets no requests."),
  open_for: setting(duration(), "30s", "How long it then rests, unless a health check succeeds earlier."),
  half_open_max: setting(integer(1), "1", "Trial requests that may run at once after the rest."),
}, "When an endpoint that keeps failing is left alone.");

const stickySessions = section({
  enabled: setting(
    boolean(),
    "false",
    "Whether the requests of one conversation prefer the endpoint of its first one.",
  ),
  idle_ttl_seconds: setting(integer(0), "600", "Seconds after which an unused session is forgotten; 0 never."),
  max_sessions: setting(integer(1), "10000", "Most sessions kept; the least recently used goes first."),
  key_sources: setting(
    list(oneOf(["session_header", "prefix_hash", "auth_header", "ip"])),
    ["session_header", "prefix_hash", "auth_header"],
    "What tells conversations apart, tried in this order.",
  ),
  prefix_hash_bytes: setting(integer(1), "512", "How much of the conversation's start the prefix hash covers."),
}, "Keeping a conversation on one endpoint, for its prompt cache.");

/** `proxy`: how a request reaches an endpoint. */
export const proxySchema = section({
  engine: setting(
    oneOf(["olla", "sherpa"]),
    "olla",
    "The Go program's choice between two engines; olla has one.",
  ),
  load_balancer: setting(
    oneOf(["priority", "least-connections", "round-robin"]),
    "priority",
    "`priority`: the highest priority that has an available endpoint, and inside it the fewest active requests. " +
      "`least-connections` and `round-robin` ignore priority.",
  ),
  profile: setting(text(), "auto", "The Go program's streaming profile; olla always streams without delay."),
  connection_timeout: setting(
    duration(),
    "5s",
    "Longest time to connect to an endpoint before another is tried. 0 leaves it to the system.",
  ),
  connection_keep_alive: setting(
    orDefault(duration(), 30_000),
    "30s",
    "How long an idle connection to an endpoint is kept. 0 means the default.",
  ),
  response_timeout: setting(duration(), "15m", "Longest time for a whole answer that is not streamed. 0 is no limit."),
  read_timeout: setting(duration(), "10m", "Longest silence inside a stream. 0 waits for ever."),
  response_header_timeout: setting(
    duration(),
    "0",
    "Longest wait for an answer to begin. 0 is off, since loading a model or a long prompt takes minutes.",
  ),
  tls_handshake_timeout: setting(
    orDefault(duration(), 10_000),
    "10s",
    "Longest TLS handshake with an endpoint. 0 means the default.",
  ),
  stream_buffer_size: setting(orDefault(size(), 65_536), "64KB", "Buffer for one stream. 0 means the default."),
  max_retries: setting(integer(0), "3", "Retired by the Go program; see `proxy.retry.max_attempts`."),
  retry_backoff: setting(duration(), "500ms", "Retired by the Go program."),
  retry,
  circuit_breaker: circuitBreaker,
  queue: section({
    max_waiting: setting(integer(0), "256", "Most requests that wait for one model when its endpoints are full."),
    max_wait: setting(duration(), "10m", "Longest wait in the queue."),
  }, "Waiting for a place at an endpoint that has `max_concurrent_requests`."),
  forwarded_headers: setting(
    boolean(),
    "true",
    "Whether endpoints get `X-Forwarded-*`, `Via` and `X-Proxied-By`.",
  ),
  profile_filter: nameFilter("Which backend types are used at all."),
  sticky_sessions: stickySessions,
  prefer_loaded: setting(boolean(), "true", "Whether endpoints that hold the model in memory are preferred."),
  allow_model_management: setting(boolean(), "false", "Whether clients may pull, load and delete models."),
  stream_heartbeat: setting(duration(), "0", "How often a silent stream gets a comment to stay open; 0 never."),
}, "How a request reaches an endpoint.");

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load, namedProfiles, report } from "./test_support.ts";

/** Every key that the Go program's file may have, with its values, and the keys of its sample file that it ignores. */
const GO_CONFIG = `
server:
  host: "localhost"
  port: 40114
  read_timeout: 30s
  read_header_timeout: 0s
  write_timeout: 0s
  idle_timeout: 0s
  shutdown_timeout: 10s
  request_logging: true
  request_limits:
    max_body_size: 104857600
    max_header_size: 1048576
  rate_limits:
    global_requests_per_minute: 1000
    per_ip_requests_per_minute: 100
    burst_size: 50
    health_requests_per_minute: 1000
    cleanup_interval: 5m
    trust_proxy_headers: false
    trusted_proxy_cidrs: ["127.0.0.0/8", "10.0.0.0/8"]
    per_endpoint:
      ollama: {requests_per_minute: 10}
  cors:
    enabled: false
    allowed_origins: ["*"]
    allowed_methods: [GET, POST, OPTIONS]
    allowed_headers: ["*"]
    exposed_headers: []
    allow_credentials: false
    max_age: 300
proxy:
  engine: "olla"
  load_balancer: "least-connections"
  profile: "auto"
  connection_timeout: 60s
  connection_keep_alive: 0s
  response_timeout: 15m
  read_timeout: 10m
  response_header_timeout: 0s
  tls_handshake_timeout: 0s
  stream_buffer_size: 8192
  max_retries: 3
  retry_backoff: 500ms
  retry: {enabled: true, on_connection_failure: true, max_attempts: 0}
  profile_filter: {include: [], exclude: []}
  sticky_sessions:
    enabled: false
    idle_ttl_seconds: 600
    max_sessions: 10000
    key_sources: [session_header, prefix_hash, auth_header, ip]
    prefix_hash_bytes: 512
discovery:
  type: "static"
  refresh_interval: 30s
  health_check: {initial_delay: 1s}
  static:
    endpoints:
      - url: "http://localhost:11434"
        name: "local-ollama"
        type: "ollama"
        priority: 100
        health_check_url: "/"
        model_url: "/api/tags"
        check_interval: 2s
        check_timeout: 1s
        preserve_path: false
        model_filter: {include: ["llama*"], exclude: ["*embed*"]}
        auth: {type: bearer, token: "\${OLLAMA_TOKEN:-none}"}
        headers: {X-Team: "a"}
  model_discovery:
    enabled: true
    interval: 5m
    timeout: 30s
    concurrent_workers: 5
    retry_attempts: 3
    retry_backoff: 1s
model_registry:
  type: "memory"
  enable_unifier: true
  routing_strategy:
    type: "strict"
    options: {fallback_behavior: "compatible_only", discovery_timeout: 2s, discovery_refresh_on_miss: false}
  unification: {stale_threshold: 24h, cleanup_interval: 10m}
model_aliases:
  gpt-oss-120b: ["gpt-oss:120b", "gpt-oss-120b-MLX"]
translators:
  anthropic:
    enabled: true
    passthrough_enabled: true
    max_message_size: 10485760
    inspector: {enabled: false, output_dir: "logs/inspector/anthropic", session_header: "X-Session-ID"}
dashboard:
  enabled: true
  access_policy: {allowed_cidrs: ["127.0.0.0/8", "::1/128"], allowed_hosts: [localhost], gate_internal_api: false}
logging: {level: "info", format: "json", output: "stdout"}
engineering: {show_nerdstats: false}
`;

describe("a config of the Go program", () => {
  const result = load(GO_CONFIG, { profiles: namedProfiles({ ollama: [] }), strict: true });
  const { config } = result.kind === "ok" ? result : assert.fail(report(GO_CONFIG).join("\n"));

  test("loads, with each of its idle keys named and none unknown", () => {
    const lines = report(GO_CONFIG, { strict: true });
    assert.equal(lines.filter((line) => / has no effect: | is not in effect yet$/.test(line)).length, lines.length);
    const named = lines.map((line) => line.split(" ")[2]);
    assert.deepEqual(named, [
      "server.read_header_timeout",
      "server.write_timeout",
      "server.rate_limits",
      "server.rate_limits.per_endpoint",
      "proxy.engine",
      "proxy.profile",
      "proxy.connection_keep_alive",
      "proxy.response_timeout",
      "proxy.stream_buffer_size",
      "proxy.max_retries",
      "proxy.retry_backoff",
      "proxy.retry.on_connection_failure",
      "discovery.refresh_interval",
      "discovery.health_check.initial_delay",
      "discovery.model_discovery.retry_attempts",
      "discovery.model_discovery.retry_backoff",
      "dashboard",
      "dashboard.access_policy.gate_internal_api",
    ]);
  });

  test("has Go's meaning of 0 where Go puts a default in its place", () => {
    assert.equal(config.server.read_header_timeout, 10_000);
    assert.equal(config.proxy.connection_keep_alive, 30_000);
    assert.equal(config.proxy.tls_handshake_timeout, 10_000);
    assert.equal(config.proxy.stream_buffer_size, 8192);
  });

  test("keeps what it says", () => {
    assert.equal(config.proxy.load_balancer, "least-connections");
    assert.equal(config.proxy.retry.max_attempts, Number.MAX_SAFE_INTEGER);
    assert.equal(config.logging.format, "json");
    assert.deepEqual(config.model_aliases, { "gpt-oss-120b": ["gpt-oss:120b", "gpt-oss-120b-MLX"] });
    const [endpoint] = config.endpoints;
    assert.deepEqual([endpoint?.name, endpoint?.type, endpoint?.check_interval], ["local-ollama", "ollama", 2000]);
    assert.deepEqual(endpoint?.resolved_headers, { "x-team": "a", authorization: "Bearer none" });
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type * as v from "valibot";
import { getDescription } from "valibot";
import { fileSchema } from "./schema.ts";
import { shapeOf } from "./schema_shape.ts";
import { configOf } from "./test_support.ts";

function eachSetting(
  schema: v.GenericSchema,
  path: string,
  visit: (path: string, schema: v.GenericSchema) => void,
): void {
  const shape = shapeOf(schema);
  const inner = shape.kind === "list" ? shapeOf(shape.item) : shape;
  if (inner.kind !== "mapping") return;
  for (const [key, child] of Object.entries(inner.entries)) {
    visit(`${path}${key}`, child);
    eachSetting(child, `${path}${key}.`, visit);
  }
}

describe("the schema", () => {
  test("describes every key", () => {
    let count = 0;
    eachSetting(fileSchema, "", (path, schema) => {
      count++;
      assert.ok((getDescription(schema) ?? "").length > 5, `${path} has no description`);
    });
    assert.ok(count > 120);
  });

  test("has the defaults of a config without a file", () => {
    const config = configOf("");
    assert.deepEqual(config.endpoints, []);
    assert.deepEqual(config.server, {
      host: "localhost",
      port: 40114,
      read_timeout: 30_000,
      read_header_timeout: 10_000,
      write_timeout: 0,
      idle_timeout: 120_000,
      shutdown_timeout: 10_000,
      shutdown_delay: 0,
      request_logging: true,
      root_routes: true,
      request_limits: { max_body_size: 104_857_600, max_header_size: 1_048_576, max_buffered_bytes: 1_073_741_824 },
      rate_limits: {
        global_requests_per_minute: 0,
        per_ip_requests_per_minute: 0,
        burst_size: 50,
        health_requests_per_minute: 0,
        cleanup_interval: 300_000,
        trust_proxy_headers: false,
        trusted_proxy_cidrs: ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
      },
      cors: {
        enabled: false,
        allowed_origins: ["*"],
        allowed_methods: ["GET", "POST", "OPTIONS"],
        allowed_headers: ["*"],
        exposed_headers: [],
        allow_credentials: false,
        max_age: 300,
      },
    });
    assert.deepEqual(
      [config.proxy.load_balancer, config.proxy.connection_timeout, config.proxy.response_header_timeout],
      ["priority", 5000, 0],
    );
    assert.deepEqual(config.proxy.circuit_breaker, { failures: 5, open_for: 30_000, half_open_max: 1 });
    assert.equal(config.proxy.retry.max_attempts, 3);
    assert.deepEqual(config.discovery.model_discovery, {
      enabled: true,
      interval: 300_000,
      timeout: 30_000,
      concurrent_workers: 5,
      retry_attempts: 3,
      retry_backoff: 1000,
    });
    assert.deepEqual(config.logging, { level: "info", format: "auto", output: "stdout" });
  });

  test("has the defaults of an endpoint that only says its URL", () => {
    const [endpoint] = configOf("endpoints: [{url: 'http://gpu:8000'}]").endpoints;
    assert.deepEqual(JSON.parse(JSON.stringify(endpoint)), {
      url: "http://gpu:8000",
      name: "endpoint-gpu-8000",
      priority: 100,
      check_interval: 5000,
      check_timeout: 2000,
      preserve_path: false,
      model_filter: { include: [], exclude: [] },
      forward_auth: false,
      max_concurrent_requests: 0,
      weight: 1,
      health_check_deep: false,
      secret_headers: [],
    });
    assert.deepEqual(endpoint?.resolved_headers, {});
  });

  const effective: [string, string, (config: ReturnType<typeof configOf>) => unknown, unknown][] = [
    [
      "retry.enabled: false means one attempt",
      "proxy: {retry: {enabled: false}}",
      (c) => c.proxy.retry.max_attempts,
      1,
    ],
    [
      "retry.max_attempts: 0 means every endpoint",
      "proxy: {retry: {max_attempts: 0}}",
      (c) => c.proxy.retry.max_attempts,
      Number.MAX_SAFE_INTEGER,
    ],
    [
      "max_header_size: 0 means the default",
      "server: {request_limits: {max_header_size: 0}}",
      (c) => c.server.request_limits.max_header_size,
      1_048_576,
    ],
    [
      "a max_header_size under 4KB means 4KB",
      "server: {request_limits: {max_header_size: 100}}",
      (c) => c.server.request_limits.max_header_size,
      4096,
    ],
    [
      "max_message_size: 0 means the default",
      "translators: {anthropic: {max_message_size: 0}}",
      (c) => c.translators.anthropic.max_message_size,
      104_857_600,
    ],
    [
      "model discovery may have no interval when it is off",
      "discovery: {model_discovery: {enabled: false, interval: 0}}",
      (c) => c.discovery.model_discovery.interval,
      0,
    ],
  ];
  for (const [what, text, read, expected] of effective) {
    test(what, () => assert.equal(read(configOf(text)), expected));
  }
});

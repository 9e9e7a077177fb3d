import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PENDING } from "./pending.ts";
import { fileSchema } from "./schema.ts";
import { schemaAt } from "./schema_shape.ts";
import { report } from "./test_support.ts";

describe("pending keys", () => {
  const used: [string, string][] = [
    ["server: {rate_limits: {per_ip_requests_per_minute: 10}}", "server.rate_limits"],
    ["server: {cors: {enabled: true}}", "server.cors"],
    ["server: {tls: {cert_file: c, key_file: k}}", "server.tls"],
    ["server: {admin_token: t}", "server.admin_token"],
    ["server: {shutdown_delay: 5s}", "server.shutdown_delay"],
    ["proxy: {queue: {max_waiting: 3}}", "proxy.queue"],
    ["proxy: {sticky_sessions: {enabled: true}}", "proxy.sticky_sessions"],
    ["proxy: {stream_heartbeat: 15s}", "proxy.stream_heartbeat"],
    ["discovery: {static: {endpoints: [{url: 'http://gpu', weight: 3}]}}", "discovery.static.endpoints[0].weight"],
    ["endpoints: [{url: 'http://gpu', max_concurrent_requests: 2}]", "endpoints[0].max_concurrent_requests"],
    ["auth: {keys: [{key: k}]}", "auth.keys"],
    ["dashboard: {enabled: true}", "dashboard"],
    ["logging: {output: file}", "logging.output"],
    ["engineering: {show_nerdstats: true}", "engineering.show_nerdstats"],
  ];
  for (const [text, path] of used) {
    test(`${path} is named when it is used`, () => {
      const lines = report(text).filter((line) => line.includes("not in effect yet"));
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.ok(lines[0]?.endsWith(`: ${path} is not in effect yet`));
    });
  }

  test("are all tried above", () => assert.equal(used.length, PENDING.length));

  const asIs = [
    "server: {rate_limits: {per_ip_requests_per_minute: 0, burst_size: 3}}",
    "server: {cors: {enabled: false}, shutdown_delay: 0}",
    "proxy: {sticky_sessions: {enabled: no}, stream_heartbeat: 0}",
    "endpoints: [{url: 'http://gpu', max_concurrent_requests: 0}]",
    "dashboard: {enabled: false}",
    "logging: {output: stdout}",
    "dashboard:\nserver: {cors: {}}",
  ];
  for (const text of asIs) {
    test(`are passed over when they ask for what happens anyway: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(report(text), []);
    });
  }

  for (const { key } of PENDING) {
    test(`${key} is in the schema`, () => {
      const path = key.replace("[]", ".0").split(".");
      assert.ok(schemaAt(fileSchema, path) !== undefined);
    });
  }
});

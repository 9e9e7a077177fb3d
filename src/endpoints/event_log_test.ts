import assert from "node:assert/strict";
import { test } from "node:test";
import { type Logger } from "../lib/logger.ts";
import { logEndpointEvents } from "./event_log.ts";
import { Registry } from "./registry.ts";
import { testEndpoint, testProfile } from "./test_support.ts";

test("the log tells of changes, each once, and of no single check", () => {
  const lines: string[] = [];
  const logger: Logger = {
    debug: () => {},
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
  };
  const registry = new Registry({ breaker: { failures: 1, open_for: 10, half_open_max: 1 } });
  const end = logEndpointEvents(registry, logger);
  const state = registry.add(testEndpoint({ name: "gpu", health_check_url: "/health" }), undefined);
  registry.setProfile(state, testProfile("litellm"));
  for (let i = 0; i < 5; i++) {
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, i, i);
  }
  for (let i = 0; i < 5; i++) {
    registry.observe(state, { kind: "failed", reason: "refused", latencyMs: 1, detail: "connection refused" }, i, i);
  }
  registry.reportTransportFailure(state, 10);
  end();
  registry.reportSuccess(state, "a", 11);
  assert.deepEqual(lines.map((line) => line.replace(/ calls every.*/, " …")), [
    "info Endpoint gpu is of type litellm",
    'warn Endpoint gpu: health_check_url "/health" …',
    "info Endpoint gpu is healthy",
    "warn Endpoint gpu is offline (was healthy): connection refused",
    "warn Endpoint gpu keeps breaking connections: it gets no requests for a while",
  ]);
});

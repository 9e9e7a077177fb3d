import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configOf, report } from "./test_support.ts";

describe("adjustments", () => {
  test("an idle_timeout over 255s is brought down, with a warning", () => {
    const text = "server:\n  idle_timeout: 10m\n";
    assert.equal(configOf(text).server.idle_timeout, 255_000);
    assert.deepEqual(report(text), [
      "warning: olla.yaml:2:17: server.idle_timeout is longer than olla can wait: 4m15s is used, not 10m",
    ]);
  });

  test("an idle_timeout of 255s stays", () => {
    assert.deepEqual(report("server: {idle_timeout: 255s}"), []);
    assert.equal(configOf("server: {idle_timeout: 255s}").server.idle_timeout, 255_000);
  });

  test("an unknown routing strategy is strict, with a warning", () => {
    const text = "model_registry: {routing_strategy: {type: strictt}}";
    assert.equal(configOf(text).model_registry.routing_strategy.type, "strict");
    assert.deepEqual(report(text), [
      'warning: olla.yaml:1:43: model_registry.routing_strategy.type must be "strict", "optimistic" or "discovery", found "strictt"; "strict" is used',
    ]);
  });

  test("a burst of 0 is named only while a limit is set", () => {
    const line = (text: string) => report(text).filter((found) => found.includes("burst_size"));
    assert.deepEqual(line("server: {rate_limits: {burst_size: 0}}"), []);
    assert.match(
      line("server: {rate_limits: {burst_size: 0, global_requests_per_minute: 9}}")[0] ?? "",
      /refuses every request/,
    );
  });

  test("aliases that differ only in case are refused, each with its line", () => {
    assert.deepEqual(report("model_aliases:\n  Fast: [x]\n  slow: [y]\n  fast: [z]\n  FAST: [x]\n"), [
      'error: olla.yaml:4:3: model_aliases.fast and "Fast" differ only in case, and names are found ignoring case; ' +
      "rename or join them",
      'error: olla.yaml:5:3: model_aliases.FAST and "Fast" differ only in case, and names are found ignoring case; ' +
      "rename or join them",
    ]);
  });

  test("model discovery that is switched off is named, since lists are empty without it", () => {
    assert.deepEqual(report("discovery:\n  model_discovery:\n    enabled: false\n"), [
      "warning: olla.yaml:3:5: discovery.model_discovery.enabled is false: model lists are empty and every endpoint " +
      "is taken to have every model",
    ]);
    assert.deepEqual(report("discovery:\n  model_discovery:\n    enabled: true\n"), []);
  });

  test("a model listed twice under an alias is named", () => {
    assert.deepEqual(report("model_aliases: {a: [x, y, x]}"), [
      'warning: olla.yaml:1:27: model_aliases.a[2] names "x" a second time',
    ]);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configOf } from "../config/test_support.ts";
import { loadProfiles } from "../config/profile_load.ts";
import { ListPaths } from "./list_paths.ts";
import { operationsOf } from "./operations.ts";
import { matchRoute, type Route, type RouteTable } from "./route_table.ts";

const { profiles } = loadProfiles({ dirs: [], readDir: () => [], readFile: () => "" });
const lists = new ListPaths(profiles);
const table: RouteTable = { profiles, lists, operations: operationsOf(configOf("")), rootRoutes: true };

/** `proxy any /v1/x openai`, `models litellm`, `model any org/m`, … */
function told(route: Route): string {
  const scope = "scope" in route ? (route.scope.kind === "any" ? "any" : route.scope.profile.name) : "";
  switch (route.kind) {
    case "proxy":
      return `${route.served?.operation.name ?? "proxy"} ${scope} ${route.path} ${route.dialect}`;
    case "models": {
      const { scope, format, id } = route.target;
      const where = `${format.name} ${scope.key || "any"} ${route.dialect}`;
      return id === undefined ? `models ${where}` : `model ${where} ${id}`;
    }
    case "catalogue_model":
      return `catalogue_model ${route.id}`;
    case "anthropic_models":
      return `anthropic_models ${route.id ?? "all"}`;
    case "ollama_view":
      return `ollama_view ${route.view} ${scope}`;
    case "unknown_anthropic":
      return `unknown_anthropic ${route.isOff ? "off" : "on"}`;
    default:
      return route.kind;
  }
}

describe("matchRoute", () => {
  const cases: [path: string, expected: string][] = [
    ["/v1/chat/completions", "proxy any /v1/chat/completions openai"],
    ["/v1/messages", "messages any /v1/messages anthropic"],
    ["/v1/messages/count_tokens", "count_tokens any /v1/messages/count_tokens anthropic"],
    ["/v1/messages/batches", "proxy any /v1/messages/batches anthropic"],
    ["/v1/responses", "responses any /v1/responses openai"],
    ["/v1/responses/resp_1", "proxy any /v1/responses/resp_1 openai"],
    ["/olla/anthropic/v1/messages", "messages any /v1/messages anthropic"],
    ["/olla/anthropic/v1/models", "anthropic_models all"],
    ["/olla/anthropic/v1/models/org/model", "anthropic_models org/model"],
    ["/olla/anthropic/v1/chat/completions", "unknown_anthropic on"],
    ["/olla/anthropic", "unknown_anthropic on"],
    ["/olla/vllm/v1/messages", "messages vllm /v1/messages anthropic"],
    ["/v1/models", "models openai any openai"],
    ["/v1/models/openai%2Fgpt-4", "model openai any openai openai%2Fgpt-4"],
    ["/v1/models/org/model", "model openai any openai org/model"],
    ["/api/chat", "ollama_chat any /api/chat ollama"],
    ["/api/show", "ollama_show any /api/show ollama"],
    ["/api/version", "ollama_view version any"],
    ["/api/ps", "ollama_view ps any"],
    ["/api/pull", "management"],
    ["/api/blobs/sha256:abc", "management"],
    ["/api/other", "proxy ollama /api/other ollama"],
    ["/api/v0/models", "models lemonade+lmstudio path /api/v0/models openai"],
    ["/api/v1/models", "models lemonade+lmstudio_v1 path /api/v1/models openai"],
    ["/api/tags", "models ollama any ollama"],
    ["/api/v1/load", "proxy any /api/v1/load openai"],
    ["/olla/proxy/v1/rerank", "proxy any /v1/rerank openai"],
    ["/olla/ollama/api/chat", "ollama_chat ollama /api/chat ollama"],
    ["/olla/ollama/api/ps", "ollama_view ps ollama"],
    ["/olla/lm_studio/v1/models", "models openai lm-studio openai"],
    ["/olla/lmstudio/api/v1/models", "models lmstudio_v1 lm-studio openai"],
    ["/olla/ollama/api/tags", "models ollama ollama ollama"],
    ["/olla/dmr/engines/v1/models", "models docker-model-runner docker-model-runner openai"],
    ["/olla/proxy/v1/models", "models openai any openai"],
    ["/olla/proxy/api/tags", "models ollama any ollama"],
    ["/olla/openai/v1/embeddings", "proxy openai-compatible /v1/embeddings openai"],
    ["/olla/litellm/health", "backend_health"],
    ["/olla/litellm/health/readiness", "proxy litellm /health/readiness openai"],
    ["/olla/models", "catalogue"],
    ["/olla/models/", "catalogue"],
    ["/olla/models/a/b", "catalogue_model a/b"],
    ["/olla/lite/v1/models", "unknown_prefix"],
    ["/olla", "unknown"],
    ["/", "own"],
    ["/version", "own"],
    ["/internal/status", "own"],
    ["/v1", "unknown"],
    ["/robots.txt", "unknown"],
    // Needless percent-encodings make no difference.
    ["/v1/m%65ssages", "messages any /v1/messages anthropic"],
    ["/api/p%75ll", "management"],
    ["/%61pi/pull", "management"],
    ["/ol%6ca/oll%61ma/api/pull", "management"],
    ["/olla/ollama/api%2fpull", "management"],
    ["/olla/ollama/api%2Fblobs%2Fsha256%3Aabc", "management"],
    ["/olla/ollama//api//pull", "management"],
    ["/olla/proxy/api%2F/delete", "management"],
    ["/olla/vllm/v1/a%2Fb%7E%20", "proxy vllm /v1/a%2Fb~%20 openai"],
    // Nor does a slash at the end.
    ["/v1/messages/", "messages any /v1/messages anthropic"],
    ["/olla/anthropic/v1/messages/", "messages any /v1/messages anthropic"],
    ["/olla/anthropic/v1/models/", "anthropic_models all"],
    ["/olla/anthropic/v1/models/m/", "anthropic_models m/"],
    ["/api/tags/", "models ollama any ollama"],
    ["/api/version/", "ollama_view version any"],
    ["/api/ps/", "ollama_view ps any"],
    ["/api/chat/", "ollama_chat any /api/chat ollama"],
    ["/olla/ollama/api/pull/", "management"],
    ["/olla/ollama/api/ps/", "ollama_view ps ollama"],
    ["/v1/models/", "models openai any openai"],
    ["/v1/other/", "proxy any /v1/other/ openai"],
  ];
  for (const [path, expected] of cases) {
    test(path, () => assert.equal(told(matchRoute(path, table)), expected));
  }

  test("/v1/models is Anthropic's for a client that says so", () => {
    assert.equal(told(matchRoute("/v1/models", table, { anthropic: true })), "anthropic_models all");
    assert.equal(told(matchRoute("/v1/messages", table, { anthropic: true })), "messages any /v1/messages anthropic");
  });

  test("Anthropic's routes can be switched off", () => {
    const operations = operationsOf(configOf("translators: {anthropic: {enabled: false}}"));
    const off = { ...table, operations };
    assert.equal(told(matchRoute("/olla/anthropic/v1/messages", off)), "unknown_anthropic off");
    assert.equal(told(matchRoute("/olla/anthropic/v1/models", off)), "unknown_anthropic off");
    assert.equal(told(matchRoute("/v1/messages", off)), "proxy any /v1/messages anthropic");
    assert.equal(told(matchRoute("/v1/models", off, { anthropic: true })), "models openai any openai");
  });

  test("root routes can be switched off", () => {
    for (const path of ["/v1/chat/completions", "/api/chat", "/v1/models"]) {
      assert.equal(matchRoute(path, { ...table, rootRoutes: false }).kind, "unknown");
    }
  });
});

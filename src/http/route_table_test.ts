import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadProfiles } from "../config/profile_load.ts";
import { ListPaths } from "./list_paths.ts";
import { matchRoute, type Route } from "./route_table.ts";

const { profiles } = loadProfiles({ dirs: [], readDir: () => [], readFile: () => "" });
const lists = new ListPaths(profiles);

/** `proxy any /v1/x openai`, `models litellm`, `model any org/m`, … */
function told(route: Route): string {
  const scope = "scope" in route ? (route.scope.kind === "any" ? "any" : route.scope.profile.name) : "";
  switch (route.kind) {
    case "proxy":
      return `proxy ${scope} ${route.path} ${route.dialect}`;
    case "models": {
      const { scope, format, id } = route.target;
      const where = `${format.name} ${scope.key || "any"} ${route.dialect}`;
      return id === undefined ? `models ${where}` : `model ${where} ${id}`;
    }
    case "catalogue_model":
      return `catalogue_model ${route.id}`;
    default:
      return route.kind;
  }
}

describe("matchRoute", () => {
  const cases: [path: string, expected: string][] = [
    ["/v1/chat/completions", "proxy any /v1/chat/completions openai"],
    ["/v1/messages", "proxy any /v1/messages anthropic"],
    ["/v1/models", "models openai any openai"],
    ["/v1/models/openai%2Fgpt-4", "model openai any openai openai%2Fgpt-4"],
    ["/v1/models/org/model", "model openai any openai org/model"],
    ["/api/chat", "proxy ollama /api/chat ollama"],
    ["/api/version", "proxy ollama /api/version ollama"],
    ["/api/v0/models", "models lemonade+lmstudio path /api/v0/models openai"],
    ["/api/v1/models", "models lemonade+lmstudio_v1 path /api/v1/models openai"],
    ["/api/tags", "models ollama ollama ollama"],
    ["/api/v1/load", "proxy any /api/v1/load openai"],
    ["/olla/proxy/v1/rerank", "proxy any /v1/rerank openai"],
    ["/olla/ollama/api/chat", "proxy ollama /api/chat ollama"],
    ["/olla/lm_studio/v1/models", "models openai lm-studio openai"],
    ["/olla/lmstudio/api/v1/models", "models lmstudio_v1 lm-studio openai"],
    ["/olla/ollama/api/tags", "models ollama ollama ollama"],
    ["/olla/dmr/engines/v1/models", "models docker-model-runner docker-model-runner openai"],
    ["/olla/proxy/v1/models", "models openai any openai"],
    ["/olla/proxy/api/tags", "models ollama path /api/tags ollama"],
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
  ];
  for (const [path, expected] of cases) {
    test(path, () => assert.equal(told(matchRoute(path, { profiles, lists, rootRoutes: true })), expected));
  }

  test("root routes can be switched off", () => {
    for (const path of ["/v1/chat/completions", "/api/chat", "/v1/models"]) {
      assert.equal(matchRoute(path, { profiles, lists, rootRoutes: false }).kind, "unknown");
    }
  });
});

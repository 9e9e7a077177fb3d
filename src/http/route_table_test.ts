import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadProfiles } from "../config/profile_load.ts";
import { matchRoute, type Route } from "./route_table.ts";

const { profiles } = loadProfiles({ dirs: [], readDir: () => [], readFile: () => "" });

/** `proxy any /v1/x openai`, `models type:litellm`, … */
function told(route: Route): string {
  const scope = "scope" in route ? (route.scope.kind === "any" ? "any" : route.scope.profile.name) : "";
  switch (route.kind) {
    case "proxy":
      return `proxy ${scope} ${route.path} ${route.dialect}`;
    case "models":
      return `models ${scope}`;
    case "model":
      return `model ${scope} ${route.id}`;
    default:
      return route.kind;
  }
}

describe("matchRoute", () => {
  const cases: [path: string, expected: string][] = [
    ["/v1/chat/completions", "proxy any /v1/chat/completions openai"],
    ["/v1/messages", "proxy any /v1/messages anthropic"],
    ["/v1/models", "models any"],
    ["/v1/models/openai%2Fgpt-4", "model any openai%2Fgpt-4"],
    ["/v1/models/org/model", "model any org/model"],
    ["/api/chat", "proxy ollama /api/chat ollama"],
    ["/api/version", "proxy ollama /api/version ollama"],
    ["/api/v0/models", "proxy any /api/v0/models openai"],
    ["/api/v1/load", "proxy any /api/v1/load openai"],
    ["/olla/proxy/v1/rerank", "proxy any /v1/rerank openai"],
    ["/olla/ollama/api/chat", "proxy ollama /api/chat ollama"],
    ["/olla/lm_studio/v1/models", "models lm-studio"],
    ["/olla/openai/v1/embeddings", "proxy openai-compatible /v1/embeddings openai"],
    ["/olla/litellm/health", "backend_health"],
    ["/olla/litellm/health/readiness", "proxy litellm /health/readiness openai"],
    ["/olla/models", "models any"],
    ["/olla/models/a/b", "model any a/b"],
    ["/olla/lite/v1/models", "unknown_prefix"],
    ["/olla", "unknown"],
    ["/", "own"],
    ["/version", "own"],
    ["/internal/status", "own"],
    ["/v1", "unknown"],
    ["/robots.txt", "unknown"],
  ];
  for (const [path, expected] of cases) {
    test(path, () => assert.equal(told(matchRoute(path, { profiles, rootRoutes: true })), expected));
  }

  test("root routes can be switched off", () => {
    for (const path of ["/v1/chat/completions", "/api/chat", "/v1/models"]) {
      assert.equal(matchRoute(path, { profiles, rootRoutes: false }).kind, "unknown");
    }
  });
});

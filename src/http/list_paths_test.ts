import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { get, load } from "../config/profile_test_support.ts";
import { ANY_SCOPE, type RouteScope } from "../routing/route_scope.ts";
import { ListPaths, type ListTarget } from "./list_paths.ts";

const BUILT_IN = load({});
const PATHS = new ListPaths(BUILT_IN.profiles);

const TYPES = [
  "ollama",
  "lm-studio",
  "lemonade",
  "docker-model-runner",
  "litellm",
  "vllm",
  "sglang",
  "omlx",
  "openai-compatible",
];

function typed(type: string, from = BUILT_IN): RouteScope {
  return { kind: "type", profile: get(from, type) };
}

/** `openai [ollama vllm]`, with the id behind it for one model; `-` for no list. */
function told(target: ListTarget | undefined): string {
  if (target === undefined) return "-";
  const all = TYPES.filter((type) => target.scope.includes(get(BUILT_IN, type)));
  const who = all.length === TYPES.length ? "all" : all.join(" ");
  return `${target.format.name} [${who}]${target.id === undefined ? "" : ` ${target.id}`}`;
}

describe("lists on the route of a type", () => {
  const cases: [type: string, path: string, expected: string][] = [
    ["ollama", "/api/tags", "ollama [ollama]"],
    ["ollama", "/v1/models", "openai [ollama]"],
    ["ollama", "/v1/models/", "openai [ollama]"],
    ["ollama", "/v1/models/library/llama3:8b", "openai [ollama] library/llama3:8b"],
    ["ollama", "/v1/models/library%2Fllama3", "openai [ollama] library%2Fllama3"],
    ["ollama", "/api/ps", "-"],
    ["ollama", "/api/chat", "-"],
    ["lm-studio", "/api/v0/models", "lmstudio [lm-studio]"],
    ["lm-studio", "/api/v0/models/org/m", "lmstudio [lm-studio] org/m"],
    ["lm-studio", "/api/v1/models", "lmstudio_v1 [lm-studio]"],
    ["lm-studio", "/api/v1/models/load", "-"],
    ["lm-studio", "/v1/models", "openai [lm-studio]"],
    ["lemonade", "/api/v1/models", "lemonade [lemonade]"],
    ["lemonade", "/api/v1/models/m", "lemonade [lemonade] m"],
    ["lemonade", "/v1/models", "lemonade [lemonade]"],
    ["docker-model-runner", "/engines/v1/models", "docker-model-runner [docker-model-runner]"],
    ["docker-model-runner", "/engines/v1/models/ai/smollm2", "docker-model-runner [docker-model-runner] ai/smollm2"],
    ["docker-model-runner", "/engines/llama.cpp/v1/models", "docker-model-runner [docker-model-runner]"],
    ["docker-model-runner", "/engines/vllm/v1/models/ai/x", "docker-model-runner [docker-model-runner] ai/x"],
    ["docker-model-runner", "/engines/vllm/v1/chat/completions", "-"],
    ["docker-model-runner", "/engines//v1/models", "-"],
    ["litellm", "/v1/models", "litellm [litellm]"],
    ["litellm", "/models", "litellm [litellm]"],
    ["litellm", "/models/gpt-4o", "litellm [litellm] gpt-4o"],
    ["litellm", "/models/gemini-pro:generateContent", "-"],
    ["litellm", "/v1beta/models/gemini-pro:generateContent", "-"],
    ["litellm", "/model/info", "-"],
    ["vllm", "/v1/models", "vllm [vllm]"],
    ["vllm", "/models", "-"],
    ["sglang", "/v1/models", "sglang [sglang]"],
    ["sglang", "/api/tags", "ollama [sglang]"],
    ["omlx", "/v1/models", "omlx [omlx]"],
    ["omlx", "/v1/models/qwen", "omlx [omlx] qwen"],
    ["omlx", "/v1/models/status", "-"],
    ["openai-compatible", "/v1/models", "openai [all]"],
  ];
  for (const [type, path, expected] of cases) {
    test(`${path} of ${type}: ${expected}`, () => assert.equal(told(PATHS.find(typed(type), path)), expected));
  }
});

describe("lists on the routes to any backend", () => {
  const cases: [path: string, expected: string][] = [
    ["/v1/models", "openai [all]"],
    ["/v1/models/org/m", "openai [all] org/m"],
    ["/api/tags", "ollama [ollama sglang]"],
    ["/api/v0/models", "lemonade+lmstudio [lm-studio lemonade]"],
    ["/api/v1/models", "lemonade+lmstudio_v1 [lm-studio lemonade]"],
    ["/engines/v1/models", "docker-model-runner [docker-model-runner]"],
    ["/models/gemini-pro:generateContent", "-"],
    ["/v1/chat/completions", "-"],
    ["/", "-"],
  ];
  for (const [path, expected] of cases) {
    test(`${path}: ${expected}`, () => assert.equal(told(PATHS.find(ANY_SCOPE, path)), expected));
  }
});

describe("a type of the user's own", () => {
  const OWN = `
name: mine
routing: {prefixes: [mine]}
api:
  model_discovery_path: /catalog/list
  paths: [/catalog/list, "GET /v1/models", "POST /v1/models/{model}/warm", "GET /v1/models/{model}"]
request: {response_format: ollama}
`;
  const own = load({ "./profiles": { "mine.yaml": OWN } });
  const paths = new ListPaths(own.profiles);
  const cases: [path: string, format: string | undefined, id?: string][] = [
    ["/catalog/list", "ollama"],
    ["/v1/models", "openai"],
    ["/v1/models/m", "openai", "m"],
    ["/v1/models/m/warm", undefined],
  ];
  for (const [path, format, id] of cases) {
    test(`has ${path} as ${format ?? "no list"}`, () => {
      const target = paths.find(typed("mine", own), path);
      assert.equal(target?.format.name, format);
      assert.equal(target?.id, id);
    });
  }
});

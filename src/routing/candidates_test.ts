import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPathPattern } from "../config/path_pattern.ts";
import { Registry } from "../endpoints/registry.ts";
import { testEndpoint, testProfile, testProfiles } from "../endpoints/test_support.ts";
import { CandidateIndex, type RouteQuery, type RouteResult } from "./candidates.ts";
import { ANY_SCOPE, type RouteScope } from "./route_scope.ts";

const CHAT = "/v1/chat/completions";
const PATHS = [CHAT, "/v1/embeddings", "/v1/models"].map(pattern);
const PROFILES = testProfiles([
  testProfile("ollama", { paths: [...PATHS, pattern("/api/chat")] }),
  testProfile("litellm", { paths: PATHS }),
  testProfile("openai-compatible", { paths: PATHS, prefixes: ["openai"] }),
]);

function pattern(path: string) {
  const read = readPathPattern(path);
  assert.ok(read.kind === "pattern");
  return read.pattern;
}

/** Endpoint name → type and its models; `down` ones are known but offline. */
type World = Record<string, { type: string; models: string[]; down?: boolean; unsynced?: boolean }>;

function world(endpoints: World, aliases: Record<string, string[]> = {}, modelsKnown = true) {
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  let port = 0;
  for (const [name, { type, down }] of Object.entries(endpoints)) {
    const state = registry.add(testEndpoint({ name, url: `http://127.0.0.1:${++port}`, type }), PROFILES.byType(type));
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, 0, 1);
    if (down === true) registry.reportUnreachable(state, "refused", 2);
  }
  const names = [...new Set(Object.values(endpoints).flatMap(({ models }) => models))];
  const models = {
    version: 1,
    resolve(name: string) {
      const hosts = Object.entries(endpoints).filter(([, { models }]) => models.includes(name)).map(([host]) => host);
      return hosts.length === 0 ? undefined : { modelId: name, native: new Map(hosts.map((host) => [host, name])) };
    },
    closest: (name: string) => names.filter((known) => known[0] === name[0]),
    isSynced: (name: string) => endpoints[name]?.unsynced !== true,
  };
  const index = new CandidateIndex({ endpoints: registry, models, profiles: PROFILES, aliases, modelsKnown });
  return { registry, index };
}

function query(fields: Partial<RouteQuery> = {}): RouteQuery {
  return { scope: ANY_SCOPE, method: "POST", path: CHAT, model: "llama", hasOwner: false, ...fields };
}

function typed(type: string): RouteScope {
  const profile = PROFILES.byType(type);
  assert.ok(profile !== undefined);
  return { kind: "type", profile };
}

/** `a=llama b=gpt` or the refusal's code. */
function told(result: RouteResult): string {
  if (result.kind === "refused") return result.error.code;
  return result.list.candidates.map(({ state, model }) => `${state.endpoint.name}=${model ?? "-"}`).join(" ");
}

const TWO: World = {
  a: { type: "ollama", models: ["llama", "shared"] },
  b: { type: "litellm", models: ["gpt", "shared"] },
};

describe("candidates of a request", () => {
  const cases: [story: string, world: World, query: Partial<RouteQuery>, expected: string][] = [
    ["the endpoint that has the model", TWO, {}, "a=llama"],
    ["all that have it, in config order", TWO, { model: "shared" }, "a=shared b=shared"],
    ["only those of the route's type", TWO, { model: "shared", scope: typed("litellm") }, "b=shared"],
    [
      "the openai route reaches every compatible type",
      TWO,
      { model: "shared", scope: typed("openai-compatible") },
      "a=shared b=shared",
    ],
    ["a model that nobody has", TWO, { model: "lama" }, "model_not_found"],
    ["a model of another type", TWO, { scope: typed("litellm") }, "model_not_found"],
    [
      "a path that the route's type does not list",
      TWO,
      { scope: typed("litellm"), path: "/key/generate" },
      "path_not_enabled",
    ],
    ["a path that the model's host does not list", TWO, { path: "/api/chat", model: "gpt" }, "path_not_enabled"],
    ["a host that is down", { a: { type: "ollama", models: ["llama"], down: true } }, {}, "model_unavailable"],
    [
      "the other host when one is down",
      { ...TWO, c: { type: "ollama", models: ["llama"], down: true } },
      {},
      "a=llama",
    ],
    ["no endpoint at all", {}, {}, "no_endpoints"],
    [
      "no endpoint of the type",
      { a: { type: "ollama", models: ["llama"] } },
      { scope: typed("litellm") },
      "no_endpoints",
    ],
    ["no list has come yet", { a: { type: "ollama", models: [], unsynced: true } }, {}, "model_unavailable"],
    [
      "no model: GET goes to any that has the path",
      TWO,
      { method: "GET", path: "/v1/models", model: undefined },
      "a=- b=-",
    ],
    ["no model: POST over several types is refused", TWO, { model: undefined }, "invalid_request"],
    ["no model: POST goes when one type has the path", TWO, { path: "/api/chat", model: undefined }, "a=-"],
    ["no model: POST goes inside one type", TWO, { model: undefined, scope: typed("litellm") }, "b=-"],
    ["no model: POST with an owner goes to any", TWO, { model: undefined, hasOwner: true }, "a=- b=-"],
  ];
  for (const [story, endpoints, fields, expected] of cases) {
    test(story, () => assert.equal(told(world(endpoints).index.find(query(fields))), expected));
  }
});

describe("aliases", () => {
  const aliases = {
    assistant: ["llama", "gpt"],
    Big: ["gpt"],
    lost: ["nothing"],
    llama: ["gpt"],
    gpt: ["llama", "gpt"],
  };
  const cases: [model: string, expected: string][] = [
    ["assistant", "a=llama b=gpt"],
    ["Big", "b=gpt"],
    ["big", "b=gpt"],
    ["lost", "model_not_found"],
    ["llama", "b=gpt"],
    ["GPT", "a=llama b=gpt"],
  ];
  for (const [model, expected] of cases) {
    test(model, () => assert.equal(told(world(TWO, aliases).index.find(query({ model }))), expected));
  }

  test("say so in the routing headers", () => {
    const result = world(TWO, aliases).index.find(query({ model: "assistant" }));
    assert.deepEqual(result.kind === "list" && result.list.decision, {
      strategy: "alias",
      decision: "routed",
      reason: 'alias "assistant" resolved to 2 endpoint(s)',
    });
  });
});

test("with discovery switched off every endpoint is taken to have every model", () => {
  assert.equal(told(world(TWO, {}, false).index.find(query({ model: "anything" }))), "a=anything b=anything");
});

test("an answer is remembered, and forgotten when an endpoint changes", () => {
  const { registry, index } = world({ ...TWO, c: { type: "ollama", models: ["llama"] } });
  const first = index.find(query());
  assert.equal(index.find(query()), first);
  const c = registry.get("c");
  assert.ok(c !== undefined);
  registry.reportUnreachable(c, "refused", 10);
  assert.equal(told(index.find(query())), "a=llama");
});

test("an unknown model is answered with the names that come close", () => {
  const result = world(TWO).index.find(query({ model: "lama" }));
  assert.ok(result.kind === "refused" && result.mayRefresh);
  assert.match(result.error.message, /"lama" does not exist; did you mean "llama"\?/);
});

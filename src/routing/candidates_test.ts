import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPathPattern } from "../config/path_pattern.ts";
import { Registry } from "../endpoints/registry.ts";
import { testEndpoint, testProfile, testProfiles } from "../endpoints/test_support.ts";
import { Catalog } from "../models/catalog/catalog.ts";
import type { DiscoveredModel } from "../models/model.ts";
import { CandidateIndex, type CandidateIndexOptions, type RouteResult } from "./candidates.ts";
import { EMBEDDINGS, NO_NEEDS, TOOLS, VISION } from "./needs.ts";
import type { RouteQuery } from "./route_query.ts";
import { ANY_SCOPE, type RouteScope } from "./route_scope.ts";
import type { RoutingPolicy } from "./strategies.ts";

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

/** An endpoint's type and models. */
interface Server {
  readonly type: string;
  readonly models: readonly (string | DiscoveredModel)[];
  /** Known, but offline. */
  readonly down?: boolean;
  /** It has told no models. */
  readonly unsynced?: boolean;
  /** What its `model_filter` leaves out. */
  readonly exclude?: readonly string[];
}

/** By endpoint name. */
type World = Record<string, Server>;

const STRICT: RoutingPolicy = { type: "strict", fallback: "none", refreshOnMiss: true, refreshTimeoutMs: 2000 };

function world(endpoints: World, options: Partial<CandidateIndexOptions> = {}) {
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  const catalog = new Catalog({ joinByDigest: true });
  let port = 0;
  for (const [name, { type, models, down, unsynced, exclude = [] }] of Object.entries(endpoints)) {
    const model_filter = { include: [], exclude: [...exclude] };
    const endpoint = testEndpoint({ name, url: `http://127.0.0.1:${++port}`, type, model_filter });
    const state = registry.add(endpoint, PROFILES.byType(type));
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, 0, 1);
    if (down === true) registry.reportUnreachable(state, "refused", 2);
    const list = models.map((model) => typeof model === "string" ? { id: model } : model);
    if (unsynced !== true) catalog.setModels(name, list, 1000);
  }
  const index = new CandidateIndex({
    endpoints: registry,
    models: catalog,
    modelsKnown: true,
    modelsHaving: () => ["llava"],
    aliases: {},
    ignoredSuffixes: [],
    policy: STRICT,
    isLoaded: () => undefined,
    ...options,
  });
  return { registry, index };
}

function query(fields: Partial<RouteQuery> = {}): RouteQuery {
  return {
    scope: ANY_SCOPE,
    method: "POST",
    path: CHAT,
    model: "llama",
    needs: NO_NEEDS,
    operation: undefined,
    hasOwner: false,
    ...fields,
  };
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
    test(model, () => assert.equal(told(world(TWO, { aliases }).index.find(query({ model }))), expected));
  }

  test("are final: a model of that very name does not take their place", () => {
    const servers: World = {
      local: { type: "ollama", models: [{ id: "llama", capabilities: { vision: false } }] },
      cloud: { type: "litellm", models: ["gpt-4o"] },
    };
    const local = { aliases: { "gpt-4o": ["llama"] } };
    assert.equal(told(world(servers, local).index.find(query({ model: "gpt-4o" }))), "local=llama");
    const picture = query({ model: "gpt-4o", needs: VISION });
    assert.equal(told(world(servers, local).index.find(picture)), "capability_missing");
    const down: World = { ...servers, local: { type: "ollama", models: ["llama"], down: true } };
    assert.equal(told(world(down, local).index.find(query({ model: "gpt-4o" }))), "model_unavailable");
    const unknown = { aliases: { "gpt-4o": ["llama-x"] } };
    assert.equal(told(world(servers, unknown).index.find(query({ model: "gpt-4o" }))), "model_not_found");
  });

  test("say so in the routing headers", () => {
    const result = world(TWO, { aliases }).index.find(query({ model: "assistant" }));
    assert.deepEqual(result.kind === "list" && result.list.decision, {
      strategy: "alias",
      decision: "routed",
      reason: 'alias "assistant" resolved to 2 endpoint(s)',
    });
  });
});

test("with discovery switched off every endpoint is taken to have every model", () => {
  assert.equal(
    told(world(TWO, { modelsKnown: false }).index.find(query({ model: "anything" }))),
    "a=anything b=anything",
  );
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

test("a refusal says who could not be asked for models yet", () => {
  const result = world({ ...TWO, late: { type: "ollama", models: [], unsynced: true } }).index.find(
    query({ model: "nothing" }),
  );
  assert.ok(result.kind === "refused");
  assert.match(result.error.message, /"nothing" does not exist \(late could not be asked for models yet\); /);
});

test("an unknown model is answered with the names that come close", () => {
  const result = world(TWO).index.find(query({ model: "lama" }));
  assert.ok(result.kind === "refused" && result.mayRefresh);
  assert.match(result.error.message, /"lama" does not exist; did you mean "llama"\?/);
});

describe("names", () => {
  const servers: World = {
    a: { type: "ollama", models: [{ id: "llama3:latest", aliases: ["llama3"] }, "Qwen3:8b"] },
    b: { type: "litellm", models: ["llama3", "openai/*"] },
  };
  const cases: [story: string, model: string, expected: string][] = [
    ["are read ignoring case, and written as the endpoint has them", "qwen3:8B", "a=Qwen3:8b"],
    ["of Ollama are the same with :latest", "llama3", "a=llama3 b=llama3"],
    ["that a wildcard covers go as they are", "openai/gpt-4o", "b=openai/gpt-4o"],
    ["with an ignored suffix lose it", "Qwen3:8b[1m]", "a=Qwen3:8b"],
    ["with an ignored suffix lose it before a wildcard takes them", "llama3[1m]", "a=llama3 b=llama3"],
    ["of aliases lose it too", "best[1m]", "a=Qwen3:8b"],
    ["with another suffix do not exist", "Qwen3:8b[2m]", "model_not_found"],
    ["that are only a suffix do not exist", "[1m]", "model_not_found"],
  ];
  for (const [story, model, expected] of cases) {
    test(story, () => {
      const { index } = world(servers, { aliases: { best: ["Qwen3:8b"] }, ignoredSuffixes: ["[1m]"] });
      assert.equal(told(index.find(query({ model }))), expected);
    });
  }
  test("that a wildcard covers and the endpoint's filter leaves out do not exist", () => {
    const { index } = world({ a: { type: "litellm", models: ["openai/*"], exclude: ["*embed*"] } });
    assert.equal(told(index.find(query({ model: "openai/text-embedding-3" }))), "model_not_found");
    assert.equal(told(index.find(query({ model: "openai/gpt-4o" }))), "a=openai/gpt-4o");
  });
  test("with a suffix that is part of a real name are left whole", () => {
    const { index } = world({ a: { type: "ollama", models: ["x[1m]", "x"] } }, { ignoredSuffixes: ["[1m]"] });
    assert.equal(told(index.find(query({ model: "x[1m]" }))), "a=x[1m]");
  });
});

describe("what a request needs", () => {
  const blind: DiscoveredModel = { id: "gemma", capabilities: { vision: false, tools: true, embeddings: false } };
  const seeing: DiscoveredModel = { id: "gemma", capabilities: { vision: true } };
  const servers: World = {
    blind: { type: "ollama", models: [blind] },
    seeing: { type: "ollama", models: [seeing] },
    silent: { type: "litellm", models: ["gemma"] },
  };
  const all = "blind=gemma seeing=gemma silent=gemma";
  const cases: [story: string, needs: number, expected: string][] = [
    ["nothing: all that have the model", NO_NEEDS, all],
    ["vision: never an endpoint that is known to lack it", VISION, "seeing=gemma silent=gemma"],
    ["tools: an endpoint that does not say is asked", TOOLS, all],
    ["both", TOOLS | VISION, "seeing=gemma silent=gemma"],
  ];
  for (const [story, needs, expected] of cases) {
    test(story, () => assert.equal(told(world(servers).index.find(query({ model: "gemma", needs }))), expected));
  }

  test("and nobody can is refused by name, and never sent to another model", () => {
    const { index } = world({ blind: { type: "ollama", models: [blind, "llava"] } });
    const result = index.find(query({ model: "gemma", needs: VISION }));
    assert.ok(result.kind === "refused");
    assert.equal(result.error.code, "capability_missing");
    assert.equal(
      result.error.message,
      'The model "gemma" cannot take pictures, says blind; models that can: "llava"',
    );
    assert.deepEqual(result.decision, { strategy: "strict", decision: "rejected", reason: "capability_missing" });
  });

  test("and each can only a part of it is refused with what is true of all", () => {
    const eyes: DiscoveredModel = { id: "gemma", capabilities: { vision: true, tools: false } };
    const nothing: DiscoveredModel = { id: "gemma", capabilities: { vision: false, tools: false } };
    const cases: [models: readonly DiscoveredModel[], cannot: string][] = [
      [[blind, eyes], "take pictures and use tools at once"],
      [[nothing, eyes], "use tools"],
      [[blind, nothing], "take pictures"],
    ];
    for (const [[one, other], cannot] of cases) {
      assert.ok(one && other);
      const { index } = world({ a: { type: "ollama", models: [one] }, b: { type: "ollama", models: [other] } });
      const result = index.find(query({ model: "gemma", needs: VISION | TOOLS }));
      assert.ok(result.kind === "refused");
      assert.equal(
        result.error.message,
        `The model "gemma" cannot ${cannot}, says a, b; models that can: "llava"`,
      );
    }
  });

  test("and the endpoint that can is down: it is unavailable, and the others are not asked", () => {
    const { index } = world({
      blind: { type: "ollama", models: [blind] },
      seeing: { type: "ollama", models: [seeing], down: true },
    });
    assert.equal(told(index.find(query({ model: "gemma", needs: VISION }))), "model_unavailable");
  });

  test("is found behind an alias by the first of its names that can", () => {
    const { index } = world(
      { a: { type: "ollama", models: [blind, { id: "llava", capabilities: { vision: true } }] } },
      { aliases: { eyes: ["gemma", "llava"] } },
    );
    assert.equal(told(index.find(query({ model: "eyes" }))), "a=gemma");
    assert.equal(told(index.find(query({ model: "eyes", needs: VISION }))), "a=llava");
  });

  test("embeddings: a chat model that says it makes none is refused", () => {
    const { index } = world({ a: { type: "ollama", models: [blind] } });
    const result = index.find(query({ model: "gemma", path: "/v1/embeddings", needs: EMBEDDINGS }));
    assert.equal(told(result), "capability_missing");
  });
});

describe("a model that nobody in service has", () => {
  const policy = (type: RoutingPolicy["type"], fallback: RoutingPolicy["fallback"], refreshOnMiss = true) => ({
    type,
    fallback,
    refreshOnMiss,
    refreshTimeoutMs: 2000,
  });
  /** a has it but is down, b is there without it, c has not told its models. */
  const servers: World = {
    a: { type: "ollama", models: ["llama"], down: true },
    b: { type: "ollama", models: ["other"] },
    c: { type: "ollama", models: [], unsynced: true },
  };
  type Row = [policy: RoutingPolicy, model: string, code: string, reason: string, fallback: string, why?: string];
  const rows: Row[] = [
    [STRICT, "llama", "model_unavailable", "model_unavailable", "-"],
    [STRICT, "gpt", "model_not_found", "model_not_found", "-"],
    [policy("optimistic", "none"), "llama", "model_unavailable", "model_unavailable_no_fallback", "-"],
    [policy("optimistic", "none"), "gpt", "model_not_found", "model_not_found", "-"],
    [
      policy("optimistic", "compatible_only"),
      "llama",
      "model_unavailable",
      "model_unavailable_compatible_only",
      "c=llama",
      "compatible_fallback",
    ],
    [
      policy("optimistic", "compatible_only"),
      "gpt",
      "model_not_found",
      "model_not_found",
      "c=gpt",
      "model_not_found_compatible_fallback",
    ],
    [
      policy("optimistic", "all"),
      "llama",
      "model_unavailable",
      "model_unavailable_no_fallback",
      "b=llama c=llama",
      "all_healthy_fallback",
    ],
    [
      policy("optimistic", "all"),
      "gpt",
      "model_not_found",
      "model_not_found",
      "b=gpt c=gpt",
      "model_not_found_fallback",
    ],
    [policy("discovery", "none"), "gpt", "model_not_found", "discovery_failed_no_fallback", "-"],
    [policy("discovery", "none"), "llama", "model_unavailable", "model_unavailable_after_discovery", "-"],
    [
      policy("discovery", "all"),
      "gpt",
      "model_not_found",
      "no_healthy_after_discovery",
      "b=gpt c=gpt",
      "discovery_failed_all_fallback",
    ],
    [policy("discovery", "none", false), "llama", "model_unavailable", "model_unavailable_no_refresh", "-"],
    [policy("discovery", "none", false), "gpt", "model_not_found", "model_not_found", "-"],
  ];
  for (const [policy, model, code, reason, fallback, why] of rows) {
    const { type, refreshOnMiss } = policy;
    test(`${type}, ${policy.fallback}, refresh ${refreshOnMiss}: ${model}`, () => {
      const result = world(servers, { policy }).index.find(query({ model }));
      assert.ok(result.kind === "refused");
      assert.equal(result.error.code, code);
      assert.deepEqual(result.decision, { strategy: type, decision: "rejected", reason });
      assert.equal(result.error.headers["X-Olla-Routing-Reason"], reason);
      const list = result.fallback;
      assert.equal(list === undefined ? "-" : told({ kind: "list", list }), fallback);
      const decision = why === undefined ? undefined : { strategy: type, decision: "fallback", reason: why };
      assert.deepEqual(list?.decision, decision);
    });
  }

  test("falls back to no endpoint that does not serve the path", () => {
    const { index } = world(
      { a: { type: "ollama", models: ["llama"] }, b: { type: "litellm", models: ["gpt"] } },
      { policy: policy("optimistic", "all") },
    );
    const result = index.find(query({ model: "new", path: "/api/chat" }));
    assert.ok(result.kind === "refused" && result.fallback !== undefined);
    assert.equal(told({ kind: "list", list: result.fallback }), "a=new");
  });

  test("falls back under the first name of an alias", () => {
    const { index } = world(
      { a: { type: "ollama", models: ["other"] } },
      { policy: policy("optimistic", "all"), aliases: { assistant: ["gpt", "gpt-mini"] } },
    );
    const result = index.find(query({ model: "assistant" }));
    assert.ok(result.kind === "refused" && result.fallback !== undefined);
    assert.equal(told({ kind: "list", list: result.fallback }), "a=gpt");
    assert.match(result.error.message, /it is an alias for "gpt", "gpt-mini", none of which is there/);
  });
});

test("a list knows the catalogue's name of the model, and an alias its own", () => {
  const { index } = world({ a: { type: "ollama", models: ["Llama"] } }, { aliases: { Best: ["Llama"] } });
  const idOf = (model: string) => {
    const result = index.find(query({ model }));
    return result.kind === "list" ? result.list.modelId : result.modelId;
  };
  assert.deepEqual(["llama", "best", "none"].map(idOf), ["Llama", "Best", undefined]);
});

test("a candidate tells whether its model would have to be loaded, as of now", () => {
  const loaded = new Set(["b llama"]);
  const isLoaded = (endpoint: string, id: string) => endpoint === "c" ? undefined : loaded.has(`${endpoint} ${id}`);
  const { index } = world({
    a: { type: "ollama", models: ["llama"] },
    b: { type: "ollama", models: ["llama"] },
    c: { type: "litellm", models: ["llama"] },
  }, { isLoaded });
  const result = index.find(query());
  assert.ok(result.kind === "list");
  const cold = () => result.list.candidates.map((candidate) => candidate.isCold());
  assert.deepEqual(cold(), [true, false, false]);
  loaded.add("a llama");
  assert.deepEqual(cold(), [false, false, false]);
});

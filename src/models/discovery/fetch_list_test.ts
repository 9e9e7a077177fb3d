import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EndpointConfig } from "../../config/schema.ts";
import type { Profile } from "../../config/profile.ts";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import { FakeTime, testEndpoint, testProfile } from "../../endpoints/test_support.ts";
import { fetchModelList, modelListUrls } from "./fetch_list.ts";

const LIST = { object: "list", data: [{ id: "m" }] };

/** Asks an endpoint whose server answers so, and notes what it was asked. */
async function ask(
  answer: (url: string) => Response | Promise<Response>,
  { config = {}, profile = {} }: { config?: Partial<EndpointConfig>; profile?: Partial<Profile> } = {},
) {
  const time = new FakeTime();
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const client: BackendClient = {
    timers: time.timers,
    now: () => time.now,
    userAgent: "olla/1.0.0",
    fetch: (url, { headers }) => {
      asked.push({ url, headers });
      return Promise.resolve(answer(url));
    },
  };
  const result = await fetchModelList(client, {
    endpoint: testEndpoint({ name: "one", url: "http://127.0.0.1:9", ...config }),
    profile: testProfile("vllm", profile),
    timeoutMs: 30_000,
    signal: new AbortController().signal,
  });
  return { result, asked };
}

describe("modelListUrls()", () => {
  const cases: readonly [string, Partial<EndpointConfig>, Partial<Profile>, string][] = [
    ["the profile's path", {}, {}, "http://127.0.0.1:9/v1/models"],
    ["below the endpoint's own path", { url: "http://127.0.0.1:9/llm" }, {}, "http://127.0.0.1:9/llm/v1/models"],
    ["the endpoint's path", { model_url: "/list" }, {}, "http://127.0.0.1:9/list"],
    ["the endpoint's path without a slash", { model_url: "list" }, {}, "http://127.0.0.1:9/list"],
    ["an absolute URL", { model_url: "https://other/x" }, {}, "https://other/x"],
    ["the profile's when the endpoint's is blank", { model_url: " " }, {}, "http://127.0.0.1:9/v1/models"],
    ["the profile's query", {}, { model_discovery_query: "a=1" }, "http://127.0.0.1:9/v1/models?a=1"],
    [
      "the profile's query on the endpoint's path",
      { model_url: "/v1/models" },
      { model_discovery_query: "a=1" },
      "http://127.0.0.1:9/v1/models?a=1",
    ],
    ["the endpoint's own query", { model_url: "/l?b=2" }, { model_discovery_query: "a=1" }, "http://127.0.0.1:9/l?b=2"],
  ];
  for (const [what, config, profile, url] of cases) {
    test(`is ${what}`, () => {
      const endpoint = testEndpoint({ url: "http://127.0.0.1:9", ...config });
      assert.deepEqual(modelListUrls(endpoint, testProfile("vllm", profile)), [url]);
    });
  }

  test("are all paths of the profile, but only the endpoint's own model_url", () => {
    const profile = testProfile("lm-studio", { model_discovery_paths: ["/api/v1/models", "/api/v0/models"] });
    const url = "http://127.0.0.1:9";
    assert.deepEqual(modelListUrls(testEndpoint({ url }), profile), [`${url}/api/v1/models`, `${url}/api/v0/models`]);
    assert.deepEqual(modelListUrls(testEndpoint({ url, model_url: "/mine" }), profile), [`${url}/mine`]);
  });
});

describe("fetchModelList()", () => {
  const TWO_PATHS = { model_discovery_paths: ["/new", "/old"] };

  const absent: readonly [string, () => Response][] = [
    ["404", () => new Response("404 page not found", { status: 404 })],
    ["LM Studio's 200", () => Response.json({ error: "Unexpected endpoint or method. (GET /new)" })],
  ];
  for (const [what, answer] of absent) {
    test(`asks the next path when there is nothing at the former: ${what}`, async () => {
      const { result, asked } = await ask((url) => url.endsWith("/new") ? answer() : Response.json(LIST), {
        profile: TWO_PATHS,
      });
      assert.deepEqual(asked.map(({ url }) => new URL(url).pathname), ["/new", "/old"]);
      assert.deepEqual(result, {
        kind: "models",
        models: [{ id: "m" }],
        origin: { url: "http://127.0.0.1:9/old", isLlamaSwap: false },
      });
    });
  }

  test("asks no other path after any other answer, nor after a good one", async () => {
    for (const status of [200, 401, 403, 429, 500]) {
      const { asked } = await ask(() => Response.json(LIST, { status }), { profile: TWO_PATHS });
      assert.equal(asked.length, 1, String(status));
    }
  });

  test("names all paths when there is nothing at any", async () => {
    const { result } = await ask(() => new Response("", { status: 404 }), { profile: TWO_PATHS });
    assert.deepEqual(result, {
      kind: "failed",
      reason: "GET /new and GET /old answer 404; if its model list is elsewhere, say so with model_url",
    });
  });

  test("knows llama-swap's list, whatever the endpoint's type", async () => {
    const { result } = await ask(() => Response.json({ data: [{ id: "m", owned_by: "llama-swap" }] }));
    assert.ok(result.kind === "models");
    assert.equal(result.origin.isLlamaSwap, true);
  });

  test("reads the list in the profile's format", async () => {
    const { result, asked } = await ask(() => Response.json({ models: [{ name: "a:latest" }] }), {
      profile: { response_format: "ollama", model_discovery_paths: ["/api/tags"] },
    });
    assert.ok(result.kind === "models");
    assert.deepEqual(result.models, [{ id: "a:latest", aliases: ["a"] }]);
    assert.equal(asked[0]?.url, "http://127.0.0.1:9/api/tags");
    assert.equal(asked[0]?.headers["user-agent"], "olla/1.0.0");
  });

  test("sends the endpoint's credentials", async () => {
    const { asked } = await ask(() => Response.json(LIST), {
      config: { resolved_headers: { authorization: "Bearer k", "x-team": "t" } },
    });
    assert.equal(asked[0]?.headers.authorization, "Bearer k");
    assert.equal(asked[0]?.headers["x-team"], "t");
  });

  test("follows a redirect on the same host, and none to another", async () => {
    const here = await ask((url) => url.endsWith("/moved") ? Response.json(LIST) : redirect("/moved"));
    assert.ok(here.result.kind === "models");
    assert.deepEqual(here.result.models, [{ id: "m" }]);
    const away = await ask(() => redirect("http://evil.example/v1/models"));
    assert.deepEqual(away.asked.map(({ url }) => url), ["http://127.0.0.1:9/v1/models"]);
    assert.deepEqual(away.result, { kind: "failed", reason: "GET /v1/models answers 302" });
  });

  test("knows how LiteLLM without a database refuses a key", async () => {
    const noDb = { error: { message: "No connected db.", type: "no_db_connection", param: null, code: "400" } };
    const wrong = await ask(() => Response.json(noDb, { status: 400 }), { profile: { name: "litellm" } });
    assert.equal(wrong.result.kind, "unauthorized");
    const other = await ask(() => Response.json(noDb, { status: 400 }));
    assert.equal(other.result.kind, "failed");
  });

  test("says what LiteLLM may mean by a 500 when it gets no key", async () => {
    const none = await ask(() => new Response("Internal Server Error", { status: 500 }), {
      profile: { name: "litellm" },
    });
    assert.ok(none.result.kind === "failed");
    assert.match(none.result.reason, /answers 500; .*master key.*add auth/);
  });

  const failures: readonly [string, () => Response, unknown][] = [
    ["401", () => new Response("no", { status: 401 }), {
      kind: "unauthorized",
      status: 401,
      reason: "GET /v1/models answers 401",
    }],
    ["403", () => new Response("no", { status: 403 }), {
      kind: "unauthorized",
      status: 403,
      reason: "GET /v1/models answers 403",
    }],
    ["404", () => new Response("no", { status: 404 }), {
      kind: "failed",
      reason: "GET /v1/models answers 404; if its model list is elsewhere, say so with model_url",
    }],
    ["500 with a list in it", () => Response.json(LIST, { status: 500 }), {
      kind: "failed",
      reason: "GET /v1/models answers 500",
    }],
    ["201", () => Response.json(LIST, { status: 201 }), { kind: "failed", reason: "GET /v1/models answers 201" }],
    ["HTML", () => new Response("<html>"), {
      kind: "failed",
      reason: "the answer to GET /v1/models cannot be used: it is not JSON",
    }],
    ["an empty body", () => new Response(""), {
      kind: "failed",
      reason: "the answer to GET /v1/models cannot be used: it is not JSON",
    }],
    ["JSON without a list", () => Response.json({ ok: true }), {
      kind: "failed",
      reason:
        'the answer to GET /v1/models cannot be used: it holds no model list: neither "data" nor "models" is a list',
    }],
    ["a list of more than 10 MiB", () => new Response(endless()), {
      kind: "failed",
      reason: "GET /v1/models answers more than 10 MiB",
    }],
  ];
  for (const [what, answer, expected] of failures) {
    test(`says what is wrong with ${what}`, async () => {
      assert.deepEqual((await ask(answer)).result, expected);
    });
  }

  test("says that the server cannot be reached, without its address", async () => {
    const { result } = await ask(() => {
      throw Object.assign(new TypeError("connect to 10.0.0.7:9"), { code: "ECONNREFUSED" });
    });
    assert.deepEqual(result, { kind: "failed", reason: "asking for its models failed: connection refused" });
  });
});

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

/** A body that never ends. */
function endless(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(1024 * 1024).fill(0x20);
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}

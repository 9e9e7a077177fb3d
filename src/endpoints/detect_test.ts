import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Detection, detectType } from "./detect.ts";
import { type FakeAnswer, FakeServer, FakeTime, testEndpoint } from "./test_support.ts";

async function ask(server: FakeServer, fields: Parameters<typeof testEndpoint>[0] = {}): Promise<Detection> {
  const time = new FakeTime();
  const client = { fetch: server.fetch, timers: time.timers, now: () => time.now, userAgent: "olla/test" };
  const detection = detectType(client, { endpoint: testEndpoint(fields), timeoutMs: 1000 });
  // Hanging answers need their time limit to pass.
  for (let i = 0; i < 15; i++) await time.advance(1000);
  assert.equal(time.pending, 0, "a timer was left behind");
  return await detection;
}

function list(owner: string | undefined, ...ids: string[]): FakeAnswer {
  const data = ids.map((id) => ({
    id,
    object: "model",
    created: 1,
    ...(owner === undefined ? {} : { owned_by: owner }),
  }));
  return { body: { object: "list", data } };
}

const LM_STUDIO_ERROR: FakeAnswer = { body: { error: "Unexpected endpoint or method. (GET /x)" } };
const WEB_PAGE: FakeAnswer = { body: "<!doctype html><title>app</title>", headers: { "content-type": "text/html" } };
const UNAUTHORIZED: FakeAnswer = { status: 401, body: { error: "Unauthorized" } };
const MODEL_INFO: FakeAnswer = { body: { model_path: "m", tokenizer_path: "m", is_generation: true } };

describe("servers that are known", () => {
  const cases: [string, FakeServer, string][] = [
    [
      "LiteLLM that names its version",
      new FakeServer({
        "/health/readiness": { body: { status: "healthy", db: "Not connected", litellm_version: "1.60.0" } },
      }),
      "litellm",
    ],
    [
      "LiteLLM 1.106, which does not",
      new FakeServer({
        "/health/readiness": { body: { status: "healthy", db: "Not connected" } },
        "/health/liveliness": { body: JSON.stringify("I'm alive!") },
        "/v1/models": UNAUTHORIZED,
      }),
      "litellm",
    ],
    [
      "LiteLLM whose database is away",
      new FakeServer({
        "/health/readiness": { status: 503, body: { status: "healthy", db: "disconnected" } },
        "/health/liveliness": { body: JSON.stringify("I'm alive!") },
      }),
      "litellm",
    ],
    [
      "Ollama",
      new FakeServer({
        "/": { body: "Ollama is running" },
        "/api/version": { body: { version: "0.12.0" } },
        "/api/tags": { body: { models: [] } },
        "/v1/models": list("library", "llama3:8b"),
      }),
      "ollama",
    ],
    [
      "Ollama behind a proxy with another root",
      new FakeServer({
        "/api/version": { body: { version: "0.12.0" } },
        "/api/tags": { body: { models: [{ name: "a" }] } },
      }),
      "ollama",
    ],
    [
      "Lemonade, which speaks Ollama's API too",
      new FakeServer({
        "/api/v1/health": { body: { status: "ok", model_loaded: null, all_models_loaded: [] } },
        "/api/version": { body: { version: "0.9.0" } },
        "/": { body: "Ollama is running" },
        "/api/v0/models": list("lemonade"),
        "/v1/models": list("lemonade", "a"),
      }),
      "lemonade",
    ],
    [
      "LM Studio, which answers everything with 200",
      new FakeServer(
        {
          "/api/v0/models": {
            body: {
              object: "list",
              data: [{
                id: "a",
                object: "model",
                type: "llm",
                compatibility_type: "gguf",
                state: "not-loaded",
                max_context_length: 1,
              }],
            },
          },
          "/v1/models": list("organization_owner", "a"),
        },
        LM_STUDIO_ERROR,
      ),
      "lm-studio",
    ],
    [
      "LM Studio without its older API",
      new FakeServer({
        "/api/v1/models": { body: { models: [{ type: "llm", key: "a", loaded_instances: [] }] } },
        "/v1/models": list("organization_owner", "a"),
      }, LM_STUDIO_ERROR),
      "lm-studio",
    ],
    [
      "a gateway that passes LM Studio's list on",
      new FakeServer({ "/v1/models": list("organization_owner", "a") }),
      "openai-compatible",
    ],
    ["LM Studio without a model", new FakeServer({ "/api/v0/models": list(undefined) }, LM_STUDIO_ERROR), "lm-studio"],
    [
      "Docker Model Runner",
      new FakeServer({ "/engines/v1/models": list("docker", "ai/smollm2") }),
      "docker-model-runner",
    ],
    [
      "llama.cpp, by the header of its 404",
      new FakeServer({}, { status: 404, headers: { Server: "llama.cpp" }, body: { error: { code: 404 } } }),
      "llamacpp",
    ],
    [
      "llama.cpp that is loading",
      new FakeServer({}, {
        status: 503,
        headers: { server: "llama.cpp" },
        body: { error: { message: "Loading model" } },
      }),
      "llamacpp",
    ],
    [
      "llama.cpp behind a proxy that changes headers",
      new FakeServer({
        "/props": { body: { default_generation_settings: {}, total_slots: 1 } },
        "/v1/models": list("llamacpp", "m"),
      }),
      "llamacpp",
    ],
    [
      "llama.cpp in router mode",
      new FakeServer({ "/props": { body: { role: "router", max_instances: 4 } } }),
      "llamacpp",
    ],
    ["vLLM", new FakeServer({ "/version": { body: { version: "0.11.0" } }, "/v1/models": list("vllm", "m") }), "vllm"],
    [
      "vLLM in development mode",
      new FakeServer({
        "/version": { body: { version: "0.11.0" } },
        "/server_info": { body: { vllm_config: "…" } },
        "/v1/models": list("vllm", "m"),
      }),
      "vllm",
    ],
    [
      "vLLM with an API key that we do not have",
      new FakeServer({ "/version": { body: { version: "0.11.0" } }, "/health": {}, "/v1/models": UNAUTHORIZED }),
      "vllm",
    ],
    [
      "vllm-mlx",
      new FakeServer({
        "/health": { body: { status: "healthy", model_loaded: true, engine_type: "batched" } },
        "/v1/models": list("vllm-mlx", "m"),
      }),
      "vllm-mlx",
    ],
    [
      "vllm-mlx without a model",
      new FakeServer({
        "/health": { body: { status: "healthy", model_loaded: false, engine_type: "unknown" } },
        "/v1/models": list(undefined),
      }),
      "vllm-mlx",
    ],
    [
      "SGLang, which speaks Ollama's API too",
      new FakeServer({
        "/": { body: JSON.stringify("Ollama is running") },
        "/api/tags": { body: { models: [] } },
        "/model_info": MODEL_INFO,
        "/v1/models": list("sglang", "m"),
      }),
      "sglang",
    ],
    ["an old SGLang", new FakeServer({ "/get_model_info": MODEL_INFO, "/v1/models": list("sglang", "m") }), "sglang"],
    [
      "SGLang with a closed list",
      new FakeServer({ "/get_server_info": MODEL_INFO, "/v1/models": UNAUTHORIZED }),
      "sglang",
    ],
    [
      "LMDeploy",
      new FakeServer({ "/health": { body: { status: "healthy" } }, "/v1/models": list("lmdeploy", "m") }),
      "lmdeploy",
    ],
    ["oMLX", new FakeServer({ "/v1/models": list("omlx", "m") }), "omlx"],
    [
      "oMLX without a model",
      new FakeServer({ "/health": { body: { status: "healthy", engine_pool: {} } }, "/v1/models": list(undefined) }),
      "omlx",
    ],
    ["OpenAI's own", new FakeServer({ "/v1/models": list("openai", "gpt") }), "openai-compatible"],
    ["a list without owners", new FakeServer({ "/v1/models": list(undefined, "m") }), "openai-compatible"],
    [
      "a bare array",
      new FakeServer({ "/v1/models": { body: [{ id: "m", object: "model" }] } }),
      "openai-compatible",
    ],
    [
      "LocalAI, which has vLLM's version path",
      new FakeServer({ "/version": { body: { version: "v3.0" } }, "/v1/models": list(undefined, "m") }),
      "openai-compatible",
    ],
    [
      "llama-swap, which has Ollama's version path",
      new FakeServer({
        "/api/version": { body: { version: "170", commit: "0bdb372", build_date: "2026-01-01" } },
        "/": WEB_PAGE,
        "/running": { body: { running: [] } },
        "/v1/models": list("llama-swap", "m"),
      }),
      "llama-swap",
    ],
    [
      "llama-swap without a model",
      new FakeServer({
        "/api/version": { body: { version: "170" } },
        "/running": { body: { running: [] } },
        "/v1/models": list(undefined),
      }),
      "llama-swap",
    ],
    [
      "an old llama-swap, which has no version",
      new FakeServer({
        "/running": { body: { running: [{ model: "m", state: "ready" }] } },
        "/v1/models": list("llama-swap", "m"),
      }),
      "llama-swap",
    ],
    [
      "Ollama with another root, which has no /running",
      new FakeServer({
        "/api/version": { body: { version: "0.12.0" } },
        "/running": { body: { models: [] } },
        "/api/tags": { body: { models: [] } },
      }),
      "ollama",
    ],
    [
      "a gateway that passes llama-swap's list on",
      new FakeServer({ "/v1/models": list("llama-swap", "m") }),
      "openai-compatible",
    ],
    [
      "a gateway that passes vLLM's list on",
      new FakeServer({ "/version": { body: { name: "Olla", version: "1" } }, "/v1/models": list("vllm", "m") }),
      "openai-compatible",
    ],
    [
      "a gateway that passes SGLang's list on",
      new FakeServer({ "/v1/models": list("sglang", "m") }),
      "openai-compatible",
    ],
  ];
  for (const [name, server, type] of cases) {
    test(`${name}: ${type}`, async () => {
      assert.deepEqual(await ask(server), { kind: "found", type });
    });
  }
});

describe("what is no LLM server", () => {
  const cases: [string, FakeServer][] = [
    ["a web page on every path", new FakeServer({}, WEB_PAGE)],
    ["a server with 404 on every path", new FakeServer({})],
    [
      "a JSON API with health paths",
      new FakeServer({ "/health": { body: { status: "ok" } }, "/version": { body: { version: "1" } } }),
    ],
    ["Open WebUI", new FakeServer({ "/api/version": { body: { version: "0.6.0" } } }, WEB_PAGE)],
    ["JSON on every path", new FakeServer({}, { body: { ok: true, data: [], models: 3, status: "ok", version: 1 } })],
    ["lists of other things", new FakeServer({ "/v1/models": { body: { data: [{ name: "car" }] } } })],
    ["an empty list without a name", new FakeServer({ "/v1/models": { body: { data: [] } } })],
    [
      "health checks of a FastAPI service",
      new FakeServer({ "/health/readiness": { body: { status: "ok", db: "up" } } }),
    ],
  ];
  for (const [name, server] of cases) {
    test(name, async () => {
      const detection = await ask(server);
      assert.ok(detection.kind === "none");
      const { result } = detection;
      assert.equal(result.kind === "answered" && result.status, 404);
      assert.match(result.detail, /no known kind of LLM server.*set type:/);
    });
  }
});

describe("servers that cannot be asked", () => {
  test("refused is refused, after one question", async () => {
    const server = new FakeServer({}, { fails: "ECONNREFUSED" });
    const detection = await ask(server);
    assert.ok(detection.kind === "none" && detection.result.kind === "failed");
    assert.equal(detection.result.reason, "refused");
    assert.equal(server.asked.length, 1);
  });

  test("a server that hangs is given up after two questions", async () => {
    const server = new FakeServer({}, { hangs: true });
    const detection = await ask(server);
    assert.ok(detection.kind === "none" && detection.result.kind === "failed");
    assert.equal(detection.result.reason, "timeout");
    assert.equal(server.asked.length, 2);
  });

  test("one path that hangs does not hide what the others tell", async () => {
    const server = new FakeServer({ "/props": { hangs: true }, "/v1/models": list("openai", "m") });
    assert.deepEqual(await ask(server), { kind: "found", type: "openai-compatible" });
  });

  test("a list that hangs is a timeout, not an unknown server", async () => {
    const detection = await ask(new FakeServer({ "/v1/models": { hangs: true } }));
    assert.ok(detection.kind === "none" && detection.result.kind === "failed");
  });

  for (const status of [401, 403]) {
    test(`${status} on every path, or on the list alone, asks for credentials`, async () => {
      for (const server of [new FakeServer({}, { status }), new FakeServer({ "/v1/models": { status } })]) {
        const detection = await ask(server);
        assert.ok(detection.kind === "none" && detection.result.kind === "answered");
        assert.equal(detection.result.status, status);
      }
    });
  }

  test("a closed server of the clients' credentials needs its type set", async () => {
    const detection = await ask(new FakeServer({}, UNAUTHORIZED), { forward_auth: true });
    assert.ok(detection.kind === "none" && detection.result.kind === "answered");
    assert.equal(detection.result.status, 404);
    assert.match(detection.result.detail, /set type:/);
  });

  test("503 on every path is not ready yet, and loading where it says so", async () => {
    const detection = await ask(new FakeServer({}, { status: 503, body: "loading model" }));
    assert.ok(detection.kind === "none" && detection.result.kind === "answered");
    assert.deepEqual([detection.result.status, detection.result.loading], [503, true]);
  });
});

test("credentials go with every question, below the endpoint's own path", async () => {
  const server = new FakeServer({ "/llm/v1/models": list("openai", "m") });
  const fields = { url: "http://gpu/llm", resolved_headers: { authorization: "Bearer hush" } };
  assert.deepEqual(await ask(server, fields), { kind: "found", type: "openai-compatible" });
  assert.ok(server.asked.every((path) => path.startsWith("/llm/")));
  assert.ok(
    server.headers.every((headers) => headers.authorization === "Bearer hush" && headers["user-agent"] === "olla/test"),
  );
});

test("no question calls a model, loads one, or stops a server", async () => {
  for (const routes of [{}, { "/v1/models": UNAUTHORIZED }, { "/v1/models": list("sglang", "m") }]) {
    const server = new FakeServer(routes);
    await ask(server);
    // LiteLLM calls all its models for /health, SGLang generates a token for it.
    for (const path of server.asked) {
      assert.doesNotMatch(path, /^\/health$|generate|completions|chat|drain|terminate|load|sleep/);
    }
    assert.ok(server.asked.length <= 15, server.asked.join(" "));
  }
});

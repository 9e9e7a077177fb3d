import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { isPathEnabled } from "./path_match.ts";
import { load } from "./profile_test_support.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url).href);

describe("the built-in profiles", () => {
  const { profiles, issues } = load({});

  test("are thirteen, openai-compatible last", () => {
    assert.deepEqual(issues, []);
    assert.deepEqual(profiles.all.map((profile) => profile.name), [
      "docker-model-runner",
      "lemonade",
      "litellm",
      "llama-swap",
      "llamacpp",
      "lm-studio",
      "lmdeploy",
      "ollama",
      "omlx",
      "sglang",
      "vllm",
      "vllm-mlx",
      "openai-compatible",
    ]);
  });

  test("are the files of profiles/ as they are", () => {
    assert.deepEqual(
      BUILTIN_PROFILES.map(({ file, text }) => [file, text]).toSorted(),
      readdirSync(`${repository}profiles`)
        .filter((name) => name !== "models.yaml") // It tells of models, and is no profile.
        .map((name) => [`profiles/${name}`, readFileSync(`${repository}profiles/${name}`, "utf8")])
        .toSorted(),
    );
  });

  const facts = [
    // name, prefixes, model list, health, concurrency, format, ports
    ["ollama", "ollama", "/api/tags", "/", 10, "ollama", "11434"],
    [
      "lm-studio",
      "lmstudio lm-studio lm_studio",
      "/api/v0/models /api/v1/models /v1/models",
      "/v1/models",
      1,
      "lmstudio",
      "1234",
    ],
    ["llama-swap", "llama-swap llamaswap", "/v1/models", "/health", 10, "llama-swap", "8080"],
    ["llamacpp", "llamacpp", "/v1/models", "/health", 4, "llamacpp", "8080 8001"],
    ["vllm", "vllm", "/v1/models", "/health", 100, "vllm", "8000"],
    ["vllm-mlx", "vllm-mlx", "/v1/models", "/health", 20, "vllm-mlx", "8000"],
    ["sglang", "sglang", "/v1/models", "/ready /model_info /get_model_info", 150, "sglang", "30000"],
    ["litellm", "litellm", "/v1/models", "/health/readiness /health/liveliness", 100, "litellm", "4000 8000 8080"],
    ["lmdeploy", "lmdeploy", "/v1/models", "/health", 100, "lmdeploy", "23333"],
    ["lemonade", "lemonade", "/api/v1/models", "/api/v1/health", 100, "lemonade", "8000 13305"],
    [
      "docker-model-runner",
      "dmr",
      "/engines/v1/models",
      "/engines/v1/models",
      8,
      "docker-model-runner",
      "12434",
    ],
    ["omlx", "omlx", "/v1/models", "/health", 4, "omlx", "8000"],
    ["openai-compatible", "openai openai-compatible", "/v1/models", "/v1/models", 20, "openai", ""],
  ] as const;
  for (const [name, prefixes, models, health, concurrency, format, ports] of facts) {
    test(`say the facts of ${name}`, () => {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(profile.prefixes.join(" "), prefixes);
      assert.equal(profile.model_discovery_paths.join(" "), models);
      assert.equal(profile.health_check_paths.join(" "), health);
      assert.equal(profile.max_concurrent_requests, concurrency);
      assert.equal(profile.response_format, format);
      assert.equal(profile.default_ports.join(" "), ports);
      assert.equal(profile.openai_compatible, true);
      assert.equal(profile.streaming, true);
      assert.equal(profile.allow_unlisted_paths, false);
      for (const prefix of profile.prefixes) {
        assert.equal(profiles.byPrefix(prefix), profile);
        assert.equal(profiles.byType(prefix), profile);
      }
      // Its own model list can be asked for through olla, and so can OpenAI's.
      for (const path of models.split(" ")) assert.equal(isPathEnabled(profile, "GET", path), true);
      assert.equal(isPathEnabled(profile, "GET", "/v1/models"), true);
      assert.ok(readFileSync(`${repository}${profile.file}`, "utf8").includes(`name: ${name}\n`));
    });
  }

  test("knows which of them speak Anthropic's Messages API", () => {
    const native = profiles.all.filter((profile) => profile.anthropic !== undefined);
    assert.deepEqual(native.map(({ name, anthropic }) => [name, anthropic?.messages_path, anthropic?.token_count]), [
      ["docker-model-runner", "/anthropic/v1/messages", true],
      ["litellm", "/v1/messages", true],
      ["llama-swap", "/v1/messages", true],
      ["llamacpp", "/v1/messages", true],
      ["lm-studio", "/v1/messages", false],
      ["ollama", "/v1/messages", false],
      ["omlx", "/v1/messages", true],
      ["vllm", "/v1/messages", false],
      ["vllm-mlx", "/v1/messages", true],
    ]);
    for (const profile of native) {
      assert.equal(isPathEnabled(profile, "POST", profile.anthropic?.messages_path ?? ""), true, profile.name);
    }
    assert.deepEqual(profiles.byType("ollama")?.anthropic, {
      messages_path: "/v1/messages",
      token_count: false,
      min_version: "0.14.0",
      limitations: ["token_counting_404"],
    });
  });

  test("finds a type by any spelling, and a prefix only as it is written", () => {
    for (const spelling of ["LM_Studio", "lm studio", "lmstudio", "lm-studio"]) {
      assert.equal(profiles.byType(spelling)?.name, "lm-studio");
    }
    assert.equal(profiles.byType("llama.cpp")?.name, "llamacpp");
    assert.equal(profiles.byType("openai")?.name, "openai-compatible");
    assert.equal(profiles.byType("docker")?.name, "docker-model-runner");
    assert.equal(profiles.byType("auto"), undefined);
    assert.equal(profiles.byType(""), undefined);
    assert.equal(profiles.byType("__proto__"), undefined);
    assert.equal(profiles.byPrefix("LiteLLM"), undefined);
    assert.equal(profiles.byPrefix("lite"), undefined);
    assert.equal(profiles.byPrefix("constructor"), undefined);
  });

  test("keeps everything off that changes or administers a server", () => {
    const off = [
      ["litellm", "POST", "/key/generate"],
      ["litellm", "GET", "/user/info"],
      ["litellm", "GET", "/team/info"],
      ["litellm", "POST", "/spend/calculate"],
      ["litellm", "GET", "/model/info"],
      ["litellm", "GET", "/v1/model/info"],
      ["litellm", "POST", "/model/new"],
      ["litellm", "POST", "/v1/..%2f..%2fkey/generate"],
      ["litellm", "POST", "/models/..%2fkey%2fgenerate:generateContent"],
      ["ollama", "POST", "/api/pull"],
      ["ollama", "POST", "/api/push"],
      ["ollama", "POST", "/api/create"],
      ["ollama", "POST", "/api/copy"],
      ["ollama", "DELETE", "/api/delete"],
      ["ollama", "POST", "/api/blobs/sha256:00"],
      ["lm-studio", "POST", "/api/v1/models/load"],
      ["lm-studio", "POST", "/api/v1/models/unload"],
      ["lm-studio", "POST", "/api/v1/models/download"],
      ["lemonade", "POST", "/api/v1/pull"],
      ["lemonade", "POST", "/api/v1/delete"],
      ["lemonade", "POST", "/api/v1/load"],
      ["lemonade", "POST", "/api/v1/unload"],
      ["llama-swap", "GET", "/unload"],
      ["llama-swap", "POST", "/api/models/unload"],
      ["llama-swap", "GET", "/upstream/m/health"],
      ["llama-swap", "GET", "/logs"],
      ["llamacpp", "POST", "/models/load"],
      ["llamacpp", "POST", "/models"],
      ["llamacpp", "DELETE", "/models"],
      ["llamacpp", "POST", "/props"],
      ["llamacpp", "POST", "/slots/0"],
      ["vllm", "POST", "/v1/load_lora_adapter"],
      ["vllm", "POST", "/sleep"],
      ["sglang", "POST", "/flush_cache"],
      ["sglang", "POST", "/update_weights_from_disk"],
      ["lmdeploy", "GET", "/terminate"],
      ["docker-model-runner", "POST", "/models/create"],
      ["docker-model-runner", "DELETE", "/engines/v1/models/ai/smollm2"],
      ["docker-model-runner", "POST", "/engines/unload"],
      ["docker-model-runner", "POST", "/engines/_configure"],
      ["openai-compatible", "DELETE", "/v1/models/ft:gpt"],
      ["openai-compatible", "GET", "/v1/organization/users"],
    ] as const;
    for (const [name, method, path] of off) {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(isPathEnabled(profile, method, path), false, `${name} ${method} ${path}`);
    }
  });

  test("keeps on what clients of each server use", () => {
    const on = [
      ["ollama", "POST", "/api/chat"],
      ["ollama", "POST", "/api/embed"],
      ["ollama", "GET", "/api/ps"],
      ["ollama", "HEAD", "/"],
      ["ollama", "POST", "/v1/responses"],
      ["litellm", "POST", "/chat/completions"],
      ["litellm", "GET", "/health"],
      ["litellm", "GET", "/health/readiness"],
      ["litellm", "POST", "/v1/messages/count_tokens"],
      ["litellm", "GET", "/v1/models/openai%2Fgpt-4"],
      ["litellm", "DELETE", "/v1/responses/resp_1"],
      ["litellm", "POST", "/v2/rerank"],
      ["litellm", "POST", "/openai/deployments/gpt-4/chat/completions"],
      ["vllm", "POST", "/v1/audio/transcriptions"],
      ["vllm", "POST", "/pooling"],
      ["sglang", "POST", "/generate"],
      ["llama-swap", "POST", "/v1/messages/count_tokens"],
      ["llama-swap", "POST", "/v1/rerank"],
      ["llama-swap", "POST", "/infill"],
      ["llama-swap", "GET", "/v1/audio/voices"],
      ["llama-swap", "GET", "/running"],
      ["llamacpp", "POST", "/infill"],
      ["llamacpp", "GET", "/props"],
      ["lm-studio", "POST", "/api/v1/chat"],
      ["lemonade", "POST", "/api/v0/chat/completions"],
      ["docker-model-runner", "POST", "/engines/llama.cpp/v1/chat/completions"],
      ["docker-model-runner", "GET", "/engines/v1/models/ai/smollm2"],
      ["omlx", "POST", "/v1/rerank"],
      ["openai-compatible", "POST", "/v1/images/generations"],
    ] as const;
    for (const [name, method, path] of on) {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(isPathEnabled(profile, method, path), true, `${name} ${method} ${path}`);
    }
  });
});

describe("loadProfiles() with the repository's own files", () => {
  test("changes nothing", () => {
    const own = Object.fromEntries(BUILTIN_PROFILES.map(({ file, text }) => [file.replace("profiles/", ""), text]));
    const loaded = load({ "./profiles": own });
    assert.deepEqual(loaded.issues, []);
    assert.deepEqual(loaded.profiles.all, load({}).profiles.all);
  });

  test("changes nothing either when their text differs only in comments", () => {
    const own = Object.fromEntries(
      BUILTIN_PROFILES.map(({ file, text }) => [file.replace("profiles/", ""), `${text}# mine\n`]),
    );
    const loaded = load({ "./profiles": own });
    assert.deepEqual(loaded.issues, []);
    assert.deepEqual(loaded.profiles.all, load({}).profiles.all);
  });
});

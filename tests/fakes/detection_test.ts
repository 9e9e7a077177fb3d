import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isPathEnabled } from "../../src/config/path_match.ts";
import { loadProfiles } from "../../src/config/profile_load.ts";
import { detectType } from "../../src/endpoints/detect.ts";
import { type Endpoint, makeEndpoint } from "../../src/endpoints/endpoint.ts";
import { foundEndpointConfig } from "../../src/endpoints/found_endpoint.ts";
import { scanLocal } from "../../src/endpoints/local_scan.ts";
import { realClient, testProfile, testProfiles } from "../../src/endpoints/test_support.ts";
import { tcpOpen } from "../../src/lib/tcp_open.ts";
import { fetchModelList } from "../../src/models/discovery/fetch_list.ts";
import type { DiscoveredModel } from "../../src/models/model.ts";
import { upstreamFetch } from "../../src/runtime.ts";
import { FakeDockerModelRunner } from "./docker_model_runner.ts";
import type { FakeModelInput, FakeServer } from "./fake_server.ts";
import { FakeLemonade } from "./lemonade.ts";
import { FakeLlamaSwap } from "./llama_swap.ts";
import { FakeLlamaCpp, FakeLlamaCppRouter } from "./llamacpp.ts";
import { FakeLmdeploy } from "./lmdeploy.ts";
import { FakeLmStudio } from "./lmstudio.ts";
import { FakeOllama } from "./ollama.ts";
import { FakeOmlx } from "./omlx.ts";
import { FakeOpenAi } from "./openai.ts";
import { FakeSglang } from "./sglang.ts";
import { FakeVllm } from "./vllm.ts";
import { FakeVllmMlx } from "./vllm_mlx.ts";

const { profiles } = loadProfiles({ dirs: [], readDir: () => undefined, readFile: () => "" });
const client = realClient(upstreamFetch);
const TIMEOUT_MS = 5000;

/** An endpoint at a fake, as a config file with this `type` makes it. */
function endpointAt(server: FakeServer, type: string): Endpoint {
  return makeEndpoint(foundEndpointConfig({ name: server.name, url: server.url, type }), profiles);
}

/** The models that an endpoint has once its type is known, by what the type's profile says. */
async function modelsOf(endpoint: Endpoint, type: string): Promise<readonly DiscoveredModel[]> {
  const profile = profiles.byType(type);
  assert.ok(profile, type);
  const signal = new AbortController().signal;
  const result = await fetchModelList(client, { endpoint, profile, timeoutMs: TIMEOUT_MS, signal });
  assert.ok(result.kind === "models", JSON.stringify(result));
  return result.models;
}

type Start = (models: readonly FakeModelInput[]) => Promise<FakeServer>;

const SERVERS: readonly [string, Start][] = [
  ["Ollama", (models) => FakeOllama.start({ name: "x", models })],
  ["LM Studio", (models) => FakeLmStudio.start({ name: "x", models })],
  ["LM Studio without its older API", (models) => FakeLmStudio.start({ name: "x", models, apis: ["v1"] })],
  ["llama.cpp with one model", (models) => FakeLlamaCpp.start({ name: "x", models })],
  ["llama.cpp as a router", (models) => FakeLlamaCppRouter.start({ name: "x", models })],
  ["llama-swap", (models) => FakeLlamaSwap.start({ name: "x", models })],
  ["vLLM", (models) => FakeVllm.start({ name: "x", models })],
  ["SGLang", (models) => FakeSglang.start({ name: "x", models })],
  ["LMDeploy", (models) => FakeLmdeploy.start({ name: "x", models })],
  ["vLLM-MLX", (models) => FakeVllmMlx.start({ name: "x", models })],
  ["Lemonade", (models) => FakeLemonade.start({ name: "x", models })],
  ["Docker Model Runner", (models) => FakeDockerModelRunner.start({ name: "x", models })],
  ["oMLX", (models) => FakeOmlx.start({ name: "x", models })],
  ["any other server that speaks OpenAI's API", (models) => FakeOpenAi.start({ name: "x", models })],
];

describe("an endpoint of type auto is recognised and has its models", () => {
  for (const [name, start] of SERVERS) {
    test(name, async () => {
      await using server = await start([{ name: "org/model", loaded: false }]);
      const before = server.models.get("org/model")?.loaded;
      const endpoint = endpointAt(server, "auto");
      assert.equal(endpoint.configuredType, undefined);
      const detection = await detectType(client, { endpoint, timeoutMs: TIMEOUT_MS });
      assert.deepEqual(detection, { kind: "found", type: server.type });
      assert.deepEqual((await modelsOf(endpoint, server.type)).map((model) => model.id), ["org/model"]);
      // Neither question has called a model or brought one into memory.
      assert.deepEqual([server.inferences.length, server.wakes], [0, 0]);
      assert.equal(server.models.get("org/model")?.loaded, before);
    });
  }

  test("the same without a single model, as far as the empty list does not hide the kind", async () => {
    for (const [name, start] of SERVERS) {
      // Nothing but the owner of their models tells these from other servers.
      if (["vLLM", "LMDeploy", "llama.cpp with one model", "LM Studio without its older API"].includes(name)) continue;
      await using server = await start([]);
      // SGLang always has its one model.
      if (name === "SGLang") server.add("base");
      const detection = await detectType(client, { endpoint: endpointAt(server, "auto"), timeoutMs: TIMEOUT_MS });
      assert.deepEqual(detection, { kind: "found", type: server.type }, name);
    }
  });
});

describe("every spelling of a type uses its profile, its list and its routes", () => {
  const spellings: readonly [string, string, Start, string][] = [
    // spelling, route prefix, server, where its list is
    ["lmstudio", "lmstudio", (models) => FakeLmStudio.start({ name: "x", models }), "/api/v0/models"],
    ["lm_studio", "lm_studio", (models) => FakeLmStudio.start({ name: "x", models }), "/api/v0/models"],
    ["LM-Studio", "lm-studio", (models) => FakeLmStudio.start({ name: "x", models }), "/api/v0/models"],
    ["openai", "openai", (models) => FakeOpenAi.start({ name: "x", models }), "/v1/models"],
    ["openai-compatible", "openai", (models) => FakeOpenAi.start({ name: "x", models }), "/v1/models"],
    ["openai_compatible", "openai", (models) => FakeOpenAi.start({ name: "x", models }), "/v1/models"],
    ["dmr", "dmr", (models) => FakeDockerModelRunner.start({ name: "x", models }), "/engines/v1/models"],
    ["docker", "dmr", (models) => FakeDockerModelRunner.start({ name: "x", models }), "/engines/v1/models"],
    [
      "docker_model_runner",
      "dmr",
      (models) => FakeDockerModelRunner.start({ name: "x", models }),
      "/engines/v1/models",
    ],
    ["llama-cpp", "llamacpp", (models) => FakeLlamaCpp.start({ name: "x", models }), "/v1/models"],
    ["llama.cpp", "llamacpp", (models) => FakeLlamaCpp.start({ name: "x", models }), "/v1/models"],
    ["llama-server", "llamacpp", (models) => FakeLlamaCpp.start({ name: "x", models }), "/v1/models"],
    ["llamaswap", "llamaswap", (models) => FakeLlamaSwap.start({ name: "x", models }), "/v1/models"],
    ["llama_swap", "llama-swap", (models) => FakeLlamaSwap.start({ name: "x", models }), "/v1/models"],
    ["vllm_mlx", "vllm-mlx", (models) => FakeVllmMlx.start({ name: "x", models }), "/v1/models"],
    ["LMDeploy", "lmdeploy", (models) => FakeLmdeploy.start({ name: "x", models }), "/v1/models"],
    ["Lemonade", "lemonade", (models) => FakeLemonade.start({ name: "x", models }), "/api/v1/models"],
    ["OLLAMA", "ollama", (models) => FakeOllama.start({ name: "x", models }), "/api/tags"],
  ];
  for (const [spelling, prefix, start, list] of spellings) {
    test(spelling, async () => {
      await using server = await start(["org/model"]);
      const endpoint = endpointAt(server, spelling);
      assert.equal(endpoint.configuredType, server.type);
      const profile = profiles.byPrefix(prefix);
      assert.equal(profile?.name, server.type);
      assert.ok(profile && isPathEnabled(profile, "GET", list));
      const asWritten = await modelsOf(endpoint, spelling);
      assert.deepEqual(asWritten.map((model) => model.id), ["org/model"]);
      assert.equal(server.asked(list), 1);
      // What its own parser says, and not what another one would.
      assert.deepEqual(asWritten, await modelsOf(endpoint, server.type));
    });
  }

  test("the parsers differ: the same list says more to the one that knows it", async () => {
    await using server = await FakeLmStudio.start({ name: "x", models: [{ name: "m", loaded: true, vision: true }] });
    const [known] = await modelsOf(endpointAt(server, "lmstudio"), "lmstudio");
    assert.deepEqual([known?.loaded, known?.type, known?.capabilities?.vision], [true, "vlm", true]);
    const [plain] = await modelsOf(endpointAt(server, "openai"), "openai");
    assert.deepEqual([plain?.loaded, plain?.type, plain?.capabilities?.vision], [undefined, undefined, undefined]);
  });
});

test("a list that is at the second path of the profile is found there", async () => {
  await using server = await FakeLmStudio.start({ name: "x", models: ["m"], apis: ["v1"] });
  assert.deepEqual((await modelsOf(endpointAt(server, "lmstudio"), "lmstudio")).map((model) => model.id), ["m"]);
  assert.deepEqual([server.asked("/api/v0/models"), server.asked("/api/v1/models")], [1, 1]);
  assert.deepEqual(profiles.byType("lmstudio")?.model_discovery_paths, [
    "/api/v0/models",
    "/api/v1/models",
    "/v1/models",
  ]);
});

test("a llama-swap on this machine is found on the port that it shares with llama.cpp", async () => {
  await using server = await FakeLlamaSwap.start({ name: "x", models: ["m"] });
  const port = Number(new URL(server.url).port);
  const found = await scanLocal({
    profiles: testProfiles([
      testProfile("llamacpp", { default_ports: [port] }),
      testProfile("llama-swap", { default_ports: [port] }),
    ]),
    client,
    tcpOpen,
    skipPorts: new Set(),
  });
  assert.deepEqual(found, [{ name: `llama-swap-localhost-${port}`, url: server.url, type: "llama-swap" }]);
  assert.equal(server.wakes, 0);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DiscoveredModel } from "../../src/models/model.ts";
import { parseModelList } from "../../src/models/parse_list.ts";
import { FakeDockerModelRunner } from "./docker_model_runner.ts";
import type { FakeModelInput, FakeServer } from "./fake_server.ts";
import { FakeLemonade } from "./lemonade.ts";
import { FakeLmdeploy } from "./lmdeploy.ts";
import { FakeOmlx } from "./omlx.ts";
import { FakeOpenAi } from "./openai.ts";
import { FakeSglang } from "./sglang.ts";
import { FakeVllm } from "./vllm.ts";
import { FakeVllmMlx } from "./vllm_mlx.ts";

const MODELS: readonly FakeModelInput[] = [
  { name: "org/plain-8b" },
  { name: "org/all-12b", vision: true, tools: true, reasoning: true, loaded: true, contextLength: 32768 },
  { name: "org/vectors", embeddings: true, contextLength: 2048 },
];
const NAMES = ["org/plain-8b", "org/all-12b", "org/vectors"];

async function get(server: FakeServer, path: string) {
  const response = await fetch(server.url + path);
  return { status: response.status, json: JSON.parse(await response.text()) };
}

async function post(server: FakeServer, path: string, body: object) {
  const response = await fetch(server.url + path, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : {} };
}

async function listed(server: FakeServer, format: string, path: string): Promise<DiscoveredModel[]> {
  return parseModelList(format, (await get(server, path)).json);
}

const chat = (model: string, more: object = {}) => ({ model, messages: [], ...more });
const IMAGE = { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] }] };
const TOOLS = { tools: [{ type: "function", function: { name: "f" } }] };

describe("a fake's list says of its models what they are", () => {
  test("vLLM", async () => {
    const adapter = { name: "adapter", more: { parent: "org/plain-8b", max_model_len: null, root: "/lora" } };
    const renamed = { name: "served-as", more: { root: "org/weights" } };
    await using server = await FakeVllm.start({ name: "v", models: ["org/plain-8b", renamed, adapter] });
    assert.deepEqual(await listed(server, "vllm", "/v1/models"), [
      { id: "org/plain-8b", contextLength: 8192, loaded: true },
      { id: "served-as", contextLength: 8192, checkpoint: "org/weights", loaded: true },
      { id: "adapter", parent: "org/plain-8b", checkpoint: "/lora", loaded: true },
    ]);
  });

  test("SGLang", async () => {
    await using server = await FakeSglang.start({
      name: "s",
      models: [{ name: "base", vision: true, contextLength: 4096 }, "adapter"],
    });
    assert.deepEqual(await listed(server, "sglang", "/v1/models"), [
      { id: "base", contextLength: 4096, loaded: true },
      { id: "adapter", parent: "base", checkpoint: "/adapters/adapter", loaded: true },
    ]);
    const info = (await get(server, "/model_info")).json;
    assert.deepEqual([info.is_generation, info.has_image_understanding], [true, true]);
  });

  test("LMDeploy", async () => {
    await using server = await FakeLmdeploy.start({ name: "l", models: ["base"] });
    assert.deepEqual(await listed(server, "lmdeploy", "/v1/models"), [
      { id: "base", loaded: true, capabilities: { embeddings: false } },
    ]);
  });

  test("vLLM-MLX", async () => {
    const ranker = { name: "ranker", more: { owned_by: "vllm-mlx-reranker" } };
    await using server = await FakeVllmMlx.start({ name: "m", models: [...MODELS, ranker] });
    const [plain, all, vectors, ranks] = await listed(server, "vllm-mlx", "/v1/models");
    assert.deepEqual(plain, { id: "org/plain-8b", format: "mlx" });
    assert.equal(all?.loaded, undefined);
    assert.deepEqual([vectors?.type, vectors?.loaded, vectors?.capabilities?.chat], ["embeddings", true, false]);
    assert.deepEqual([ranks?.type, ranks?.capabilities?.rerank], ["reranker", true]);
    const { models } = (await get(server, "/v1/status")).json.model_manager;
    assert.deepEqual(models.map((model: { id: string; loaded: boolean }) => [model.id, model.loaded]).slice(0, 2), [
      ["org/plain-8b", false],
      ["org/all-12b", true],
    ]);
  });

  test("Lemonade", async () => {
    const away = { name: "away", more: { downloaded: false } };
    await using server = await FakeLemonade.start({ name: "l", models: [...MODELS, away] });
    const models = await listed(server, "lemonade", "/api/v1/models");
    assert.deepEqual(models.map((model) => model.id), NAMES);
    const [plain, all, vectors] = models;
    assert.deepEqual(plain, {
      id: "org/plain-8b",
      created: 1744173590,
      ownedBy: "unsloth",
      format: "gguf",
      checkpoint: "unsloth/org/plain-8b-GGUF:Q4_K_M",
      recipe: "llamacpp",
      sizeBytes: 1_000_000_000,
      contextLength: 8192,
    });
    assert.deepEqual(all?.capabilities, { chat: true, vision: true, reasoning: true, tools: true });
    assert.deepEqual([vectors?.capabilities?.embeddings, vectors?.capabilities?.chat], [true, false]);
    assert.equal((await get(server, "/api/v1/models?show_all=true")).json.data.length, 4);
    assert.deepEqual(
      (await listed(server, "lemonade", "/api/v1/models?show_all=true")).map((model) => model.id),
      NAMES,
    );
  });

  test("Docker Model Runner", async () => {
    await using server = await FakeDockerModelRunner.start({ name: "d", models: ["ai/smollm2"] });
    for (const path of ["/engines/v1/models", "/engines/llama.cpp/v1/models"]) {
      assert.deepEqual(await listed(server, "docker-model-runner", path), [
        { id: "ai/smollm2", aliases: ["ai/smollm2:latest"], created: 1742816981, format: "gguf" },
      ]);
    }
    assert.deepEqual((await get(server, "/models")).json[0].tags, ["ai/smollm2"]);
  });

  test("oMLX", async () => {
    await using server = await FakeOmlx.start({ name: "o", models: MODELS });
    const names = await listed(server, "omlx", "/v1/models");
    assert.deepEqual(names.map(({ id, type, loaded }) => [id, type, loaded]), [
      ["org/plain-8b", "llm", undefined],
      ["org/all-12b", "vlm", undefined],
      ["org/vectors", "embedding", undefined],
    ]);
    const [plain, all, vectors] = await listed(server, "omlx", "/v1/models/status");
    assert.deepEqual([plain?.loaded, plain?.contextLength, plain?.capabilities?.vision], [false, 8192, false]);
    assert.deepEqual([all?.loaded, all?.contextLength, all?.capabilities?.vision], [true, 32768, true]);
    assert.deepEqual([vectors?.capabilities?.embeddings, vectors?.capabilities?.chat], [true, false]);
  });

  test("OpenAI and those that copy it", async () => {
    const priced = { name: "priced", more: { pricing: { prompt: "0.000001", completion: "0.000002" } } };
    await using server = await FakeOpenAi.start({ name: "c", models: ["plain", priced] });
    assert.deepEqual(await listed(server, "openai", "/v1/models"), [
      { id: "plain", created: 1686935002, ownedBy: "system" },
      {
        id: "priced",
        created: 1686935002,
        ownedBy: "system",
        inputCostPerToken: 0.000001,
        outputCostPerToken: 0.000002,
      },
    ]);
  });
});

interface Kind {
  readonly start: (models: readonly FakeModelInput[]) => Promise<FakeServer>;
  /** Where its list is, and where it chats. */
  readonly list: string;
  readonly chat: string;
  /** What can be asked without waking a model. */
  readonly free: readonly string[];
  /** The status of a chat with a model that it does not have. */
  readonly unknown: number;
}

const OPENAI = { list: "/v1/models", chat: "/v1/chat/completions", unknown: 404 };
const KINDS: Readonly<Record<string, Kind>> = {
  "vLLM": { ...OPENAI, start: (models) => FakeVllm.start({ name: "x", models }), free: ["/health", "/version"] },
  "LMDeploy": { ...OPENAI, start: (models) => FakeLmdeploy.start({ name: "x", models }), free: ["/health"] },
  "vLLM-MLX": {
    ...OPENAI,
    start: (models) => FakeVllmMlx.start({ name: "x", models }),
    free: ["/health", "/v1/status"],
  },
  "Lemonade": {
    ...OPENAI,
    start: (models) => FakeLemonade.start({ name: "x", models }),
    list: "/api/v1/models",
    chat: "/api/v1/chat/completions",
    free: ["/api/v1/health", "/", "/api/version", "/api/tags", "/v1/models"],
  },
  "Docker Model Runner": {
    ...OPENAI,
    start: (models) => FakeDockerModelRunner.start({ name: "x", models }),
    list: "/engines/v1/models",
    chat: "/engines/v1/chat/completions",
    free: ["/", "/models", "/engines/ps", "/v1/models"],
  },
  "oMLX": {
    ...OPENAI,
    start: (models) => FakeOmlx.start({ name: "x", models }),
    free: ["/health", "/v1/models/status"],
  },
  "OpenAI": { ...OPENAI, start: (models) => FakeOpenAi.start({ name: "x", models }), free: [] },
};
/** Those that have in memory whatever they list. */
const RESIDENT = ["vLLM", "LMDeploy", "OpenAI"];

describe("a fake", () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    test(`${name} is woken by a request for a model, and by nothing that is free`, async () => {
      await using server = await kind.start(["plain"]);
      const resident = RESIDENT.includes(name);
      for (const path of [...kind.free, kind.list]) {
        assert.equal((await fetch(server.url + path)).status, 200, path);
      }
      assert.deepEqual([server.wakes, server.inferences.length], [0, 0]);
      assert.equal(server.models.get("plain")?.loaded, resident);
      for (let i = 0; i < 2; i++) {
        const answer = await post(server, kind.chat, chat("plain"));
        assert.deepEqual([answer.status, answer.json.model], [200, "plain"]);
        assert.equal(answer.json.choices[0].message.content, "from x");
      }
      assert.deepEqual([server.wakes, server.inferences.length], [resident ? 0 : 1, 2]);
      assert.match((await post(server, kind.chat, chat("plain", { stream: true }))).text, /"model":"plain".*\[DONE\]/s);
    });

    test(`${name} does not know other models, and changes its list when the test does`, async () => {
      await using server = await kind.start(["plain"]);
      assert.equal((await post(server, kind.chat, chat("new"))).status, kind.unknown);
      server.models.delete("plain");
      server.add("new");
      const { data } = (await get(server, kind.list)).json;
      assert.deepEqual(data.map((model: { id: string }) => model.id), ["new"]);
      assert.equal((await post(server, kind.chat, chat("new"))).status, 200);
      assert.equal((await post(server, kind.chat, chat("plain"))).status, kind.unknown);
      assert.notEqual((await fetch(`${server.url}/no/such/path`)).status, 200);
    });

    test(`${name} refuses what its model cannot do`, async () => {
      await using server = await kind.start([{ name: "text", tools: true }, { name: "vectors", embeddings: true }]);
      const embeddings = kind.chat.replace("chat/completions", "embeddings");
      const statuses = [
        (await post(server, embeddings, { model: "text", input: "a" })).status,
        (await post(server, kind.chat, chat("vectors"))).status,
      ];
      assert.deepEqual(statuses, [400, 400]);
      assert.equal(server.inferences.length, 0);
      const embedded = await post(server, embeddings, { model: "vectors", input: ["a", "b"] });
      if (name === "LMDeploy") return assert.equal(embedded.status, 400); // It embeds nothing at all.
      assert.equal(embedded.json.data.length, 2);
    });
  }

  test("vLLM refuses images and tools that its model was not started for", async () => {
    await using server = await FakeVllm.start({ name: "v", models: MODELS });
    for (const more of [IMAGE, TOOLS]) {
      assert.equal((await post(server, OPENAI.chat, chat("org/plain-8b", more))).status, 400);
      assert.equal((await post(server, OPENAI.chat, chat("org/all-12b", more))).status, 200);
    }
  });

  test("SGLang serves its one model whatever it is called, and generates a token for /health", async () => {
    await using server = await FakeSglang.start({ name: "s", models: ["base"] });
    for (const path of ["/", "/ready", "/model_info", "/server_info", "/api/tags", "/v1/models"]) {
      assert.equal((await fetch(server.url + path)).status, 200, path);
    }
    assert.equal(server.inferences.length, 0);
    assert.equal((await post(server, OPENAI.chat, chat("any"))).json.model, "base");
    assert.equal((await post(server, "/v1/embeddings", { model: "base", input: "a" })).status, 400);
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
    assert.deepEqual(server.inferences.map(({ path }) => path), [OPENAI.chat, "/health"]);
  });

  test("Lemonade keeps one model of a kind in memory, tells which, and fetches what it does not have", async () => {
    await using server = await FakeLemonade.start({
      name: "l",
      models: [...MODELS, { name: "away", more: { downloaded: false } }],
    });
    const health = async () => {
      const { model_loaded, all_models_loaded } = (await get(server, "/api/v1/health")).json;
      return [model_loaded, all_models_loaded.map((model: { model_name: string }) => model.model_name)];
    };
    assert.deepEqual(await health(), ["org/all-12b", ["org/all-12b"]]);
    await post(server, "/v1/embeddings", { model: "org/vectors", input: "a" });
    assert.deepEqual(await health(), ["org/vectors", ["org/all-12b", "org/vectors"]]);
    await post(server, "/api/v1/chat/completions", chat("org/plain-8b"));
    assert.deepEqual(await health(), ["org/plain-8b", ["org/plain-8b", "org/vectors"]]);
    assert.equal(server.downloads, 0);
    await post(server, "/api/v1/chat/completions", chat("away"));
    assert.equal(server.downloads, 1);
  });

  test("Docker Model Runner takes a model's name with and without its tag, and tells what runs", async () => {
    await using server = await FakeDockerModelRunner.start({ name: "d", models: ["ai/smollm2", "ai/qwen3:8B"] });
    const path = "/engines/v1/chat/completions";
    for (const name of ["ai/smollm2", "ai/smollm2:latest", "docker.io/ai/smollm2:latest"]) {
      assert.equal((await post(server, path, chat(name))).status, 200, name);
    }
    assert.equal((await post(server, path, chat("ai/qwen3"))).status, 404);
    const running = (await get(server, "/engines/ps")).json;
    assert.deepEqual(running.map((model: { model_name: string }) => model.model_name), ["ai/smollm2"]);
  });

  test("OpenAI answers nothing without its key", async () => {
    await using server = await FakeOpenAi.start({ name: "c", models: ["plain"], key: "sk-1" });
    assert.equal((await get(server, "/v1/models")).status, 401);
    const answer = await fetch(`${server.url}/v1/models`, { headers: { authorization: "Bearer sk-1" } });
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  });
});

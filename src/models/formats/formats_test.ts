import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVERYWHERE } from "../listing/listed_endpoints.ts";
import { LISTED_S, listingWorld, PROFILES, type World, type WorldEndpoints } from "../listing/listing_test_support.ts";
import type { DiscoveredModel } from "../model.ts";
import { FORMAT_NAMES, formatAt, formatNamed } from "./format_table.ts";
import { joinFormats, type ListFormat } from "./list_format.ts";

const MADE = 1_650_000_000;
const DIGEST = "ab".repeat(32);

const LLAMA: DiscoveredModel = {
  id: "llama3.1:8b",
  created: MADE,
  modifiedAt: MADE,
  sizeBytes: 4_920_000_000,
  digest: DIGEST,
  contextLength: 131_072,
  family: "llama",
  parameterSize: "8.0B",
  quantization: "Q4_K_M",
  format: "gguf",
  capabilities: { chat: true, completion: true, tools: true, vision: false },
};
const EMBEDDER: DiscoveredModel = {
  id: "openai/text-embedding-3-small",
  type: "embedding",
  contextLength: 8191,
  capabilities: { embeddings: true, chat: false, completion: false },
  inputCostPerToken: 2e-8,
};

const TWO: WorldEndpoints = {
  local: { type: "ollama", models: [LLAMA] },
  cloud: { type: "litellm", models: [EMBEDDER] },
};

function format(name: string): ListFormat {
  const found = formatNamed(name);
  assert.ok(found, name);
  return found;
}

async function listed(world: World, written: ListFormat): Promise<Record<string, unknown>> {
  const text = await world.texts.text({ scope: EVERYWHERE, format: written, includeAliases: true, filter: undefined });
  return JSON.parse(text);
}

/** The fields that all formats like OpenAI's begin with. */
function card(id: string, created: number, owner: string, context: number) {
  return {
    id,
    object: "model",
    created,
    owned_by: owner,
    context_length: context,
    max_model_len: context,
    context_window: context,
  };
}

const llamaCard = (owner: string) => card(LLAMA.id, MADE, owner, 131_072);
const embedderCard = (owner = "openai") => card(EMBEDDER.id, LISTED_S, owner, 8191);

const permission = (id: string, created: number) => [{
  id,
  object: "model_permission",
  created,
  allow_create_engine: false,
  allow_sampling: true,
  allow_logprobs: true,
  allow_search_indices: false,
  allow_view: true,
  allow_fine_tuning: false,
  organization: "*",
  group: null,
  is_blocking: false,
}];
const LLAMA_PERMISSION = permission("modelperm-olla-llama3.1:8b", MADE);
const EMBEDDER_PERMISSION = permission("modelperm-olla-openai-text-embedding-3-small", LISTED_S);

const LLAMA_DETAILS = {
  parent_model: "",
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "8.0B",
  quantization_level: "Q4_K_M",
  context_length: 131_072,
};
const EMBEDDER_DETAILS = {
  parent_model: "",
  format: "",
  family: "text-embedding",
  families: ["text-embedding"],
  parameter_size: "",
  quantization_level: "",
  context_length: 8191,
};

/** What each format makes of the two models, the first of which is in memory. */
const EXPECTED: Record<string, Record<string, unknown>> = {
  unified: {
    object: "list",
    data: [
      {
        olla: {
          max_context_length: 131_072,
          family: "llama",
          variant: "3.1",
          parameter_size: "8b",
          quantization: "q4km",
          aliases: ["llama3.1:8b"],
          availability: [{ endpoint: "local", state: "loaded", type: "ollama" }],
          capabilities: ["chat", "completion", "tools"],
        },
        id: "llama3.1:8b",
        object: "model",
        owned_by: "olla",
        created: MADE,
      },
      {
        olla: {
          max_context_length: 8191,
          family: "text-embedding",
          variant: "",
          parameter_size: "",
          quantization: "",
          aliases: ["openai/text-embedding-3-small"],
          availability: [{ endpoint: "cloud", state: "available", type: "litellm" }],
          capabilities: ["embeddings"],
          input_cost_per_token: 2e-8,
        },
        id: "openai/text-embedding-3-small",
        object: "model",
        owned_by: "olla",
        created: LISTED_S,
      },
    ],
  },
  openai: { object: "list", data: [llamaCard("olla"), embedderCard("olla")] },
  ollama: {
    models: [
      {
        name: LLAMA.id,
        model: LLAMA.id,
        modified_at: "2022-04-15T05:20:00.000Z",
        size: 4_920_000_000,
        digest: DIGEST,
        details: LLAMA_DETAILS,
        capabilities: ["completion", "tools"],
      },
      {
        name: EMBEDDER.id,
        model: EMBEDDER.id,
        modified_at: "2023-11-14T22:13:20.000Z",
        size: 0,
        digest: "59624b6139fe9aaad81f05f3642204a0daf083bb512046ef85cd328fe88dc939",
        details: EMBEDDER_DETAILS,
        capabilities: ["embedding"],
      },
    ],
  },
  lmstudio: {
    object: "list",
    data: [
      {
        id: LLAMA.id,
        object: "model",
        type: "llm",
        publisher: "meta",
        arch: "llama",
        compatibility_type: "gguf",
        quantization: "Q4_K_M",
        state: "loaded",
        max_context_length: 131_072,
        capabilities: ["tool_use"],
      },
      {
        id: EMBEDDER.id,
        object: "model",
        type: "embeddings",
        publisher: "openai",
        arch: "text-embedding",
        state: "not-loaded",
        max_context_length: 8191,
      },
    ],
  },
  lmstudio_v1: {
    models: [
      {
        type: "llm",
        publisher: "meta",
        key: LLAMA.id,
        display_name: "llama3.1:8b",
        architecture: "llama",
        quantization: { name: "Q4_K_M", bits_per_weight: 4 },
        size_bytes: 4_920_000_000,
        params_string: "8.0B",
        loaded_instances: [{ id: LLAMA.id, config: { context_length: 131_072 } }],
        max_context_length: 131_072,
        format: "gguf",
        capabilities: { vision: false, trained_for_tool_use: true },
        description: null,
      },
      {
        type: "embedding",
        publisher: "openai",
        key: EMBEDDER.id,
        display_name: "text-embedding-3-small",
        architecture: "text-embedding",
        quantization: null,
        size_bytes: 0,
        params_string: null,
        loaded_instances: [],
        max_context_length: 8191,
        format: null,
        description: null,
      },
    ],
  },
  lemonade: {
    object: "list",
    data: [
      {
        ...llamaCard("lemonade"),
        checkpoint: LLAMA.id,
        recipe: "",
        downloaded: true,
        labels: ["tool-calling"],
        size: 4.92,
        max_context_window: 131_072,
      },
      {
        ...embedderCard(),
        checkpoint: EMBEDDER.id,
        recipe: "",
        downloaded: true,
        labels: ["embeddings"],
        max_context_window: 8191,
      },
    ],
  },
  lmdeploy: {
    object: "list",
    data: [
      { ...llamaCard("lmdeploy"), root: LLAMA.id, parent: null, permission: LLAMA_PERMISSION },
      { ...embedderCard(), root: EMBEDDER.id, parent: null, permission: EMBEDDER_PERMISSION },
    ],
  },
  sglang: {
    object: "list",
    data: [
      { ...llamaCard("sglang"), root: LLAMA.id, parent: null },
      { ...embedderCard(), root: EMBEDDER.id, parent: null },
    ],
  },
  vllm: {
    object: "list",
    data: [
      { ...llamaCard("vllm"), root: LLAMA.id, parent: null, permission: LLAMA_PERMISSION },
      { ...embedderCard(), root: EMBEDDER.id, parent: null, permission: EMBEDDER_PERMISSION },
    ],
  },
  llamacpp: {
    object: "list",
    models: [
      {
        name: LLAMA.id,
        model: LLAMA.id,
        modified_at: "",
        size: "",
        digest: "",
        type: "model",
        description: "",
        tags: [],
        capabilities: ["completion", "tools"],
        parameters: "",
        details: LLAMA_DETAILS,
      },
      {
        name: EMBEDDER.id,
        model: EMBEDDER.id,
        modified_at: "",
        size: "",
        digest: "",
        type: "model",
        description: "",
        tags: [],
        capabilities: ["embedding"],
        parameters: "",
        details: EMBEDDER_DETAILS,
      },
    ],
    data: [
      {
        ...llamaCard("llamacpp"),
        meta: { n_ctx: 131_072, n_ctx_train: 131_072, n_params: 8_000_000_000, size: 4_920_000_000 },
        status: { value: "loaded" },
      },
      { ...embedderCard(), meta: { n_ctx: 8191, n_ctx_train: 8191 } },
    ],
  },
  "docker-model-runner": { object: "list", data: [llamaCard("docker"), embedderCard()] },
  "vllm-mlx": { object: "list", data: [llamaCard("vllm-mlx"), embedderCard()] },
  litellm: {
    object: "list",
    data: [
      { ...llamaCard("litellm"), mode: "chat", max_input_tokens: 131_072, supports_function_calling: true },
      { ...embedderCard(), mode: "embedding", max_input_tokens: 8191, input_cost_per_token: 2e-8 },
    ],
  },
  omlx: { object: "list", data: [llamaCard("omlx"), embedderCard()] },
};

describe("list formats", () => {
  for (const name of FORMAT_NAMES) {
    test(`${name} lists every model of every type, in its own shape`, async () => {
      const world = listingWorld(TWO);
      world.loaded.set("local", [LLAMA.id]);
      assert.deepEqual(await listed(world, format(name)), EXPECTED[name]);
    });

    test(`${name} is an empty list, not null, without models`, async () => {
      const body = await listed(listingWorld({}), format(name));
      for (const field of Object.keys(format(name).lists)) assert.deepEqual(body[field], []);
    });
  }

  test("a context length that nobody states is in no list", async () => {
    for (const name of ["openai", "vllm", "sglang", "litellm", "lmstudio"]) {
      const body = await listed(listingWorld({ a: { type: "vllm", models: ["m"] } }), format(name));
      assert.doesNotMatch(JSON.stringify(body), /context|max_model_len|max_input/);
    }
  });

  test("a LoRA adapter names its parent for the clients of vLLM and SGLang", async () => {
    const world = listingWorld({ a: { type: "vllm", models: [{ id: "sql", parent: "base" }] } });
    for (const name of ["vllm", "sglang", "lmdeploy"]) {
      assert.equal((await listed(world, format(name)) as { data: { parent: string }[] }).data[0]?.parent, "base");
    }
  });

  test("Ollama's own command line can show a model without a digest, always the same", async () => {
    const digest = async () => {
      const world = listingWorld({ a: { type: "vllm", models: ["m"] } });
      return (await listed(world, format("ollama")) as { models: { digest: string }[] }).models[0]?.digest;
    };
    assert.match(await digest() ?? "", /^[0-9a-f]{64}$/);
    assert.equal(await digest(), await digest());
  });

  for (
    const [quantization, bits] of [["Q4_K_M", 4], ["Q8_0", 8], ["BF16", 16], ["F16", 16], ["MXFP4", 4], ["8bit", 8], [
      "odd",
      null,
    ]] as const
  ) {
    test(`LM Studio's clients read ${quantization} as ${bits} bits a weight`, async () => {
      const world = listingWorld({ a: { type: "lm-studio", models: [{ id: "m", quantization }] } });
      const { models } = await listed(world, format("lmstudio_v1")) as {
        models: { quantization: { bits_per_weight: number } }[];
      };
      assert.equal(models[0]?.quantization.bits_per_weight, bits);
    });
  }
});

describe("the format of a path", () => {
  const cases: [type: string, path: string, format: string][] = [
    ["ollama", "/api/tags", "ollama"],
    ["ollama", "/v1/models", "openai"],
    ["lm-studio", "/api/v0/models", "lmstudio"],
    ["lm-studio", "/api/v1/models", "lmstudio_v1"],
    ["lm-studio", "/v1/models", "openai"],
    ["lemonade", "/api/v1/models", "lemonade"],
    ["docker-model-runner", "/engines/v1/models", "docker-model-runner"],
    ["litellm", "/v1/models", "litellm"],
    ["litellm", "/models", "litellm"],
    ["vllm", "/v1/models", "vllm"],
    ["sglang", "/v1/models", "sglang"],
    ["sglang", "/api/tags", "ollama"],
    ["lmdeploy", "/v1/models", "lmdeploy"],
    ["vllm-mlx", "/v1/models", "vllm-mlx"],
    ["llamacpp", "/v1/models", "llamacpp"],
    ["omlx", "/v1/models", "omlx"],
    ["openai-compatible", "/v1/models", "openai"],
  ];
  for (const [type, path, expected] of cases) {
    test(`${path} of ${type} is ${expected}`, () => {
      const profile = PROFILES.byType(type);
      assert.ok(profile);
      assert.equal(formatAt(profile, path).name, expected);
    });
  }

  test("a type of the user's own is written in the format that its list is read in", () => {
    const vllm = PROFILES.byType("vllm");
    assert.ok(vllm);
    assert.equal(formatAt({ ...vllm, name: "my-server" }, "/catalog").name, "vllm");
    assert.equal(formatAt({ ...vllm, name: "my-server", response_format: "openai" }, "/catalog").name, "openai");
  });
});

describe("joinFormats()", () => {
  test("gives one answer that the clients of both can read", async () => {
    const world = listingWorld(TWO);
    const joined = joinFormats([format("lemonade"), format("lmstudio"), format("lmstudio_v1")]);
    const body = await listed(world, joined) as { object: string; data: Record<string, unknown>[]; models: unknown };
    assert.equal(body.object, "list");
    assert.equal(body.data[0]?.recipe, "");
    assert.equal(body.data[0]?.state, "not-loaded");
    assert.deepEqual(body.models, (await listed(world, format("lmstudio_v1"))).models);
  });

  test("of one format is that format", () => {
    assert.equal(joinFormats([format("ollama"), format("ollama")]), format("ollama"));
  });
});

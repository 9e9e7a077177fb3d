import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function readV0(entry: object) {
  return parseModelList("lmstudio", { object: "list", data: [{ id: "m", object: "model", ...entry }] })[0];
}

function readV1(entry: object) {
  return parseModelList("lmstudio", { models: [{ key: "m", ...entry }] })[0];
}

const CHATS = { chat: true, completion: true, embeddings: false };
const EMBEDS = { chat: false, completion: false, embeddings: true, vision: false, tools: false };

describe("the parser of LM Studio's list", () => {
  test("reads all that /api/v0/models says", () => {
    const entry = {
      type: "vlm",
      publisher: "mlx-community",
      arch: "qwen2_vl",
      compatibility_type: "mlx",
      quantization: "4bit",
      state: "not-loaded",
      max_context_length: 32768,
    };
    assert.deepEqual(readV0(entry), {
      id: "m",
      ownedBy: "mlx-community",
      type: "vlm",
      family: "qwen2_vl",
      format: "mlx",
      quantization: "4bit",
      loaded: false,
      contextLength: 32768,
      capabilities: { ...CHATS, vision: true },
    });
  });

  test("reads all that /api/v1/models says", () => {
    const entry = {
      type: "llm",
      publisher: "google",
      key: "google/gemma-3-4b",
      display_name: "Gemma 3 4B",
      architecture: "gemma3",
      quantization: { name: "Q4_0", bits_per_weight: 4 },
      size_bytes: 3000,
      params_string: "4B",
      loaded_instances: [{ id: "google/gemma-3-4b", config: { context_length: 4096, flash_attention: true } }],
      max_context_length: 131072,
      format: "gguf",
      capabilities: { vision: true, trained_for_tool_use: true },
      description: "Sees and talks",
    };
    assert.deepEqual(readV1(entry), {
      id: "google/gemma-3-4b",
      ownedBy: "google",
      type: "llm",
      family: "gemma3",
      format: "gguf",
      quantization: "Q4_0",
      parameterSize: "4B",
      sizeBytes: 3000,
      loaded: true,
      contextLength: 4096,
      description: "Sees and talks",
      capabilities: { ...CHATS, vision: true, tools: true },
    });
  });

  test("reads nothing but names from /v1/models", () => {
    assert.deepEqual(readV0({ owned_by: "organization_owner" }), { id: "m" });
  });

  const v0: [string, object, Record<string, boolean> | undefined][] = [
    ["llm: it cannot see", { type: "llm" }, { ...CHATS, vision: false }],
    ["llm with tool_use", { type: "llm", capabilities: ["tool_use"] }, { ...CHATS, vision: false, tools: true }],
    ["llm without tool_use: tools are not denied", { type: "llm", capabilities: [] }, { ...CHATS, vision: false }],
    ["vlm", { type: "vlm", capabilities: ["tool_use"] }, { ...CHATS, vision: true, tools: true }],
    ["embeddings", { type: "embeddings", capabilities: ["tool_use"] }, EMBEDS],
    ["a type that is not known", { type: "tts", capabilities: ["tool_use"] }, { tools: true }],
  ];
  for (const [what, entry, expected] of v0) {
    test(`v0, type ${what}`, () => assert.deepEqual(readV0(entry)?.capabilities, expected));
  }

  const v1: [string, object, Record<string, boolean> | undefined][] = [
    ["llm that does not see", { vision: false, trained_for_tool_use: true }, { ...CHATS, vision: false, tools: true }],
    ["llm not trained for tools: tools are not denied", { vision: true, trained_for_tool_use: false }, {
      ...CHATS,
      vision: true,
    }],
    ["llm that says nothing: sight is not denied", {}, CHATS],
    ["llm that reasons", { reasoning: { allowed_options: ["off", "on"] } }, { ...CHATS, reasoning: true }],
    ["llm that does not reason", { reasoning: false }, { ...CHATS, reasoning: false }],
    ["llm with odd words", { vision: "yes", reasoning: null }, CHATS],
  ];
  for (const [what, capabilities, expected] of v1) {
    test(`v1, ${what}`, () => assert.deepEqual(readV1({ type: "llm", capabilities })?.capabilities, expected));
  }

  test("v1, embedding", () => assert.deepEqual(readV1({ type: "embedding" })?.capabilities, EMBEDS));

  test("says of the memory only what the list says", () => {
    const states = ["loaded", "not-loaded", "loading", undefined, 1].map((state) => readV0({ state })?.loaded);
    assert.deepEqual(states, [true, false, false, undefined, undefined]);
    const instances = [[{ id: "m" }], [], undefined, "x"].map((loaded_instances) =>
      readV1({ loaded_instances })?.loaded
    );
    assert.deepEqual(instances, [true, false, undefined, undefined]);
  });

  test("puts the context that a model was loaded with before the one it could have", () => {
    assert.equal(readV0({ loaded_context_length: 8192, max_context_length: 131072 })?.contextLength, 8192);
    const instance = (id: string, context_length: unknown) => ({ id, config: { context_length } });
    const twice = [instance("m", 16384), instance("m:2", 4096), instance("m:3", "x")];
    assert.equal(readV1({ loaded_instances: twice, max_context_length: 131072 })?.contextLength, 4096);
    assert.equal(readV1({ loaded_instances: [{ id: "m" }], max_context_length: 131072 })?.contextLength, 131072);
  });

  test("takes the names of loaded instances as other names", () => {
    const loaded_instances = [{ id: "m" }, { id: "mine" }, { id: "mine" }, { id: " " }, null];
    assert.deepEqual(readV1({ loaded_instances })?.aliases, ["mine"]);
    assert.equal(readV1({ loaded_instances: [{ id: "m" }] })?.aliases, undefined);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MODEL_LIST_FORMATS } from "../config/profile.ts";
import { CAPABILITIES } from "./capability.ts";
import type { DiscoveredModel } from "./model.ts";
import { parseModelList } from "./parse_list.ts";
import { objectOf } from "./parsers/fields.ts";

/** A place where servers differ: one of these stands there. */
class Either {
  readonly choices: readonly unknown[];

  constructor(choices: readonly unknown[]) {
    this.choices = choices;
  }
}

/** All that any parser reads, as the servers write it, in one entry. */
const WHOLE_ENTRY = {
  id: "m",
  name: "m",
  key: "m",
  model: "m",
  aliases: ["m", "other"],
  created: 1700000000,
  created_at: 1700000000,
  modified_at: "2024-09-25T10:00:00Z",
  owned_by: "openai",
  publisher: "meta",
  size: 1000,
  size_bytes: 1000,
  digest: "abc",
  description: "text",
  details: {
    parent_model: "base",
    format: "gguf",
    family: "llama",
    families: ["llama"],
    parameter_size: "8B",
    quantization_level: "Q4_0",
    context_length: 4096,
  },
  capabilities: new Either([["completion", "vision", "tool_use"], {
    vision: true,
    trained_for_tool_use: false,
    reasoning: {},
  }]),
  type: new Either(["llm", "vlm", "embeddings", "embedding"]),
  arch: "llama",
  architecture: new Either(["llama", {
    modality: "text->text",
    input_modalities: ["image"],
    output_modalities: ["text"],
  }]),
  compatibility_type: "gguf",
  format: "gguf",
  params_string: "8B",
  quantization: new Either(["Q4_0", { name: "Q4_0", bits_per_weight: 4 }]),
  state: "loaded",
  loaded_instances: [{ id: "other", config: { context_length: 4096 } }, { id: "m", config: { context_length: 8192 } }],
  loaded_context_length: 4096,
  max_context_length: 8192,
  max_context_window: 8192,
  meta: { n_ctx: 4096, n_ctx_train: 8192, n_params: 8e9, size: 1000, ftype: "Q4_K - Medium" },
  status: { value: "loaded", args: ["--embeddings"] },
  mode: "chat",
  max_model_len: 4096,
  max_input_tokens: 4096,
  max_output_tokens: 1024,
  top_provider: { context_length: 4096, max_completion_tokens: 1024 },
  pricing: { prompt: "0.000001", completion: "0.000002" },
  input_cost_per_token: 0.000001,
  supported_parameters: ["tools"],
  supports_vision: true,
  parent: "base",
  root: "base",
  checkpoint: "org/name",
  recipe: "llamacpp",
  labels: ["vision", "embeddings"],
};

describe("parseModelList() is lenient", () => {
  const ids = [
    ["an OpenAI list where Ollama's is expected", "ollama", { data: [{ id: "a" }] }, ["a"]],
    ["an Ollama list where OpenAI's is expected", "openai", { models: [{ name: "a:latest" }] }, ["a:latest"]],
    ["one list of two", "llamacpp", { models: [{ name: "b" }], data: [{ id: "a" }] }, ["a"]],
    ["an unknown format", "tgi", { data: [{ id: "a" }] }, ["a"]],
    ["a format that is a property of every object", "constructor", { data: [{ id: "a" }] }, ["a"]],
    ["a bare list", "openai", [{ id: "a" }], ["a"]],
    ["a list of names", "openai", { data: ["a", "b"] }, ["a", "b"]],
    ["an empty list that a Go program wrote", "ollama", { models: null }, []],
    ["an empty list of OpenAI's kind that a Go program wrote", "openai", { object: "list", data: null }, []],
    ["a name twice", "openai", { data: [{ id: "a", created: 1 }, { id: "a", created: 2 }] }, ["a"]],
    [
      "entries without a usable name",
      "openai",
      { data: [null, 1, [], {}, { id: "" }, { id: " " }, { id: 5 }, { id: "a\r\nX: y" }, { id: " a" }, { id: "b" }] },
      ["b"],
    ],
    ["a name as long as a book", "openai", { data: [{ id: "x".repeat(2000) }, { id: "b" }] }, ["b"]],
  ] as const;
  for (const [what, format, json, expected] of ids) {
    test(`takes ${what}`, () => {
      assert.deepEqual(parseModelList(format, json).map((model) => model.id), expected);
    });
  }

  for (const json of [null, undefined, 1, "models", {}, { data: {} }, { models: "x" }, { error: "no" }]) {
    test(`throws on ${JSON.stringify(json)}, which holds no list`, () => {
      for (const format of MODEL_LIST_FORMATS) assert.throws(() => parseModelList(format, json), /no model list/);
    });
  }
});

describe("parseModelList() with broken input", () => {
  const odd = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false, "", "x", "a/b:latest", ":latest", "*", "2024-01-01T00:00:00Z", -1, 1e300, 0.5),
      fc.constantFrom(
        "llm",
        "vlm",
        "embeddings",
        "embedding",
        "chat",
        "vision",
        "tools",
        "multimodal",
        "loaded",
        "oga-x",
      ),
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("id", "name", "data", "models", "__proto__", "toString"), tie("any"), {
        maxKeys: 4,
      }),
    ),
  })).any;
  /** The same value with some of its parts missing, and others odd. */
  const broken = (value: unknown): fc.Arbitrary<unknown> => {
    const parts = value instanceof Either
      ? fc.oneof(...value.choices.map(broken))
      : Array.isArray(value)
      ? fc.tuple(...value.map(broken))
      : typeof value === "object" && value !== null
      ? fc.record(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, broken(part)])), {
        requiredKeys: [],
      })
      : fc.constant(value);
    return fc.oneof({ weight: 6, arbitrary: parts }, { weight: 1, arbitrary: odd });
  };
  const brokenEntry = broken(WHOLE_ENTRY);
  const format = fc.constantFrom(...MODEL_LIST_FORMATS);

  test("never throws but for a missing list, whatever the answer is", () => {
    fc.assert(
      fc.property(format, fc.oneof(odd, fc.jsonValue({ maxDepth: 6 })), (format, answer) => {
        try {
          assertSound(parseModelList(format, fromWire(answer)));
        } catch (error) {
          assert.match(String(error), /no model list/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("gives only sound models, whatever the entries are", () => {
    fc.assert(
      fc.property(
        format,
        fc.array(brokenEntry, { maxLength: 4 }),
        fc.array(brokenEntry, { maxLength: 2 }),
        (format, entries, others) => {
          const [data, models] = format === "ollama" ? [others, entries] : [entries, others];
          assertSound(parseModelList(format, fromWire({ data, models })));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("never drops an entry that has a name, whatever else it says", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-zA-Z0-9._:/-]{0,20}$/);
    fc.assert(
      fc.property(format, fc.array(fc.tuple(name, brokenEntry), { maxLength: 4 }), (format, named) => {
        const list = named.map(([name, entry]) => ({ ...objectOf(entry), id: name, name, key: name, model: name }));
        const read = parseModelList(format, fromWire({ data: list, models: list }));
        assertSound(read);
        assert.deepEqual(read.map((model) => model.id), [...new Set(named.map(([name]) => name))]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** As it comes from a backend: `__proto__` is a field like any other there. */
function fromWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function assertSound(models: readonly DiscoveredModel[]): void {
  assert.equal(new Set(models.map((model) => model.id)).size, models.length);
  for (const model of models) {
    for (const name of [model.id, ...model.aliases ?? []]) assert.match(name, /^\S(?:[^\p{Cc}\p{Cs}]*\S)?$/u);
    assert.ok(model.aliases === undefined || (model.aliases.length > 0 && !model.aliases.includes(model.id)));
    const { created, sizeBytes, contextLength, maxOutputTokens, modifiedAt } = model;
    for (const count of [created, sizeBytes, contextLength, maxOutputTokens, modifiedAt]) {
      assert.ok(count === undefined || (Number.isSafeInteger(count) && count > 0), `${count}`);
    }
    for (const cost of [model.inputCostPerToken, model.outputCostPerToken]) {
      assert.ok(cost === undefined || (Number.isFinite(cost) && cost >= 0), `${cost}`);
    }
    const { digest, type, family, parameterSize, quantization, format, parent, description, ownedBy } = model;
    for (const text of [digest, type, family, parameterSize, quantization, format, parent, description, ownedBy]) {
      assert.ok(text === undefined || (typeof text === "string" && text.trim() !== ""), `${text}`);
    }
    assert.ok(model.loaded === undefined || typeof model.loaded === "boolean");
    for (const [word, has] of Object.entries(model.capabilities ?? {})) {
      assert.ok((CAPABILITIES as readonly string[]).includes(word) && typeof has === "boolean", `${word}: ${has}`);
    }
    assert.ok(Object.values(model).every((field) => field !== undefined));
  }
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CAPABILITIES } from "../../capability.ts";
import { joinDeployments, liteLlmRows, readLiteLlmRow } from "./litellm_model_info.ts";
import type { ModelFacts } from "./model_facts.ts";

function row(model_info: Record<string, unknown>): unknown {
  return { model_name: "m", litellm_params: { model: "openai/x", api_base: "http://10.0.0.7:9" }, model_info };
}

function factsOf(model_info: Record<string, unknown>): ModelFacts | undefined {
  return readLiteLlmRow(row(model_info))?.facts;
}

describe("readLiteLlmRow()", () => {
  test("reads a model of the price map, as LiteLLM 1.106 answers, and nothing of where it is served", () => {
    const deployment = readLiteLlmRow(row({
      id: "f97da51d",
      db_model: false,
      key: "gpt-4o-mini",
      max_tokens: 16384,
      max_input_tokens: 128000,
      max_output_tokens: 16384,
      input_cost_per_token: 1.5e-7,
      output_cost_per_token: 6e-7,
      cache_creation_input_token_cost: null,
      litellm_provider: "openai",
      mode: "chat",
      supports_vision: true,
      supports_function_calling: true,
      supports_reasoning: null,
      supports_audio_input: null,
    }));
    assert.deepEqual(deployment, {
      model: "m",
      facts: {
        type: "chat",
        contextLength: 128000,
        maxOutputTokens: 16384,
        inputCostPerToken: 1.5e-7,
        outputCostPerToken: 6e-7,
        capabilities: { chat: true, embeddings: false, rerank: false, vision: true, tools: true },
      },
    });
    assert.doesNotMatch(JSON.stringify(deployment), /10\.0\.0\.7|api_base|openai/);
  });

  test("says nothing of a model that LiteLLM does not know", () => {
    assert.deepEqual(factsOf({ id: "63ba", db_model: false, key: "openai/mine", litellm_provider: "openai" }), {});
  });

  test("takes the user's own words, and leaves out what is no number", () => {
    assert.deepEqual(factsOf({ mode: "embedding", supports_vision: true, max_input_tokens: "8k" }), {
      type: "embedding",
      capabilities: {
        chat: false,
        completion: false,
        tools: false,
        vision: true,
        reasoning: false,
        embeddings: true,
      },
    });
    assert.deepEqual(factsOf({ max_input_tokens: 0, input_cost_per_token: -1, output_cost_per_token: "1" }), {});
  });

  test("believes a false, but not where LiteLLM guesses", () => {
    const said = { mode: "chat", supports_function_calling: false, supports_vision: false };
    const capabilities = factsOf({ ...said, litellm_provider: "bedrock" })?.capabilities;
    assert.deepEqual([capabilities?.tools, capabilities?.vision], [false, false]);
    const guess = { ...said, supports_vision: true, litellm_provider: "ollama", input_cost_per_token: 0 };
    assert.deepEqual(factsOf({ ...guess, max_input_tokens: 8192 }), {
      contextLength: 8192,
      capabilities: { vision: true },
    });
  });

  const modes: readonly [string, Record<string, boolean> | undefined][] = [
    ["responses", { chat: true, embeddings: false }],
    ["completion", { completion: true, embeddings: false }],
    ["embedding", { embeddings: true, chat: false, tools: false, vision: false }],
    ["rerank", { rerank: true, chat: false, embeddings: false }],
    ["audio_transcription", { audio: true, chat: false, embeddings: false }],
    ["audio_speech", { audio: true, chat: false }],
    ["image_generation", { image: true, embeddings: false }],
    ["vector_store", undefined],
    ["constructor", undefined],
  ];
  for (const [mode, expected] of modes) {
    test(`mode ${mode}`, () => {
      const { capabilities, type } = factsOf({ mode }) ?? {};
      assert.equal(type, mode);
      if (expected === undefined) assert.equal(capabilities, undefined);
      else assert.deepEqual({ ...capabilities, ...expected }, capabilities);
    });
  }

  test("either way of audio is audio", () => {
    const audio = (input: unknown, output: unknown) =>
      factsOf({ supports_audio_input: input, supports_audio_output: output })?.capabilities?.audio;
    assert.deepEqual([audio(true, false), audio(false, true), audio(false, false), audio(null, false)], [
      true,
      true,
      false,
      false,
    ]);
    assert.equal(audio(null, undefined), undefined);
  });

  test("a row without a usable name is none", () => {
    for (const bad of [null, 5, "x", [], {}, { model_name: "" }, { model_name: "a\nb" }, { model_name: 5 }]) {
      assert.equal(readLiteLlmRow(bad), undefined);
    }
    assert.deepEqual(readLiteLlmRow({ model_name: "m" }), { model: "m", facts: {} });
  });

  test("takes anything for a row", () => {
    const field = fc.constantFrom("mode", "max_input_tokens", "supports_vision", "litellm_provider", "__proto__");
    const info = fc.oneof(fc.jsonValue(), fc.dictionary(field, fc.jsonValue()));
    const anyRow = fc.record({ model_name: fc.oneof(fc.string(), fc.jsonValue()), model_info: info });
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), anyRow), (json) => {
      const facts = readLiteLlmRow(json)?.facts ?? {};
      for (const value of Object.values(facts.capabilities ?? {})) assert.equal(typeof value, "boolean");
      for (const { 1: value } of Object.entries(facts)) assert.notEqual(value, undefined);
    }));
  });
});

test("rows are found in `data`, and nowhere else", () => {
  assert.deepEqual(liteLlmRows({ data: [1, 2] }), [1, 2]);
  for (const other of [null, [], { data: {} }, "x", { data: null }]) assert.deepEqual(liteLlmRows(other), []);
});

describe("joinDeployments()", () => {
  test("gives the shortest limits and the highest price, as far as they are known", () => {
    const joined = joinDeployments([
      { type: "chat", contextLength: 8000, maxOutputTokens: 4000, inputCostPerToken: 1 },
      { type: "chat", contextLength: 4000, inputCostPerToken: 3, outputCostPerToken: 2 },
      { type: "chat", inputCostPerToken: 0 },
    ]);
    assert.deepEqual(joined, {
      type: "chat",
      contextLength: 4000,
      maxOutputTokens: 4000,
      inputCostPerToken: 3,
      outputCostPerToken: 2,
    });
    assert.equal(joinDeployments([{ type: "chat" }, { type: "embedding" }]).type, undefined);
  });

  const cases: readonly [readonly (boolean | undefined)[], boolean | undefined][] = [
    [[true, true], true],
    [[true, undefined], true],
    [[false, false], false],
    [[false, undefined], undefined],
    [[true, false], undefined],
    [[true, false, true], undefined],
    [[undefined, undefined], undefined],
  ];
  for (const [said, expected] of cases) {
    test(`vision of ${said.join(", ")} is ${expected}`, () => {
      const all = said.map((vision): ModelFacts => vision === undefined ? {} : { capabilities: { vision } });
      assert.equal(joinDeployments(all).capabilities?.vision, expected);
    });
  }

  test("depends on no order, and denies nothing that a deployment does not deny", () => {
    const stated = fc.dictionary(fc.constantFrom(...CAPABILITIES), fc.boolean());
    const facts = fc.record({ capabilities: stated, contextLength: fc.integer({ min: 1 }) }, { requiredKeys: [] });
    fc.assert(fc.property(fc.array(facts, { minLength: 1 }), (all) => {
      const joined = joinDeployments(all);
      assert.deepEqual(joinDeployments(all.toReversed()).capabilities ?? {}, joined.capabilities ?? {});
      for (const capability of CAPABILITIES) {
        if (joined.capabilities?.[capability] !== false) continue;
        assert.ok(all.every(({ capabilities }) => capabilities?.[capability] === false));
      }
    }));
  });
});

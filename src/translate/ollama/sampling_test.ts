import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { samplingOf } from "./sampling.ts";

describe("samplingOf", () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["keeps what is called alike", {
      temperature: 0,
      top_p: 0.9,
      min_p: 0.05,
      frequency_penalty: 1,
      presence_penalty: -1,
    }, {
      temperature: 0,
      top_p: 0.9,
      min_p: 0.05,
      frequency_penalty: 1,
      presence_penalty: -1,
    }],
    ["keeps top_k", { top_k: 40 }, { top_k: 40 }],
    ["writes top_k 0 as -1", { top_k: 0 }, { top_k: -1 }],
    ["keeps a seed", { seed: 0 }, { seed: 0 }],
    ["leaves a random seed out", { seed: -1 }, {}],
    ["cuts fractions off, as Ollama does", { seed: 7.9, num_predict: 5.5 }, { seed: 7, max_tokens: 5 }],
    ["writes num_predict as max_tokens", { num_predict: 128 }, { max_tokens: 128 }],
    ["knows num_predict -1 for no limit", { num_predict: -1 }, {}],
    ["knows num_predict -2 for no limit", { num_predict: -2 }, {}],
    ["knows num_predict 0 for no limit", { num_predict: 0 }, {}],
    ["writes repeat_penalty under both names", { repeat_penalty: 1.1 }, {
      repeat_penalty: 1.1,
      repetition_penalty: 1.1,
    }],
    ["keeps stop texts", { stop: ["\n", "END"] }, { stop: ["\n", "END"] }],
    ["takes one stop text", { stop: "END" }, { stop: ["END"] }],
    ["leaves empty stop texts out", { stop: ["", "a"] }, { stop: ["a"] }],
    ["leaves an empty list of stop texts out", { stop: [] }, {}],
    ["takes null for absent", { temperature: null, stop: null, top_k: null }, {}],
    ["leaves out how Ollama loads a model", { num_ctx: 8192, num_gpu: 1, mirostat: 2, use_mmap: true, own: {} }, {}],
  ];
  for (const [title, options, fields] of cases) {
    test(title, () => {
      assert.deepEqual(samplingOf({ options }), fields);
    });
  }

  test("is nothing without options", () => {
    assert.deepEqual(samplingOf({}), {});
    assert.deepEqual(samplingOf({ options: null }), {});
  });

  const wrong: [unknown, string][] = [
    ["warm", "options"],
    [{ temperature: "warm" }, "options.temperature"],
    [{ top_k: true }, "options.top_k"],
    [{ stop: ["a", 1] }, "options.stop"],
    [{ stop: {} }, "options.stop"],
  ];
  for (const [options, param] of wrong) {
    test(`refuses ${JSON.stringify(options)} by the name of the option`, () => {
      assert.throws(() => samplingOf({ options }), { code: "invalid_request", param });
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { namedRefusals } from "./named_refusals.ts";

const FIELDS = ["max_tokens", "reasoning_content", "reasoning_effort", "seed", "stream_options", "top_k", "user"];
const REQUEST = { model: "m", messages: [], top_k: 5, seed: 1, stream_options: {}, note: "Unknown parameter: seed" };
const error = (fields: Record<string, unknown>) => JSON.stringify({ error: fields });
const detail = (...items: Record<string, unknown>[]) => JSON.stringify({ detail: items });
const forbidden = { type: "extra_forbidden", msg: "Extra inputs are not permitted" };

describe("An error names as refused", () => {
  const cases: [story: string, text: string, expected: string[]][] = [
    ["what OpenAI does not know", error({ message: "Unrecognized request argument supplied: top_k", param: null }), [
      "top_k",
    ]],
    [
      "what OpenAI's newer models do not take",
      error({
        message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'seed' instead.",
        param: "max_tokens",
        code: "unsupported_parameter",
      }),
      ["max_tokens"],
    ],
    ["what only `param` names", error({ message: "This parameter is not supported", param: "reasoning_effort" }), [
      "reasoning_effort",
    ]],
    [
      "a field of a message",
      error({ message: "Unknown parameter", param: "messages[1].reasoning_content" }),
      ["reasoning_content"],
    ],
    ["what pydantic forbids", detail({ ...forbidden, loc: ["body", "top_k"], input: 5 }), ["top_k"]],
    ["what pydantic forbids inside of a field", detail({ ...forbidden, loc: ["body", "stream_options", "x"] }), [
      "stream_options",
    ]],
    [
      "what Mistral forbids",
      JSON.stringify({ object: "error", message: { detail: [{ ...forbidden, loc: ["body", "seed"] }] } }),
      ["seed"],
    ],
    [
      "what vLLM forbids, in Python's words",
      error({
        message: "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', " +
          "'input': {'top_k': 5}}]",
      }),
      ["seed"],
    ],
    [
      "what Gemini does not know",
      '[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \\"seed\\": Cannot find field."}}]',
      [
        "seed",
      ],
    ],
    ["what serde does not know, not what it does", "unknown field `top_k`, expected one of `model`, `seed`", ["top_k"]],
    ["what Groq does not take", error({ message: "property 'reasoning_content' is unsupported" }), [
      "reasoning_content",
    ]],
    ["what a Python function does not take", "create() got an unexpected keyword argument 'top_k'", ["top_k"]],
    ["several", "extra fields not permitted: top_k, stream_options", ["stream_options", "top_k"]],
    [
      "nothing when a limit is too large",
      error({ message: "'max_tokens' or 'max_completion_tokens' is too large: 9" }),
      [],
    ],
    [
      "nothing that only the request said, which the server says again",
      detail({ type: "less_than", loc: ["body", "temperature"], msg: "Input should be less than 2", input: REQUEST }),
      [],
    ],
    [
      "nothing in the request that a forbidden field comes with",
      detail({ ...forbidden, loc: ["body", "x"], input: REQUEST }),
      [],
    ],
    [
      "nothing in what else it shows",
      JSON.stringify({ message: "Bad request", body: REQUEST, ctx: "unknown field seed" }),
      [],
    ],
    ["nothing when a value is wrong", detail({ type: "int_type", loc: ["body", "seed"], msg: "not an integer" }), []],
    ["no role", detail({ ...forbidden, loc: ["body", "messages", 0, "user", "name"] }), []],
    ["nothing in another sentence", "The model is not supported. You sent seed and top_k with it", []],
    ["no longer name", "Unknown parameter: max_tokens_total", []],
    ["nothing when it is cut off", detail({ ...forbidden, loc: ["body", "seed"] }).slice(0, -3), []],
  ];
  for (const [story, text, expected] of cases) {
    test(story, () => assert.deepEqual(namedRefusals(text, FIELDS), expected));
  }

  test("nothing that breaks, whatever it is", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      namedRefusals(JSON.stringify({ detail: value, error: { param: text, message: value } }), FIELDS);
      namedRefusals(text, FIELDS);
    }));
  });
});

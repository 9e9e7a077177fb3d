import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AnswerClass, classifyAnswer, saysPathMissing } from "./answer_class.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
  readonly theirs?: boolean;
  readonly noModel?: boolean;
}

const NOW = Date.parse("2026-01-01T00:00:00Z");

function classify({ status, headers = {}, text = "", theirs = false, noModel = false }: Answer): AnswerClass {
  const facts = { status, headers: new Headers(headers), text, ourCredentials: !theirs, hasModel: !noModel, now: NOW };
  return classifyAnswer(facts);
}

describe("classifyAnswer", () => {
  const cases: [story: string, answer: Answer, kind: AnswerClass["kind"], retryAfterMs?: number][] = [
    ["200", { status: 200 }, "answered"],
    ["400 is the client's", { status: 400, text: "model not found" }, "answered"],
    ["422 is the client's", { status: 422 }, "answered"],
    ["401 to our credentials", { status: 401 }, "auth"],
    ["403 to our credentials", { status: 403 }, "auth"],
    ["401 to the client's own", { status: 401, theirs: true }, "passed_on"],
    ["429 without a time", { status: 429 }, "busy"],
    ["429 with seconds", { status: 429, headers: { "retry-after": "7" } }, "busy", 7000],
    ["429 with a date", { status: 429, headers: { "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" } }, "busy", 9000],
    ["429 with a past date", { status: 429, headers: { "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" } }, "busy", 0],
    ["429 with nonsense", { status: 429, headers: { "retry-after": "soon" } }, "busy"],
    ["LiteLLM's cooldown", { status: 429, text: "No deployments available, Try again in 5 seconds." }, "busy", 5000],
    ["429 to the client's own credentials", { status: 429, theirs: true }, "passed_on"],
    ["Lemonade's pinned slots", { status: 409, text: '{"error":{"type":"slots_pinned_error"}}' }, "busy"],
    ["another 409", { status: 409, text: "conflict" }, "answered"],
    ["503 with a time", { status: 503, headers: { "retry-after": "2" } }, "busy", 2000],
    ["503 without", { status: 503 }, "gateway"],
    ["llama.cpp loads", { status: 503, text: '{"error":{"message":"Loading model","code":503}}' }, "loading"],
    ["502", { status: 502 }, "gateway"],
    ["504", { status: 504 }, "gateway"],
    ["500", { status: 500 }, "server_error"],
    ["501 is about the request", { status: 501 }, "passed_on"],
    ["529 of an overloaded cloud", { status: 529 }, "gateway"],
    ["Ollama lacks the model", { status: 404, text: '{"error":"model \'x\' not found"}' }, "model_missing"],
    ["vLLM lacks the model", { status: 404, text: "The model `x` does not exist." }, "model_missing"],
    [
      "llama.cpp's router lacks it",
      { status: 400, text: '{"error":{"message":"model \'x\' not found"}}' },
      "model_missing",
    ],
    ["LM Studio lacks it", { status: 400, text: '{"error":{"code":"model_not_found"}}' }, "model_missing"],
    ["llama-swap lacks it", { status: 400, text: "could not find real modelID for x" }, "model_missing"],
    ["LiteLLM lacks it", { status: 400, text: "Invalid model name passed in model=x" }, "model_missing"],
    ["400 of another fault", { status: 400, text: '{"error":"tool call not found in model turn"}' }, "answered"],
    ["Ollama's copy has no tools", { status: 400, text: '{"error":"x does not support tools"}' }, "model_missing"],
    ["llama.cpp's copy has no eyes", { status: 500, text: "image input is not supported" }, "model_missing"],
    ["404 of a path", { status: 404, text: '{"detail":"Not Found"}' }, "answered"],
    ["404 without a model in the request", { status: 404, text: "model not found", noModel: true }, "answered"],
  ];
  for (const [story, answer, kind, retryAfterMs] of cases) {
    test(story, () => {
      const result = classify(answer);
      assert.equal(result.kind, kind);
      assert.equal(result.retryAfterMs, retryAfterMs);
    });
  }
});

describe("saysPathMissing", () => {
  const cases: [story: string, status: number, text: string, missing: boolean][] = [
    ["404 without a word of models", 404, '{"detail":"Not Found"}', true],
    ["404 that names the path", 404, "This server does not serve POST /v1/responses", true],
    ["404 for something that is kept", 404, "Response with id 'resp_1' not found.", false],
    ["404 for a model", 404, "The model `x` does not exist", false],
    ["405", 405, "Method Not Allowed", true],
    ["501", 501, "", true],
    ["400", 400, "Unexpected endpoint or method.", false],
    ["LM Studio's 200", 200, '{"error":"Unexpected endpoint or method. (POST /v1/messages)"}', true],
    ["a good answer that speaks of it", 200, '{"text":"Unexpected endpoint or method."}', false],
  ];
  for (const [story, status, text, missing] of cases) {
    test(`${story}: ${missing}`, () => assert.equal(saysPathMissing(status, text, "/v1/responses"), missing));
  }
});

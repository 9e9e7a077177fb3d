import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { attemptVerdict, type CountedRequest, requestVerdict } from "./counted_request.ts";

function requestWith(outcome: string, status: number, attempts: readonly string[]): CountedRequest {
  return {
    status,
    outcome,
    endpoint: "a",
    requestBytes: 0,
    responseBytes: 0,
    durationMs: 1,
    errorCode: undefined,
    attempts: attempts.map((outcome) => ({ endpoint: "a", outcome })),
  };
}

describe("what a finished request counts as", () => {
  const cases: [what: string, outcome: string, status: number, attempts: string[], verdicts: string][] = [
    ["an answer", "ok", 200, ["answered"], "success: success"],
    ["a 4xx that is the client's own", "ok", 400, ["answered"], "success: success"],
    ["the client's own credentials refused", "ok", 401, ["passed_on"], "success: success"],
    ["a 5xx that is passed on", "ok", 501, ["answered"], "failure: failure"],
    ["a stream that was cut", "cut", 200, ["answered"], "failure: failure"],
    ["a fail-over", "ok", 200, ["unreachable", "answered"], "success: failure success"],
    ["a fail-over that was cut", "cut", 200, ["busy", "answered"], "failure: failure failure"],
    ["all failed", "failed", 502, ["unreachable", "closed"], "failure: failure failure"],
    ["the last backend's own 429, given on", "failed", 429, ["busy"], "failure: failure"],
    ["a dead pooled connection", "ok", 200, ["reset", "answered"], "success: - success"],
    ["an endpoint that was asked in another way", "ok", 200, ["asked_otherwise", "answered"], "success: - success"],
    ["a client that left while we waited", "client_gone", 499, ["client_gone"], "neither: neither"],
    ["a client that left after a failure", "client_gone", 499, ["closed", "client_gone"], "neither: failure neither"],
    ["a client that left in mid-stream", "client_gone", 499, ["answered"], "neither: neither"],
    ["a stream that we ended ourselves", "stopped", 499, ["answered"], "neither: neither"],
  ];
  for (const [what, outcome, status, attempts, verdicts] of cases) {
    test(`${what}: ${verdicts}`, () => {
      const request = requestWith(outcome, status, attempts);
      const each = attempts.map((_, index) => attemptVerdict(request, index) ?? "-");
      assert.equal(`${requestVerdict(request)}: ${each.join(" ")}`, verdicts);
    });
  }
});

import assert from "node:assert/strict";
import type { ClientDialect, Told } from "./dialect_client.ts";

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
};

/** Asserts that an answer is an error as clients of a dialect read it, and shows no address of a backend. */
export function assertErrorIn(
  dialect: ClientDialect,
  told: Told,
  { status, message }: { readonly status: number; readonly message: RegExp },
): void {
  assert.equal(told.status, status, told.raw);
  assert.equal(told.headers.get("content-type"), "application/json", told.raw);
  assert.match(told.headers.get("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/);
  assert.match(told.error ?? "", message);
  assert.doesNotMatch(told.raw, /127\.0\.0\.1|localhost/);
  const body = JSON.parse(told.raw);
  switch (dialect) {
    case "anthropic": {
      const otherwise = status < 500 ? "invalid_request_error" : "api_error";
      const error = { type: ANTHROPIC_TYPES[status] ?? otherwise, message: told.error };
      const request_id = told.headers.get("x-olla-request-id");
      assert.deepEqual(body, { type: "error", error, request_id });
      assert.equal(told.headers.get("request-id"), request_id, "where Anthropic's SDKs look for it");
      return;
    }
    case "responses":
      assert.deepEqual(Object.keys(body.error).sort(), ["code", "message", "param", "type"]);
      return;
    case "ollama":
      assert.deepEqual(body, { error: told.error });
  }
}

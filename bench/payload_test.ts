import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatStreamOrder, RequestReader } from "./mock_request.ts";
import { BENCH_MODEL, chatBody, chatRequest, getRequest, type PayloadKind } from "./payload.ts";

const sizes: readonly [PayloadKind, number, number][] = [
  ["small", 200, 400],
  ["60kb", 58_000, 64_000],
  ["3mb", 3_000_000, 3_300_000],
];

describe("chatBody", () => {
  for (const [kind, least, most] of sizes) {
    test(`is JSON of the promised size for "${kind}", with the model after the messages`, () => {
      const body = chatBody(kind, false);
      assert.ok(body.length >= least && body.length <= most, `${body.length} bytes`);
      const parsed: Record<string, unknown> = JSON.parse(body.toString());
      assert.deepEqual(Object.keys(parsed), ["messages", "model"]);
      assert.equal(parsed.model, BENCH_MODEL);
    });
  }

  test("asks for another model when told", () => {
    const parsed: Record<string, unknown> = JSON.parse(chatBody("small", false, "other").toString());
    assert.equal(parsed.model, "other");
  });

  test("asks for a stream only when told", () => {
    const parsed: Record<string, unknown> = JSON.parse(chatBody("small", true).toString());
    assert.equal(parsed.stream, true);
  });
});

describe("chatRequest", () => {
  test("is one request that the mock can read, order included", () => {
    const order = { id: 3, every: 10, count: 5 };
    const bytes = chatRequest({
      path: "/v1/x",
      port: 80,
      body: chatBody("small", true),
      order: formatStreamOrder(order),
    });
    assert.deepEqual(new RequestReader().push(bytes), { method: "POST", path: "/v1/x", stream: order });
  });

  test("leaves the request id to the gateway", () => {
    const text = chatRequest({ path: "/", port: 80, body: chatBody("small", false) }).toString();
    assert.doesNotMatch(text, /x-request-id/i);
  });
});

test("getRequest is one request that the mock can read", () => {
  const request = new RequestReader().push(getRequest("/v1/models", 80));
  assert.deepEqual(request, { method: "GET", path: "/v1/models", stream: undefined });
});

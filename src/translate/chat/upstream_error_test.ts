import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hideAddresses } from "./hide_addresses.ts";
import { upstreamError } from "./upstream_error.ts";

describe("a backend's error answer", () => {
  const cases: readonly (readonly [string, unknown, unknown])[] = [
    [
      "OpenAI",
      {
        error: {
          message: "Too long",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      },
      { message: "Too long", type: "invalid_request_error", code: "context_length_exceeded" },
    ],
    [
      "Anthropic",
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      { message: "Overloaded", type: "overloaded_error" },
    ],
    ["Ollama", { error: "model 'llama3.1:8b' not found" }, { message: "model 'llama3.1:8b' not found" }],
    [
      "vLLM",
      { object: "error", message: "No", type: "BadRequestError", param: null, code: 400 },
      { message: "No", type: "BadRequestError", code: "400" },
    ],
    [
      "llama.cpp",
      { error: { code: 400, message: "exceeds", type: "exceed_context_size_error", n_ctx: 4096 } },
      { message: "exceeds", type: "exceed_context_size_error", code: "400" },
    ],
    ["FastAPI, a text", { detail: "Not Found" }, { message: "Not Found" }],
    [
      "FastAPI, faults",
      { detail: [{ loc: ["body", "messages", 0, "role"], msg: "Field required" }, { loc: ["body"], msg: "x" }] },
      { message: "body.messages.0.role: Field required; body: x" },
    ],
    ["FastAPI, an object", { detail: { message: "No", code: 7 } }, { message: "No", code: "7" }],
    ["FastAPI, an error", { detail: { error: "No" } }, { message: "No" }],
    ["a message", { message: "No" }, { message: "No" }],
    ["a list", [{ error: { code: 400, message: "No", status: "INVALID_ARGUMENT" } }], { message: "No", code: "400" }],
    ["faults under errors", { errors: [{ message: "a" }, "b"] }, { message: "a; b" }],
    ["a JSON text", "No", { message: "No" }],
    ["an object that says nothing", { a: 1 }, { message: "The backend answered with status 418 and no message" }],
    ["a number", 5, { message: "The backend answered with status 418 and no message" }],
  ];
  for (const [name, json, expected] of cases) {
    test(name, () => assert.deepEqual(upstreamError(418, JSON.stringify(json)), expected));
  }

  const texts: readonly (readonly [string, string, string])[] = [
    ["plain text", "upstream connect error\n  or disconnect \n", "upstream connect error or disconnect"],
    ["nothing", "  \n", "The backend answered with status 418 and no message"],
    ["half of a JSON", '{"error":{"mess', '{"error":{"mess'],
    ["a page with a title", "<html><head><title>502 Bad Gateway</title></head><body>nginx</body>", "502 Bad Gateway"],
    ["a page with a heading", "<!doctype html><h1 class=x>Oh no</h1><p>nginx", "Oh no"],
    ["a page of text", "<p>It <b>broke</b></p>", "It broke"],
    ["an empty page", "<html><title></title></html>", "The backend answered with status 418 and no message"],
  ];
  for (const [name, body, message] of texts) {
    test(name, () => assert.deepEqual(upstreamError(418, body), { message }));
  }

  test("is bounded, and never cut inside of a character", () => {
    for (const body of ["x".repeat(5000), "👋".repeat(5000), "a" + "👋".repeat(5000)]) {
      const { message } = upstreamError(500, JSON.stringify({ error: body }));
      assert.ok(message.length <= 1000 && message.length > 990 && message.endsWith("…"));
      assert.ok(message.isWellFormed());
    }
  });

  test("may be anything without a throw, and always has a message", () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" }).map((text) => `<${text}`));
    fc.assert(fc.property(anything, (body) => upstreamError(500, body).message.trim() !== ""));
  });
});

describe("addresses of backends are hidden", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["dial tcp 10.0.0.4:11434: connect: connection refused", "dial tcp [address]: connect: connection refused"],
    ['Post "http://gpu-1:8000/v1/chat?key=x": EOF', 'Post "[address]": EOF'],
    ["dial tcp [::1]:8000: i/o timeout", "dial tcp [address]: i/o timeout"],
    ["connect ECONNREFUSED ::1:8000", "connect ECONNREFUSED [address]"],
    ["from fe80::1%eth0 and 2001:db8:0:0:0:0:0:7.", "from [address] and [address]."],
    ["Cannot connect to host gpu-1:8000 ssl:default", "Cannot connect to host [address] ssl:default"],
    ["[Connect call failed ('127.0.0.1', 8000)]", "[Connect call failed ('[address]', 8000)]"],
    ["HTTPConnectionPool(host='gpu-1', port=8000): Max retries", "HTTPConnectionPool([address]): Max retries"],
    ["lookup gpu-1 on 127.0.0.53:53: no such host", "lookup [address] on [address]: no such host"],
    ["getaddrinfo ENOTFOUND gpu-1", "getaddrinfo ENOTFOUND [address]"],
    ["llm.corp.example:443 refused. See localhost:8080.", "[address] refused. See [address]."],
    ["unix:///run/llm.sock and unix:/run/llm.sock", "[address] and [address]"],
    ["litellm.APIError: https://user:pw@llm.corp.example/v1, retry", "litellm.APIError: [address], retry"],
  ];
  for (const [text, shown] of cases) test(text, () => assert.equal(hideAddresses(text), shown));

  const kept = [
    "model 'llama3.1:8b' not found, try hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M or qwen3:30b-a3b",
    "requested max_tokens:8192, n_ctx:4096 at 12:30:45, ratio 1:1000",
    "version 1.2.3, std::vector, a::b, Error: 404 page not found",
    "context length is 4096 tokens; messages.0.content: Field required",
  ];
  for (const text of kept) test(`stays as it is: ${text}`, () => assert.equal(hideAddresses(text), text));
});

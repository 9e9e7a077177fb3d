import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { base36, fnv1a32 } from "../lib/hash.ts";
import { makeEndpoint } from "./endpoint.ts";
import { testConfig, testProfiles } from "./test_support.ts";

function make(fields: Parameters<typeof testConfig>[0]) {
  return makeEndpoint(testConfig(fields), testProfiles());
}

describe("addresses", () => {
  const cases: [string, string, string, string][] = [
    ["http://localhost:11434", "http://localhost:11434", "http://localhost:11434", ""],
    ["http://localhost:11434/", "http://localhost:11434/", "http://localhost:11434", ""],
    ["https://api.example.com/v1/", "https://api.example.com/v1/", "https://api.example.com", "/v1"],
    ["http://h:80/base/path", "http://h:80/base/path", "http://h", "/base/path"],
    ["http://h:1/p?key=hush#x", "http://h:1/p", "http://h:1", "/p"],
    ["http://user:hush@h:1/p", "http://h:1/p", "http://h:1", "/p"],
    ["http://[::1]:8000", "http://[::1]:8000", "http://[::1]:8000", ""],
    ["unix:/run/llama.sock", "unix:/run/llama.sock", "http://localhost", ""],
    ["unix:///run/llama.sock", "unix:///run/llama.sock", "http://localhost", ""],
  ];
  for (const [given, url, origin, basePath] of cases) {
    test(`${given} goes to ${origin}${basePath}`, () => {
      const endpoint = make({ url: given });
      assert.deepEqual([endpoint.url, endpoint.origin, endpoint.basePath], [url, origin, basePath]);
      assert.equal(endpoint.id, base36(fnv1a32(url)));
      assert.equal(endpoint.transport.unix, given.startsWith("unix:") ? "/run/llama.sock" : undefined);
    });
  }
});

test("the type is the profile's own name, or left open", () => {
  assert.equal(make({ type: "Ollama" }).configuredType, "ollama");
  assert.equal(make({ type: "auto" }).configuredType, undefined);
  assert.equal(make({ type: " AUTO " }).configuredType, undefined);
  const { type: _, ...untyped } = testConfig();
  assert.equal(makeEndpoint(untyped, testProfiles()).configuredType, undefined);
});

test("credentials, keys and proxy passwords stay out of its JSON", () => {
  const endpoint = make({
    resolved_headers: { authorization: "Bearer hush" },
    secret_headers: ["authorization"],
    proxy_url: "http://user:hush@proxy:3128",
    resolved_tls: { key: "hush", serverName: "gpu", rejectUnauthorized: true },
  });
  assert.doesNotMatch(JSON.stringify(endpoint), /hush/);
  assert.equal(endpoint.headers.authorization, "Bearer hush");
  assert.deepEqual([...endpoint.secretHeaders], ["authorization"]);
  assert.equal(endpoint.transport.proxyUrl, "http://user:hush@proxy:3128");
  assert.equal(endpoint.transport.tls?.serverName, "gpu");
});

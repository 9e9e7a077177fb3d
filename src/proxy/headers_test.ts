import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testEndpoint } from "../endpoints/test_support.ts";
import { readClientHeaders, upstreamHeaders } from "./request_headers.ts";
import { clientHeaders } from "./response_headers.ts";

const FORWARDED = { via: "1.1 olla/1 (x)", proxiedBy: "Olla/1", peerAddress: "10.0.0.9", protocol: "http" as const };

function up(headers: Record<string, string>, fields: Parameters<typeof testEndpoint>[0] = {}, forwarded = true) {
  return upstreamHeaders(readClientHeaders(new Headers(headers)), testEndpoint(fields), {
    forwarded: forwarded ? FORWARDED : undefined,
    model: "m",
    userAgent: "Olla/1",
  });
}

describe("headers to a backend", () => {
  test("leave out what belongs to the client's connection, its credentials and our own", () => {
    const sent = up(
      {
        "Host": "olla:40114",
        "Connection": "close, X-Secret-Hop",
        "X-Secret-Hop": "1",
        "Keep-Alive": "timeout=5",
        "TE": "trailers",
        "Transfer-Encoding": "chunked",
        "Upgrade": "websocket",
        "Content-Length": "5",
        "Authorization": "Bearer client",
        "Proxy-Authorization": "Basic x",
        "Cookie": "a=b",
        "X-Api-Key": "client",
        "X-Olla-Session-ID": "s",
        "X-Olla-Endpoint": "e",
        "Accept": "text/event-stream",
        "Accept-Encoding": "gzip",
        "anthropic-beta": "tools",
      },
      {},
      false,
    );
    assert.deepEqual(sent, {
      "accept": "text/event-stream",
      "accept-encoding": "gzip",
      "anthropic-beta": "tools",
      "user-agent": "Olla/1",
    });
  });

  test("name us and the client, once, behind what was there", () => {
    const sent = up({ host: "olla:40114", via: "1.0 fred", "x-forwarded-for": "1.2.3.4", "x-real-ip": "1.2.3.4" });
    assert.equal(sent["via"], "1.0 fred, 1.1 olla/1 (x)");
    assert.equal(sent["x-forwarded-for"], "1.2.3.4, 10.0.0.9");
    assert.equal(sent["x-real-ip"], "1.2.3.4");
    assert.equal(sent["x-forwarded-host"], "olla:40114");
    assert.equal(sent["x-forwarded-proto"], "http");
    assert.equal(sent["x-proxied-by"], "Olla/1");
    assert.equal(sent["x-model"], "m");
  });

  test("carry the endpoint's own, which win over the client's", () => {
    const sent = up({ "x-team": "client" }, { resolved_headers: { "x-team": "ours", "authorization": "Bearer ours" } });
    assert.equal(sent["x-team"], "ours");
    assert.equal(sent["authorization"], "Bearer ours");
  });

  test("carry the client's Authorization only with forward_auth", () => {
    assert.equal(up({ authorization: "Bearer client" })["authorization"], undefined);
    assert.equal(up({ authorization: "Bearer client" }, { forward_auth: true })["authorization"], "Bearer client");
  });
});

test("a client without a User-Agent is not passed off as our runtime", () => {
  assert.equal(up({})["user-agent"], "Olla/1");
  assert.equal(up({ "user-agent": "curl/8" })["user-agent"], "curl/8");
});

describe("headers to the client", () => {
  function down(headers: Record<string, string>, secret: string[] = []) {
    return clientHeaders(new Headers(headers), {
      requestId: "req_1",
      endpoint: testEndpoint({ name: "e", secret_headers: secret }),
      backendType: "litellm",
      model: "gpt-4",
      responseTimeMs: 2341,
      attempts: 2,
      routing: { strategy: "strict", decision: "routed", reason: "model_found" },
      via: "1.1 olla/1 (x)",
      servedBy: "Olla/1",
    });
  }

  test("leave out hop-by-hop headers, credentials, cookies and names that are ours", () => {
    const got = down({
      "connection": "x-hop",
      "x-hop": "1",
      "transfer-encoding": "chunked",
      "set-cookie": "a=b",
      "x-olla-endpoint": "forged",
      "x-team-key": "secret",
      "x-litellm-model-id": "id",
      "x-ratelimit-remaining-requests": "9",
    }, ["x-team-key"]);
    for (const name of ["connection", "x-hop", "transfer-encoding", "set-cookie", "x-team-key"]) {
      assert.equal(got.get(name), null, name);
    }
    assert.equal(got.get("x-olla-endpoint"), "e");
    assert.equal(got.get("x-litellm-model-id"), "id");
    assert.equal(got.get("x-ratelimit-remaining-requests"), "9");
  });

  test("say where the answer came from", () => {
    const got = down({ "via": "1.1 backend" });
    assert.equal(got.get("x-olla-backend-type"), "litellm");
    assert.equal(got.get("x-olla-model"), "gpt-4");
    assert.equal(got.get("x-olla-response-time"), "2.341s");
    assert.equal(got.get("x-olla-attempts"), "2");
    assert.equal(got.get("x-olla-routing-reason"), "model_found");
    assert.equal(got.get("via"), "1.1 olla/1 (x)");
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MODEL, NO_PROBES, Scene, threeRounds } from "../support/scene.ts";
import { RawConnection, rawPost, rawRequest, type RawResponse } from "../support/raw_http.ts";

const BODY = JSON.stringify({ model: MODEL, messages: [] });

function errorCode(response: RawResponse): string | undefined {
  return JSON.parse(response.body.toString()).error?.code;
}

/** All requests at the backends that carry a body or go where no health check and no question about models goes. */
function touched(scene: Scene): number {
  const own = ["/", "/api/tags", "/api/ps", "/api/version", "/v1/models"];
  const requests = scene.llms.flatMap((llm) => llm.backend.requests);
  return requests.filter(({ method, target }) => target !== "/api/show" && (method === "POST" || !own.includes(target)))
    .length;
}

describe("large headers", () => {
  const withHeader = (bytes: number) => rawPost("/v1/chat/completions", BODY, { "X-Large": "a".repeat(bytes) });

  test("of 200 KB pass at the default limit, up to the backend", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const response = await rawRequest(scene.olla.port, withHeader(200 * 1024));
      assert.equal(response.status, 200, response.body.toString());
      const received = scene.first.inferences.at(-1)?.header("x-large");
      assert.equal(received?.length, 200 * 1024);
      scene.first.backend.requests.length = 0;
    });
  });

  const limits: [string, Record<string, unknown>, number][] = [
    ["a limit of 64 KB", { request_limits: { max_header_size: "64KB" } }, 200 * 1024],
    ["the default limit of 1 MB", {}, 1100 * 1024],
  ];
  for (const [name, server, bytes] of limits) {
    test(`over ${name} are 431 in JSON`, { timeout: 30_000 }, async () => {
      await using scene = await Scene.start({ others: [], endpoint: NO_PROBES, server });
      await threeRounds(scene, async () => {
        const response = await rawRequest(scene.olla.port, withHeader(bytes));
        assert.deepEqual([response.status, errorCode(response)], [431, "headers_too_large"]);
        assert.match(response.header("x-olla-request-id") ?? "", /^req_/);
      });
      assert.equal(scene.first.inferences.length, 3, "only the good requests between the rounds");
    });
  }
});

describe("a request that says its length in two ways", () => {
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
  const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
  const requests: [string, string][] = [
    ["Content-Length and Transfer-Encoding", `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`],
    ["Transfer-Encoding and Content-Length", `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunked}`],
    ["two lengths", `Content-Length: ${BODY.length}\r\nContent-Length: 4\r\n\r\n${BODY}`],
  ];
  test("is 400, and its rest never counts as a second request", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const before = touched(scene);
      for (const [name, rest] of requests) {
        const response = await rawRequest(scene.olla.port, `${head}${rest}`);
        assert.equal(response.status, 400, name);
      }
      assert.equal(touched(scene), before);
    });
  });
});

describe("a path that tries to leave its place", () => {
  const paths = [
    "/v1/..%2f..%2fkey/generate",
    "/v1/..%2F..%2Fkey/generate",
    "/v1/%2e%2e%2f%2e%2e%2fkey/generate",
    "/v1/..%5c..%5ckey/generate",
    "/olla/ollama/..%2fapi/pull",
    "/olla/ollama/v1/..%2f..%2fapi/delete",
    "/olla/proxy/v1/chat%2f..%2f..%2fkey",
    "/v1/chat%00/completions",
  ];
  test("is 400 or 404 in JSON, and no backend sees it", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const before = touched(scene);
      for (const path of paths) {
        const response = await rawRequest(scene.olla.port, rawPost(path, BODY));
        assert.equal(response.status, 400, `${path}: ${response.body}`);
        assert.equal(errorCode(response), "invalid_request", path);
      }
      // What the parser itself resolves is a path like any other, and this one is nobody's.
      for (const path of ["/v1/../../key/generate", "/v1/%2e%2e/%2e%2e/key/generate"]) {
        assert.equal((await rawRequest(scene.olla.port, rawPost(path, BODY))).status, 404, path);
      }
      assert.equal(touched(scene), before);
    });
  });
});

describe("a method that no proxy should pass on", () => {
  const requests: [string, string][] = [
    ["TRACE on a proxied path", "TRACE /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["TRACE on a page", "TRACE /internal/health HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["CONNECT to another host", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"],
    ["CONNECT on a path", "CONNECT /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n"],
  ];
  test("is 405", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      for (const [name, request] of requests) {
        assert.equal((await rawRequest(scene.olla.port, request)).status, 405, name);
      }
    });
    assert.equal(touched(scene), 3, "only the good requests between the rounds");
  });
});

describe("an upgrade", () => {
  test("is 501 at once, and never hangs", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    const upgrade =
      "GET /v1/realtime?model=llama3.2 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    await threeRounds(scene, async () => {
      const response = await rawRequest(scene.olla.port, upgrade, { within: 2000 });
      assert.deepEqual([response.status, errorCode(response)], [501, "not_supported"]);
    });
  });
});

describe("HTTP/1.0 without Host", () => {
  const requests: [string, string, number][] = [
    ["a health check", "GET /internal/health HTTP/1.0\r\n\r\n", 200],
    ["OPTIONS on the root", "OPTIONS / HTTP/1.0\r\n\r\n", 0],
    ["the model list", "GET /v1/models HTTP/1.0\r\n\r\n", 200],
    [
      "a chat",
      `POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
      200,
    ],
  ];
  test("is answered like any other request", { timeout: 30_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      for (const [name, request, status] of requests) {
        const response = await rawRequest(scene.olla.port, request);
        if (status === 0) assert.ok(response.status < 500, `${name}: ${response.status}`);
        else assert.equal(response.status, status, `${name}: ${response.body}`);
        assert.match(response.header("x-olla-request-id") ?? "", /^req_[a-z0-9]{20}$/, name);
      }
    });
  });
});

describe("a thousand connections that stop in the middle of their headers", () => {
  test("are held, cost under 10 MB, and hinder nobody", { timeout: 60_000 }, async () => {
    await using scene = await Scene.start({ others: [], endpoint: NO_PROBES });
    await threeRounds(scene, async () => {
      const before = await scene.olla.rss();
      const half = await Promise.all(Array.from({ length: 1000 }, async () => {
        const connection = await RawConnection.open(scene.olla.port);
        await connection.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Half: ");
        return connection;
      }));
      const begun = performance.now();
      await scene.askWell("first");
      const took = performance.now() - begun;
      const grown = await scene.olla.rss() - before;
      const held = half.filter(({ open }) => open).length;
      for (const connection of half) connection.close();
      assert.ok(took < 250, `the next request took ${took} ms`);
      assert.ok(grown < 10 * 1024 * 1024, `memory grew by ${grown} bytes`);
      assert.equal(held, 1000);
    });
  });
});

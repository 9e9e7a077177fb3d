import assert from "node:assert/strict";
import http from "node:http";
import type net from "node:net";
import { after, describe, test } from "node:test";
import type { ProbeResult } from "./health.ts";
import { probe } from "./probe.ts";
import { upstreamFetch } from "../runtime.ts";
import { realClient, testEndpoint } from "./test_support.ts";

const client = realClient(upstreamFetch);

const servers: http.Server[] = [];
after(() => servers.forEach((server) => server.close()));

/** Serves path → [status, body, headers]; the rest is 404. Tells which paths were asked for. */
async function serve(routes: Record<string, [number, string?, Record<string, string>?]>) {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body = "", headers = {}] = routes[request.url ?? ""] ?? [404];
    response.writeHead(status, headers).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, asked };
}

async function check(url: string, paths: string[], firstUrl = 0) {
  const outcome = await probe(client, {
    endpoint: testEndpoint({ url }),
    urls: paths.map((path) => url + path),
    firstUrl,
    timeoutMs: 2000,
  });
  assert.ok(outcome);
  return outcome;
}

function answered(result: ProbeResult): ProbeResult & { kind: "answered" } {
  assert.equal(result.kind, "answered");
  return result as ProbeResult & { kind: "answered" };
}

describe("what a check reads", () => {
  test("a good answer has nothing to say", async () => {
    const { url, asked } = await serve({ "/health": [200, "ok"] });
    const result = answered((await check(url, ["/health"])).result);
    assert.deepEqual([result.status, result.detail, result.loading], [200, "", false]);
    assert.ok(result.latencyMs >= 0);
    assert.deepEqual(asked, ["GET /health"]);
  });

  test("a 503 of llama.cpp that loads is loading, and only a 503", async () => {
    const body = '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}';
    const { url } = await serve({ "/health": [503, body], "/x": [500, body] });
    assert.equal(answered((await check(url, ["/health"])).result).loading, true);
    assert.equal(answered((await check(url, ["/x"])).result).loading, false);
  });

  test("a 429 says when to come back", async () => {
    const { url } = await serve({ "/health": [429, "", { "retry-after": "7" }] });
    assert.equal(answered((await check(url, ["/health"])).result).retryAfterMs, 7000);
  });

  test("a missing path says what to set, a redirect that it is not followed, without any address", async () => {
    const { url } = await serve({ "/away": [302, "", { location: "http://127.0.0.2:1/" }] });
    const missing = answered((await check(url, ["/health"])).result).detail;
    const away = answered((await check(url, ["/away"])).result).detail;
    assert.equal(
      missing,
      "its health check /health answers 404: set health_check_url on the endpoint to a path that it has",
    );
    assert.match(away, /answers 302, a redirect .* not followed/);
    assert.doesNotMatch(missing + away, /127/);
  });
});

describe("several paths", () => {
  test("the next is asked only after a 404, and the one that answered is asked first from then on", async () => {
    const { url, asked } = await serve({ "/b": [200] });
    const first = await check(url, ["/a", "/b", "/c"]);
    assert.equal(answered(first.result).status, 200);
    assert.equal(first.urlIndex, 1);
    await check(url, ["/a", "/b", "/c"], first.urlIndex);
    assert.deepEqual(asked, ["GET /a", "GET /b", "GET /b"]);
  });

  test("another status ends the search", async () => {
    const { url, asked } = await serve({ "/a": [503], "/b": [200] });
    assert.equal(answered((await check(url, ["/a", "/b"])).result).status, 503);
    assert.deepEqual(asked, ["GET /a"]);
  });

  test("when the remembered one is gone, all others are asked", async () => {
    const { url, asked } = await serve({ "/a": [200] });
    assert.equal(answered((await check(url, ["/a", "/b"], 1)).result).status, 200);
    assert.deepEqual(asked, ["GET /b", "GET /a"]);
  });

  test("nowhere found is 404", async () => {
    const { url } = await serve({});
    assert.equal(answered((await check(url, ["/a", "/b"])).result).status, 404);
  });
});

test("a check that is given up has no result", async () => {
  const signal = AbortSignal.abort();
  const endpoint = testEndpoint();
  assert.equal(
    await probe(client, { endpoint, urls: ["http://127.0.0.1:9/"], firstUrl: 0, timeoutMs: 1, signal }),
    undefined,
  );
});

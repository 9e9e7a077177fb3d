import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, describe, test } from "node:test";
import { askBackend, type BackendAnswer } from "./ask_backend.ts";
import { isBun, upstreamFetch } from "../runtime.ts";
import { realClient, testEndpoint } from "./test_support.ts";

const client = realClient(upstreamFetch);

const closers: (() => void)[] = [];
after(() => closers.forEach((close) => close()));

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

function get(
  url: string,
  options: { path?: string; timeoutMs?: number; maxBytes?: number; signal?: AbortSignal; json?: unknown } = {},
) {
  const endpoint = testEndpoint({ url, resolved_headers: { authorization: "Bearer hush", "user-agent": "mine" } });
  const { path = "/", timeoutMs = 2000, maxBytes = 65_536, signal, json } = options;
  return askBackend(client, {
    endpoint,
    url: path.startsWith("http") ? path : url + path,
    timeoutMs,
    maxBytes,
    signal,
    json,
  });
}

function answered(answer: BackendAnswer): BackendAnswer & { kind: "answer" } {
  assert.equal(answer.kind, "answer");
  return answer as BackendAnswer & { kind: "answer" };
}

test("sends the endpoint's headers over its own, asks for plain bytes, on a connection of its own", async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    seen.push(request.headers);
    ports.add(request.socket.remotePort);
    response.end("hello");
  });
  const { status, text, truncated } = answered(await get(url));
  assert.deepEqual([status, text, truncated], [200, "hello", false]);
  await get(url);
  // Deno does not let one choose.
  if (isBun) assert.equal(ports.size, 2);
  const { authorization, "user-agent": agent, "accept-encoding": encoding } = seen[0] ?? {};
  assert.deepEqual([authorization, agent, encoding], ["Bearer hush", "mine", "identity"]);
});

test("reads only so many bytes of an endless answer and hangs up", async () => {
  let closed: () => void = () => {};
  const gone = new Promise<void>((resolve) => closed = resolve);
  const url = await serve((_request, response) => {
    const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => {
      clearInterval(timer);
      closed();
    });
  });
  const { text, truncated } = answered(await get(url, { maxBytes: 25_000 }));
  assert.deepEqual([text.length, truncated], [25_000, true]);
  await gone;
});

describe("redirects", () => {
  let elsewhere = 0;

  async function redirecting(target: string, hops = 1): Promise<BackendAnswer> {
    const other = await serve((_request, response) => {
      elsewhere++;
      response.end("other");
    });
    const url = await serve((request, response) => {
      const at = Number(new URL(request.url ?? "/", "http://x").searchParams.get("hop") ?? 0);
      if (request.url === "/end") return void response.end(`end ${request.headers.authorization}`);
      const location = at + 1 < hops ? `/?hop=${at + 1}` : target === "other" ? other : target;
      response.writeHead(302, { location }).end();
    });
    return await get(url);
  }

  test("on the same host are followed with the credentials", async () => {
    assert.equal(answered(await redirecting("/end")).text, "end Bearer hush");
    assert.equal(answered(await redirecting("/end", 3)).text, "end Bearer hush");
  });

  test("are followed three times at most", async () => {
    assert.equal(answered(await redirecting("/end", 4)).status, 302);
  });

  test("to another port, a garbled place or nowhere are not followed", async () => {
    for (const target of ["other", "http://", ""]) {
      assert.equal(answered(await redirecting(target)).status, 302);
    }
    assert.equal(elsewhere, 0);
  });
});

describe("a question with a JSON body", () => {
  test("is a POST that says what it is, with the endpoint's credentials", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (data) => body += String(data));
      request.on("end", () => {
        const { authorization, "content-type": type, "content-length": length } = request.headers;
        seen.push([request.method, authorization, type, length, body]);
        response.end("shown");
      });
    });
    const json = { model: "ü" };
    assert.equal(answered(await get(url, { json })).text, "shown");
    const body = JSON.stringify(json);
    assert.deepEqual(seen, [[
      "POST",
      "Bearer hush",
      "application/json",
      String(new TextEncoder().encode(body).length),
      body,
    ]]);
  });

  test("is not sent anywhere else by a redirect", async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    assert.equal(answered(await get(url, { json: {} })).status, 307);
    assert.deepEqual(paths, ["/"]);
  });
});

describe("time limits", () => {
  const cases: [string, http.RequestListener][] = [
    ["before the headers", () => {}],
    ["in the body", (_request, response) => response.write("half")],
  ];
  for (const [name, handler] of cases) {
    test(`end a wait ${name}, and the server sees it`, async () => {
      let closed: () => void = () => {};
      const gone = new Promise<void>((resolve) => closed = resolve);
      const url = await serve((request, response) => {
        request.socket.on("close", closed);
        handler(request, response);
      });
      const answer = await get(url, { timeoutMs: 60 });
      assert.equal(answer.kind === "failed" && answer.reason, "timeout");
      await gone;
    });
  }
});

test("a signal ends it at once and is told from a failure", async () => {
  const url = await serve(() => {});
  const controller = new AbortController();
  const running = get(url, { signal: controller.signal });
  controller.abort();
  assert.deepEqual(await running, { kind: "aborted" });
  assert.deepEqual(await get(url, { signal: controller.signal }), { kind: "aborted" });
});

test("failures are told apart in words without addresses", async () => {
  const garbage = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("no http\r\n\r\n"));
  });
  await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  closers.push(() => garbage.close());
  const cut = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("abc", () => response.destroy());
  });
  const unused = await serve(() => {});
  closers.pop()?.();
  const cases: [string, string][] = [
    [unused, "refused"],
    ["http://no-such-host.invalid", "dns"],
    [`http://127.0.0.1:${(garbage.address() as net.AddressInfo).port}`, "reset"],
    [cut, "reset"],
  ];
  for (const [url, reason] of cases) {
    const answer = await get(url);
    assert.ok(answer.kind === "failed", url);
    assert.equal(answer.reason, reason, url);
    assert.doesNotMatch(answer.detail, /\d/);
  }
});

test("an absolute URL elsewhere does not go through the endpoint's socket", async () => {
  const url = await serve((_request, response) => response.end("plain"));
  const endpoint = testEndpoint({ url: "unix:/nowhere.sock" });
  const request = { endpoint, timeoutMs: 2000, maxBytes: 100 };
  assert.equal(answered(await askBackend(client, { ...request, url: `${url}/up` })).text, "plain");
  const missing = await askBackend(client, { ...request, url: "http://localhost/up" });
  assert.equal(missing.kind, "failed");
});

/**
 * Ways to an endpoint beyond plain HTTP: TLS with an authority of one's own, and an outgoing proxy. The certificate in
 * `fixtures/` is for `backend.test` alone and serves no other purpose.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./support/eventually.ts";
import { OllaProcess } from "./support/olla_process.ts";

const CERT = fileURLToPath(new URL("fixtures/backend_cert.pem", import.meta.url));
const KEY = fileURLToPath(new URL("fixtures/backend_key.pem", import.meta.url));

const answer: RequestListener = (request, response) => {
  response.setHeader("content-type", "application/json");
  const isList = request.url?.endsWith("/v1/models") === true;
  response.end(JSON.stringify(isList ? { object: "list", data: [{ id: "m" }] } : { ok: true }));
};

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function start(endpoint: Record<string, unknown>, models: readonly string[]): Promise<OllaProcess> {
  const common = { name: "one", type: "openai-compatible", check_interval: "1s", check_timeout: "500ms" };
  return OllaProcess.start({ config: { endpoints: [{ ...common, ...endpoint }] }, models });
}

const chat = (olla: OllaProcess) =>
  fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body: '{"model":"m","messages":[]}' });

describe("an endpoint with a certificate that no public authority signed", () => {
  const server = createHttps({ cert: readFileSync(CERT), key: readFileSync(KEY) }, answer);
  let url = "";
  before(async () => {
    url = `https://127.0.0.1:${await listen(server)}`;
  });
  after(() => server.close());

  test("serves when its authority and name are configured", async () => {
    await using olla = await start({ url, tls: { ca_file: CERT, server_name: "backend.test" } }, ["m"]);
    assert.equal((await chat(olla)).status, 200);
  });

  test("serves when its certificate is not to be checked", async () => {
    await using olla = await start({ url, tls: { insecure_skip_verify: true } }, ["m"]);
    assert.equal((await chat(olla)).status, 200);
  });

  test("is offline otherwise, and the status says that it is the certificate", async () => {
    await using olla = await start({ url }, []);
    await eventually("the endpoint is offline", async () => (await olla.endpoint("one")).status === "offline");
    const page = await olla.page<{ endpoints: { reason?: string }[] }>("/internal/status/endpoints");
    assert.match(page.endpoints[0]?.reason ?? "", /certificate/i);
    assert.equal((await chat(olla)).status, 503);
  });
});

test("an endpoint with proxy_url is reached through that proxy alone", async () => {
  const asked: string[] = [];
  const proxy = createHttp((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  const port = await listen(proxy);
  try {
    // The name exists nowhere: only the proxy can make sense of it.
    await using olla = await start({ url: "http://backend.test:8000", proxy_url: `http://127.0.0.1:${port}` }, ["m"]);
    assert.equal((await chat(olla)).status, 200);
    assert.ok(asked.includes("http://backend.test:8000/v1/chat/completions"), asked.join(" "));
  } finally {
    proxy.close();
  }
});

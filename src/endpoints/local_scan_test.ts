import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, test } from "node:test";
import { filterProfiles } from "../config/profile_filter.ts";
import { tcpOpen } from "../lib/tcp_open.ts";
import { upstreamFetch } from "../runtime.ts";
import { scanLocal } from "./local_scan.ts";
import { realClient, testProfile, testProfiles } from "./test_support.ts";

const servers: net.Server[] = [];
after(() => servers.forEach((server) => server.close()));

async function listen(server: net.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as net.AddressInfo).port;
}

function json(routes: Record<string, unknown>): http.Server {
  return http.createServer((request, response) => {
    const body = routes[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200).end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

test("finds the LLM servers of this machine on the profiles' ports, and nothing else", async () => {
  const ollama = await listen(json({ "/": "Ollama is running", "/api/version": { version: "1" } }));
  const openai = await listen(json({ "/v1/models": { object: "list", data: [{ id: "m", object: "model" }] } }));
  const mine = await listen(json({ "/v1/models": { object: "list", data: [{ id: "m", object: "model" }] } }));
  const web = await listen(http.createServer((_request, response) => response.end("<html>")));
  const database = await listen(net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.end("-ERR unknown command\r\n"));
  }));
  const unused = await listen(net.createServer());
  servers.at(-1)?.close();

  const profiles = testProfiles([
    testProfile("ollama", { default_ports: [ollama, web] }),
    testProfile("vllm", { default_ports: [openai, web, mine] }),
    testProfile("sglang", { default_ports: [database, unused, ollama] }),
  ]);
  const opened: string[] = [];
  const found = await scanLocal({
    profiles,
    client: realClient(upstreamFetch),
    tcpOpen: (address, timeoutMs) => {
      opened.push(`${address.host}:${address.port}`);
      return tcpOpen(address, timeoutMs);
    },
    skipPorts: new Set([mine]),
  });
  const expected = [
    { name: `ollama-localhost-${ollama}`, url: `http://127.0.0.1:${ollama}`, type: "ollama" },
    { name: `openai-compatible-localhost-${openai}`, url: `http://127.0.0.1:${openai}`, type: "openai-compatible" },
  ].sort((a, b) => Number(a.url.split(":")[2]) - Number(b.url.split(":")[2]));
  assert.deepEqual(found, expected);
  const ports = [ollama, openai, web, database, unused].map((port) => `127.0.0.1:${port}`);
  assert.deepEqual(opened.toSorted(), ports.toSorted(), "each port once, the loopback only, never a skipped one");
});

test("leaves a server out whose type proxy.profile_filter leaves out", async () => {
  const ollama = await listen(json({ "/": "Ollama is running", "/api/version": { version: "1" } }));
  const all = testProfiles([testProfile("vllm", { default_ports: [ollama] })]);
  const scan = (exclude: readonly string[]) =>
    scanLocal({
      profiles: filterProfiles(all, { include: [], exclude }),
      client: realClient(upstreamFetch),
      tcpOpen,
      skipPorts: new Set(),
    });
  assert.deepEqual((await scan([])).map((server) => server.type), ["ollama"]);
  assert.deepEqual(await scan(["ollama"]), []);
});

import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { tcpOpen } from "./tcp_open.ts";

test("a listening port is open, and closed once the server is gone", async () => {
  const server = net.createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  assert.equal(await tcpOpen({ host: "127.0.0.1", port }, 1000), true);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await tcpOpen({ host: "127.0.0.1", port }, 1000), false);
});

import assert from "node:assert/strict";
import { createServer } from "node:net";
import process from "node:process";
import { describe, test } from "node:test";
import { explainListenError, isListenError } from "./listen_errors.ts";
import { findPortHolder, listeningInodes, parseLsof, type PortHolder } from "./port_holder.ts";

describe("explainListenError", () => {
  const cases: [
    name: string,
    code: string,
    host: string,
    port: number,
    holder: PortHolder | undefined,
    expected: RegExp,
  ][] = [
    [
      "a port in use names its holder and the flag",
      "EADDRINUSE",
      "localhost",
      40114,
      { pid: 7, name: "ollama" },
      /^Cannot listen on localhost:40114: the port is in use by ollama \(process 7\)\. .*olla --port 0$/,
    ],
    [
      "a holder that cannot be found is another process",
      "EADDRINUSE",
      "localhost",
      40114,
      undefined,
      /in use by another process/,
    ],
    ["so may be a name that does not resolve", "EADDRINUSE", "nohost", 80, undefined, /or "nohost" is no address/],
    [
      "a privileged port says so",
      "EACCES",
      "localhost",
      80,
      undefined,
      /ports below 1024 need more rights.*--port 40114/,
    ],
    ["another refusal does not blame the number", "EACCES", "localhost", 8080, undefined, /permission denied/],
    [
      "an address of another machine",
      "EADDRNOTAVAIL",
      "10.1.2.3",
      40114,
      undefined,
      /10\.1\.2\.3:40114: this machine has no such address/,
    ],
    ["IPv6 addresses are in brackets", "EADDRNOTAVAIL", "fd00::1", 40114, undefined, /on \[fd00::1\]:40114/],
  ];
  for (const [name, code, host, port, holder, expected] of cases) {
    test(name, () => {
      assert.match(explainListenError({ code, message: "m" }, { host, port, findHolder: () => holder }), expected);
    });
  }
});

test("only errors about the address are taken for listen errors", () => {
  assert.equal(isListenError(Object.assign(new Error(), { code: "EADDRINUSE" })), true);
  assert.equal(isListenError(Object.assign(new Error(), { code: "ENOENT" })), false);
  assert.equal(isListenError(new TypeError("x")), false);
  assert.equal(isListenError("EADDRINUSE"), false);
});

test("listeningInodes takes sockets that listen on the port, not connections to or from it", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:9CB2 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1111 1",
    "   1: 0100007F:9CB2 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 2222 1",
    "   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3333 1",
    "",
  ].join("\n");
  assert.deepEqual(listeningInodes(table, 40114), ["1111"]);
  assert.deepEqual(listeningInodes(table, 80), ["3333"]);
  assert.deepEqual(listeningInodes("", 80), []);
});

test("parseLsof reads the process and its command", () => {
  assert.deepEqual(parseLsof("p4711\ncollama\nf3\n"), { pid: 4711, name: "ollama" });
  assert.equal(parseLsof(""), undefined);
});

test("findPortHolder finds this very process", { skip: process.platform === "win32" }, async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    assert.equal(findPortHolder(address.port)?.pid, process.pid);
  } finally {
    server.close();
  }
});

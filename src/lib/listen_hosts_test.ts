import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLoopbackHost, listenHosts, shownUrl } from "./listen_hosts.ts";

describe("the addresses, the reach and the URL of a host", () => {
  const cases: [host: string, addresses: string[], loopback: boolean, url: string][] = [
    ["localhost", ["127.0.0.1", "::1"], true, "http://localhost:40114"],
    ["LocalHost.", ["127.0.0.1", "::1"], true, "http://localhost:40114"],
    ["127.0.0.1", ["127.0.0.1"], true, "http://127.0.0.1:40114"],
    ["127.0.0.53", ["127.0.0.53"], true, "http://127.0.0.53:40114"],
    ["::1", ["::1"], true, "http://[::1]:40114"],
    ["[::1]", ["::1"], true, "http://[::1]:40114"],
    ["0.0.0.0", ["0.0.0.0"], false, "http://localhost:40114"],
    ["*", ["0.0.0.0"], false, "http://localhost:40114"],
    ["::", ["::"], false, "http://localhost:40114"],
    ["192.168.1.5", ["192.168.1.5"], false, "http://192.168.1.5:40114"],
    ["127.example.com", ["127.example.com"], false, "http://127.example.com:40114"],
  ];
  for (const [host, addresses, loopback, url] of cases) {
    test(host, () => {
      assert.deepEqual(listenHosts(host), addresses);
      assert.equal(isLoopbackHost(host), loopback);
      assert.equal(shownUrl(host, 40114), url);
    });
  }
});

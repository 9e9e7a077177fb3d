import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import {
  classifyFetchError,
  type FetchErrorClass,
  NET_ERROR_TEXT,
  type NetErrorReason,
  netErrorReason,
} from "./net_error.ts";

function coded(code: string, cause?: unknown): TypeError {
  return Object.assign(new TypeError(`${code}: Unable to connect`, { cause }), { code });
}

/** As Deno throws: the words are in the cause, and there is no code. */
function worded(words: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(`error sending request for url (http://x/): ${words}`) });
}

describe("errors with codes", () => {
  const cases: [string, NetErrorReason, FetchErrorClass][] = [
    ["ECONNREFUSED", "refused", "unreachable"],
    ["ENOENT", "refused", "unreachable"],
    ["ENOTFOUND", "dns", "unreachable"],
    ["EAI_AGAIN", "dns", "unreachable"],
    ["EHOSTUNREACH", "no_route", "unreachable"],
    ["ETIMEDOUT", "timeout", "unreachable"],
    ["ECONNRESET", "reset", "reset"],
    ["Malformed_HTTP_Response", "reset", "reset"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", "tls"],
    ["CERT_HAS_EXPIRED", "tls", "tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls", "tls"],
    ["ESOMETHING", "other", "other"],
  ];
  for (const [code, reason, kind] of cases) {
    test(`${code} is ${reason}`, () => {
      assert.equal(netErrorReason(coded(code)), reason);
      assert.equal(classifyFetchError(coded(code)), kind);
      assert.equal(classifyFetchError(new Error("fetch failed", { cause: coded(code) })), kind);
    });
  }
});

describe("errors with words only", () => {
  const cases: [string, NetErrorReason][] = [
    ["client error (Connect): tcp connect error: Connection refused (os error 111)", "refused"],
    ["client error (Connect): tcp connect error: Connection reset by peer (os error 104)", "reset"],
    ["client error (Connect): dns error: failed to lookup address information: Name or service not known", "dns"],
    ["client error (Connect): tcp connect error: No route to host (os error 113)", "no_route"],
    ["client error (Connect): invalid peer certificate: UnknownIssuer", "tls"],
    ["client error (Connect): tls handshake eof", "tls"],
    ["client error (SendRequest): connection closed before message completed", "reset"],
    ["client error (SendRequest): invalid HTTP version parsed", "reset"],
    ["something new", "other"],
  ];
  for (const [words, reason] of cases) {
    test(`"${words}" is ${reason}`, () => assert.equal(netErrorReason(worded(words)), reason));
  }
});

test("an abort and a time limit of a signal are both aborts, but not the same reason", () => {
  const abort = new DOMException("The operation was aborted.", "AbortError");
  const timeout = new DOMException("The operation timed out.", "TimeoutError");
  assert.deepEqual([classifyFetchError(abort), netErrorReason(abort)], ["aborted", "aborted"]);
  assert.deepEqual([classifyFetchError(timeout), netErrorReason(timeout)], ["aborted", "timeout"]);
});

test("what is no error, and causes in a circle, come out as other", () => {
  const circle = new Error("a");
  circle.cause = circle;
  for (const odd of [undefined, null, "ECONNREFUSED", 7, circle, { code: "ECONNREFUSED" }]) {
    assert.equal(classifyFetchError(odd), "other");
  }
});

test("no text for people contains an address", () => {
  for (const text of Object.values(NET_ERROR_TEXT)) assert.doesNotMatch(text, /\d/);
});

describe("real failures of this runtime's fetch", () => {
  const servers: net.Server[] = [];

  async function listen(onConnection: (socket: net.Socket) => void): Promise<number> {
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      onConnection(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as net.AddressInfo).port;
  }

  async function failureOf(url: string, init?: RequestInit): Promise<unknown> {
    try {
      const response = await fetch(url, init);
      await response.text();
    } catch (error) {
      return error;
    }
    assert.fail("the request should have failed");
  }

  let closed = 0;
  before(async () => {
    closed = await listen(() => {});
    servers[0]?.close();
  });
  after(() => servers.forEach((server) => server.close()));

  test("nobody listening is unreachable", async () => {
    assert.equal(netErrorReason(await failureOf(`http://127.0.0.1:${closed}/`)), "refused");
  });

  test("a name that does not exist is unreachable", async () => {
    assert.equal(netErrorReason(await failureOf("http://no-such-host.invalid/")), "dns");
  });

  test("a connection closed at once, garbage, and a cut body are resets", async () => {
    const closing = await listen((socket) => socket.once("data", () => socket.destroy()));
    const garbage = await listen((socket) => socket.once("data", () => socket.end("SSH-2.0-x\r\nhello\r\n\r\n")));
    const cut = await listen((socket) =>
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", () => socket.destroy()))
    );
    for (const port of [closing, garbage, cut]) {
      assert.equal(classifyFetchError(await failureOf(`http://127.0.0.1:${port}/`)), "reset");
    }
  });

  test("an abort is an abort", async () => {
    const port = await listen(() => {});
    const controller = new AbortController();
    const failure = failureOf(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    controller.abort();
    assert.equal(classifyFetchError(await failure), "aborted");
  });
});

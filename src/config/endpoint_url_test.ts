import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkUrlProblem, proxyUrlProblem, readEndpointUrl } from "./endpoint_url.ts";

function messageOf(text: string): string {
  const read = readEndpointUrl(text);
  return read.kind === "problem" ? read.message : "";
}

describe("readEndpointUrl", () => {
  const good: [string, string, string][] = [
    ["http://localhost:11434", "localhost", "11434"],
    ["https://api.example.com", "api.example.com", "443"],
    ["http://[::1]:8000/base/", "[::1]", "8000"],
    ["HTTP://GPU:8000", "gpu", "8000"],
    [" http://gpu ", "gpu", "80"],
    ["unix:/run/llama.sock", "llama.sock", ""],
    ["unix:///run/llama.sock", "llama.sock", ""],
    ["http://gpu/@scope", "gpu", "80"],
  ];
  for (const [text, host, port] of good) {
    test(`takes ${text}`, () => {
      const read = readEndpointUrl(text);
      assert.ok(read.kind === "url");
      assert.deepEqual([read.host, read.port, read.warning], [host, port, undefined]);
    });
  }

  const bad: [string, RegExp][] = [
    ["", /server's address/],
    ["localhost:11434", /write "http:\/\/localhost:11434"/],
    ["192.168.1.5:8000/x", /write "http:\/\/192\.168\.1\.5:8000\/x"/],
    ["gpu", /write "http:\/\/gpu"/],
    ["//gpu:1", /write "http:\/\/gpu:1"/],
    ["http:/gpu", /write "http:\/\/gpu"/],
    ["ftp://gpu", /http:\/\/ or https:\/\//],
    ["http://", /http:\/\/ or https:\/\//],
    ["http://gpu:99999", /http:\/\/ or https:\/\//],
    ["http://a b", /http:\/\/ or https:\/\//],
    ["unix:run/x.sock", /full path/],
    ["unix:/", /full path/],
    ["C:\\models", /http:\/\/ or https:\/\//],
  ];
  for (const [text, message] of bad) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.match(messageOf(text), message));
  }

  test("answers credentials with the auth block to write instead, without repeating them", () => {
    const message = messageOf("http://alice:s3cret@gpu:4000/base");
    assert.match(
      message,
      /url: "http:\/\/gpu:4000\/base"\n +auth:\n +type: basic\n +username: "\$\{ENDPOINT_USERNAME\}"/,
    );
    assert.doesNotMatch(message, /alice|s3cret/);
  });

  for (
    const text of [
      "http://s3cret@gpu",
      "http://:s3cret@gpu",
      "alice:s3cret@gpu:80",
      "http://a:s3/cret@gpu",
      "http://a:s3#cret@gpu",
      "http://a:s3 cret@gpu",
    ]
  ) {
    test(`never repeats the password of ${text}`, () => {
      assert.doesNotMatch(messageOf(text), /s3|cret@/);
    });
  }

  test("knows two spellings of one address", () => {
    const identity = (text: string) => {
      const read = readEndpointUrl(text);
      return read.kind === "url" ? read.identity : read.message;
    };
    assert.equal(identity("http://GPU:80/a/"), identity("http://gpu/a"));
    assert.equal(identity("unix:/x"), identity("unix:///x"));
    assert.notEqual(identity("http://gpu/a"), identity("http://gpu/b"));
    assert.notEqual(identity("http://gpu"), identity("https://gpu"));
  });

  test("warns of a query and of a base path that would double /v1", () => {
    for (
      const [text, warning] of [["http://gpu/?a=b", /query/], ["http://gpu/v1", /v1\/v1/], [
        "http://gpu/v1/",
        /v1\/v1/,
      ]] as const
    ) {
      const read = readEndpointUrl(text);
      assert.match(read.kind === "url" ? read.warning ?? "" : "", warning);
    }
  });

  test("takes any URL of scheme, host and port, and never throws", () => {
    fc.assert(fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (url) => {
      assert.equal(readEndpointUrl(url).kind, "url");
    }));
    fc.assert(fc.property(fc.string(), (text) => void readEndpointUrl(text)));
  });
});

describe("checkUrlProblem", () => {
  for (const text of ["/health", "health", "/api/tags?x=1", "http://other:1/health", ""]) {
    test(`takes ${JSON.stringify(text)}`, () => assert.equal(checkUrlProblem(text), undefined));
  }
  for (const text of ["/a b", "ftp://x/health", "http://u:p@x/health", "http://"]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.ok(checkUrlProblem(text)?.startsWith("must ")));
  }
});

describe("proxyUrlProblem", () => {
  test("takes http and https proxies, with credentials too", () => {
    assert.equal(proxyUrlProblem("http://proxy:3128"), undefined);
    assert.equal(proxyUrlProblem("https://u:p@proxy"), undefined);
  });
  test("refuses other things without repeating them", () => {
    for (const text of ["socks5://u:s3cret@proxy", "u:s3cret@proxy:80"]) {
      assert.match(proxyUrlProblem(text) ?? "", /^must be the http/);
      assert.doesNotMatch(proxyUrlProblem(text) ?? "", /s3cret/);
    }
  });
});

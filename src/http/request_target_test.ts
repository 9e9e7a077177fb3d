import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathFault, plainPath, splitTarget } from "./request_target.ts";

describe("splitTarget", () => {
  const cases: [url: string, path: string, query: string][] = [
    ["http://a/v1/models", "/v1/models", ""],
    ["http://a/v1/x?b=%20c&d", "/v1/x", "?b=%20c&d"],
    ["http://a/x#frag", "/x", ""],
    ["http://a/x?y#frag?z", "/x", "?y"],
    ["http://a/x#f?y", "/x", ""],
    ["http://a//b//c", "//b//c", ""],
    ["http://[::1]:40114/", "/", ""],
    ["http://a", "/", ""],
  ];
  for (const [url, path, query] of cases) test(url, () => assert.deepEqual(splitTarget(url), { path, query }));
});

describe("pathFault", () => {
  const bad = [
    "/v1/..%2f..%2fkey/generate",
    "/v1/%2e%2e/x",
    "/v1/a%00b",
    "/v1/a%5cb",
    "/v1/a\\b",
    "/v1/x%2f..",
    "/v1/%2e",
    "/v1/%zz",
    "/v1/%ff",
  ];
  for (const path of bad) test(`refuses ${path}`, () => assert.notEqual(pathFault(path), undefined));

  const good = ["/v1/models", "/v1/models/openai%2Fgpt-4", "/v1/models/a..b", "/v1/a%20b", "/v1/models/..."];
  for (const path of good) test(`takes ${path}`, () => assert.equal(pathFault(path), undefined));
});

describe("plainPath decodes what needs no encoding, and nothing else", () => {
  const cases: [path: string, plain: string][] = [
    ["/v1/messages", "/v1/messages"],
    ["/api/p%75ll", "/api/pull"],
    ["/%41%5a%61%7A%30%39%2d%2E%5f%7e", "/AZaz09-._~"],
    ["/a%2Fb%2fc%20%25%3A%C3%A4", "/a%2Fb%2fc%20%25%3A%C3%A4"],
    ["/%2575", "/%2575"],
    ["/broken%7", "/broken%7"],
  ];
  for (const [path, plain] of cases) test(path, () => assert.equal(plainPath(path), plain));
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatPath } from "./issues.ts";
import { resolveHeaders } from "./secrets.ts";
import { readFrom } from "./test_support.ts";

const files = { "/run/token": "  tok-123\n", "/run/empty": " \n", "/run/bom": "\uFEFFtok-123" };
const sources = { env: { TOKEN: "tok-123", EMPTY: "", NL: "tok-123\n", BAD: "a\nb" }, readFile: readFrom(files) };

function resolve(entry: unknown) {
  const { problems, ...rest } = resolveHeaders(entry, ["endpoints", 0], sources);
  return { ...rest, problems: problems.map((problem) => `${formatPath(problem.path)} ${problem.message}`) };
}

describe("resolveHeaders", () => {
  const good: [string, unknown, Record<string, string>][] = [
    ["a bearer token", { type: "bearer", token: "tok-123" }, { authorization: "Bearer tok-123" }],
    ["a token from a variable", { type: "bearer", token: "${TOKEN}" }, { authorization: "Bearer tok-123" }],
    ["a token from a default", { type: "bearer", token: "${NONE:-tok-123}" }, { authorization: "Bearer tok-123" }],
    ["a variable that ends in a line break", { type: "bearer", token: "${NL}" }, { authorization: "Bearer tok-123" }],
    ["a token from a file, trimmed", { type: "bearer", token_file: "/run/token" }, { authorization: "Bearer tok-123" }],
    ["a file with a byte order mark", { type: "bearer", token_file: "/run/bom" }, { authorization: "Bearer tok-123" }],
    ["a key in its usual header", { type: "api_key", key: "k" }, { "x-api-key": "k" }],
    ["a key in a header of choice", { type: "api_key", key: "k", header: "Api-Key" }, { "api-key": "k" }],
    ["a user and password", { type: "basic", username: "u", password: "pä:ss" }, {
      authorization: "Basic dTpww6Q6c3M=",
    }],
    [
      "a user and a password file",
      { type: "basic", username: "u", password_file: "/run/token" },
      { authorization: `Basic ${btoa("u:tok-123")}` },
    ],
  ];
  for (const [what, auth, headers] of good) {
    test(`sends ${what}`, () => {
      const resolved = resolve({ auth });
      assert.deepEqual(resolved.problems, []);
      assert.deepEqual(resolved.headers, headers);
      assert.deepEqual(resolved.secretNames, Object.keys(headers));
    });
  }

  test("remembers the kind of credentials and their header, not the credentials", () => {
    assert.deepEqual(resolve({ auth: { type: "api_key", key: "k" } }).auth, { type: "api_key", header: "X-Api-Key" });
    assert.equal(resolve({}).auth, undefined);
  });

  const bad: [string, unknown, RegExp][] = [
    ["no token", { type: "bearer" }, /^endpoints\[0\]\.auth\.token is missing: give token or token_file$/],
    ["two tokens", { type: "bearer", token: "a", token_file: "/run/token" }, /auth\.token is given beside token_file/],
    ["an unset variable", { type: "bearer", token: "${NONE}" }, /auth\.token uses the environment variable "NONE"/],
    ["an empty variable", { type: "bearer", token: "${EMPTY}" }, /auth\.token is empty/],
    ["a missing file", { type: "bearer", token_file: "/run/none" }, /auth\.token_file .* there is no such file /],
    ["an empty file", { type: "bearer", token_file: "/run/empty" }, /auth\.token_file names a file that is empty/],
    ["another type's field", { type: "bearer", token: "a", key: "b" }, /auth\.key does not belong to type "bearer"/],
    ["another type's file", { type: "api_key", key: "a", token_file: "b" }, /auth\.token_file does not belong/],
    ["a header for a bearer", { type: "bearer", token: "a", header: "X" }, /auth\.header belongs to type "api_key"/],
    ["a user without password", { type: "basic", username: "a" }, /auth\.password is missing/],
    ["a user with a colon", { type: "basic", username: "a:b", password: "c" }, /auth\.username must not contain ":"/],
    ["a line break inside", { type: "bearer", token: "${BAD}" }, /auth\.token has a character that no header can hold/],
  ];
  for (const [what, auth, message] of bad) {
    test(`refuses ${what}`, () => {
      const { problems, headers } = resolve({ auth });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", message);
      assert.deepEqual(headers, {});
    });
  }

  test("sets headers by their lower-case names, with variables replaced", () => {
    const { headers, problems } = resolve({ headers: { "X-Team": "a", "X-Key": "k-${TOKEN}" } });
    assert.deepEqual(problems, []);
    assert.deepEqual(headers, { "x-team": "a", "x-key": "k-tok-123" });
  });

  test("counts headers as secret that use a variable or sound like a credential", () => {
    const given = { "X-Team": "a", "X-Trace": "${TOKEN}", Authorization: "b", Cookie: "c", "X-Api-Key": "d" };
    assert.deepEqual(resolve({ headers: given }).secretNames, ["x-trace", "authorization", "cookie", "x-api-key"]);
  });

  test("lets auth win over headers", () => {
    const { headers } = resolve({ headers: { AUTHORIZATION: "x" }, auth: { type: "bearer", token: "t" } });
    assert.deepEqual(headers, { authorization: "Bearer t" });
  });

  const badHeaders: [string, Record<string, string>, RegExp][] = [
    ["a name that is none", { "Authorization: Bearer sk": "x" }, /^endpoints\[0\]\.headers has a key/],
    ["a header of one message", { "Content-Length": "3" }, /headers\.Content-Length cannot be set/],
    ["a header of one connection", { connection: "close" }, /headers\.connection cannot be set/],
    ["the same header twice", { "X-A": "1", "x-a": "2" }, /headers\.x-a is given twice/],
    ["an unset variable", { "X-A": "${NONE}" }, /headers\.X-A uses the environment variable "NONE"/],
    ["a line break", { "X-A": "${BAD}" }, /headers\.X-A has a character/],
    ["a character beyond Latin-1", { "X-A": "日本" }, /headers\.X-A has a character/],
  ];
  for (const [what, headers, message] of badHeaders) {
    test(`refuses ${what} among the headers`, () => {
      const { problems } = resolve({ headers });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", message);
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isPathEnabled, matchPath, modelInPath } from "./path_match.ts";
import { readPathPattern } from "./path_pattern.ts";
import type { PathPattern, Profile } from "./profile.ts";
import { EMPTY_PROFILE } from "./profile_merge.ts";

function profileOf(paths: readonly string[], more: Partial<Profile> = {}): Profile {
  const patterns: PathPattern[] = paths.map((path) => {
    const read = readPathPattern(path);
    assert.equal(read.kind, "pattern", path);
    return read.kind === "pattern" ? read.pattern : { method: undefined, segments: [], rest: false };
  });
  return { ...EMPTY_PROFILE, ...more, paths: patterns };
}

const profile = profileOf([
  "GET /",
  "/v1/chat/completions",
  "GET /v1/models",
  "GET /v1/models/{model}",
  "/v1/responses/{response_id}/cancel",
  "POST /models/{model}:generateContent",
  "/engines/{model}/completions",
  "GET /open/*",
]);

describe("isPathEnabled()", () => {
  const cases = [
    ["POST", "/v1/chat/completions", true, "an exact path takes any method"],
    ["GET", "/v1/chat/completions", true, "an exact path takes any method"],
    ["GET", "/v1/models", true, "a path with its method"],
    ["HEAD", "/v1/models", true, "HEAD goes where GET does"],
    ["POST", "/v1/models", false, "another method than the listed one"],
    ["DELETE", "/v1/models/gpt-4", false, "another method than the listed one"],
    ["GET", "/", true, "the root"],
    ["GET", "", false, "an empty path"],
    ["GET", "//", false, "an empty segment more"],
    ["POST", "/v1/chat/completions/", false, "a final slash is a segment more"],
    ["POST", "/V1/chat/completions", false, "case counts"],
    ["POST", "/x/v1/chat/completions", false, "a suffix is not enough"],
    ["POST", "/v1/chat", false, "a beginning is not enough"],
    ["POST", "/v1/ch%61t/completions", true, "encoded letters are decoded"],
    ["POST", "/v1%2Fchat/completions", false, "an encoded slash does not split"],
    ["POST", "/v1/chat%2Fcompletions", false, "an encoded slash does not split"],
    ["GET", "/v1/models/gpt-4", true, "one segment for a placeholder"],
    ["HEAD", "/v1/models/gpt-4", true, "HEAD goes where GET does"],
    ["GET", "/v1/models/Qwen%2FQwen3-8B", true, "a model id with an encoded slash is one segment"],
    ["GET", "/v1/models/Qwen/Qwen3-8B", false, "two segments are two"],
    ["GET", "/v1/models/", false, "a placeholder takes no empty segment"],
    ["POST", "/v1/responses/resp_1/cancel", true, "a placeholder in the middle"],
    ["POST", "/v1/responses/resp_1/delete", false, "the rest must match too"],
    ["POST", "/models/gemini:generateContent", true, "a placeholder with something after it"],
    ["POST", "/models/:generateContent", false, "nothing before that something"],
    ["POST", "/models/gemini:countTokens", false, "something else after it"],
    ["GET", "/open/a", true, "an open end"],
    ["GET", "/open/a/b/c", true, "an open end"],
    ["GET", "/open", false, "an open end needs something"],
    ["POST", "/open/a", false, "an open end with another method"],
    ["GET", "/open/..%2f..%2fkey/generate", false, "a segment that climbs"],
    ["GET", "/open/..", false, "a segment that climbs"],
    ["GET", "/v1/models/a%2F..", false, "a segment that climbs at its end"],
    ["GET", "/v1/models/..%5Ckey", false, "a backslash"],
    ["GET", "/v1/models/a%00b", false, "NUL"],
    ["GET", "/v1/models/%E0%A4%A", false, "broken percent-encoding"],
    ["GET", "/v1/models/a..b", true, "two dots inside a name"],
    ["GET", "/v1/models/%2525", true, "decoded only once"],
    ["GET", "/v1/models/constructor", true, "no name is special"],
    ["GET", "/__proto__", false, "no name is special"],
  ] as const;
  for (const [method, path, enabled, why] of cases) {
    test(`${method} "${path}" is ${enabled ? "on" : "off"}: ${why}`, () => {
      assert.equal(isPathEnabled(profile, method, path), enabled);
    });
  }

  test("lets everything through with allow_unlisted_paths", () => {
    assert.equal(isPathEnabled(profileOf([], { allow_unlisted_paths: true }), "DELETE", "/any/thing"), true);
  });

  test("takes the same path listed with two methods", () => {
    const both = profileOf(["GET /x", "DELETE /x"]);
    assert.deepEqual(["GET", "HEAD", "DELETE", "POST"].map((method) => isPathEnabled(both, method, "/x")), [
      true,
      true,
      true,
      false,
    ]);
  });

  test("falls back to a pattern when the exact path has another method", () => {
    const both = profileOf(["GET /x/a", "POST /x/{id}"]);
    assert.equal(isPathEnabled(both, "POST", "/x/a"), true);
  });

  test("never throws, and agrees with matchPath() on every decoded path", () => {
    const segment = fc.oneof(
      fc.constantFrom("v1", "models", "chat", "completions", "open", "", "..", "a:generateContent"),
      fc.string({ unit: "grapheme" }),
    );
    fc.assert(fc.property(fc.array(segment), fc.constantFrom("GET", "POST", "HEAD"), (segments, method) => {
      const raw = `/${segments.map(encodeURIComponent).join("/")}`;
      const enabled = isPathEnabled(profile, method, raw);
      if (enabled) assert.equal(matchPath(profile, method, segments.length === 0 ? [""] : segments), true);
    }));
  });

  test("never throws on any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (path) => {
      assert.equal(typeof isPathEnabled(profile, "GET", path), "boolean");
      modelInPath(profile, "GET", path);
    }));
  });
});

describe("modelInPath()", () => {
  const cases = [
    ["POST", "/engines/gpt-4/completions", "gpt-4"],
    ["POST", "/engines/openai%2Fgpt-4/completions", "openai/gpt-4"],
    ["POST", "/models/gemini:generateContent", "gemini"],
    ["GET", "/v1/models/llama", "llama"],
    ["DELETE", "/v1/models/llama", undefined],
    ["POST", "/v1/responses/resp_1/cancel", undefined],
    ["POST", "/v1/chat/completions", undefined],
    ["GET", "/open/model", undefined],
    ["GET", "/nowhere", undefined],
  ] as const;
  for (const [method, path, model] of cases) {
    test(`finds ${model ?? "none"} in ${method} "${path}"`, () => {
      assert.equal(modelInPath(profile, method, path), model);
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filterProfiles, type ProfileFilter } from "./profile_filter.ts";
import { load as loadProfileFiles } from "./profile_test_support.ts";
import { configOf, report } from "./test_support.ts";

const { profiles } = loadProfileFiles({});
const ALL = profiles.all.map((profile) => profile.name);

describe("filterProfiles()", () => {
  const cases: [what: string, filter: ProfileFilter, left: readonly string[]][] = [
    ["leaves all without patterns", { include: [], exclude: [] }, ALL],
    ["leaves all with the pattern for any name", { include: ["*"], exclude: [] }, ALL],
    ["leaves what is included", { include: ["ollama", "vllm"], exclude: [] }, ["ollama", "vllm"]],
    ["takes patterns, whatever their case", { include: ["VLLM*"], exclude: [] }, ["vllm", "vllm-mlx"]],
    ["takes out what is excluded", { include: [], exclude: ["l*", "v*"] }, [
      "docker-model-runner",
      "ollama",
      "omlx",
      "sglang",
      "openai-compatible",
    ]],
    ["lets exclude win", { include: ["vllm*", "ollama"], exclude: ["*-mlx"] }, ["ollama", "vllm"]],
    ["knows the other spellings of a type", { include: ["lmstudio", "dmr"], exclude: [] }, [
      "docker-model-runner",
      "lm-studio",
    ]],
  ];
  for (const [what, filter, left] of cases) {
    test(what, () => assert.deepEqual(filterProfiles(profiles, filter).all.map((profile) => profile.name), left));
  }

  test("finds what is left by type and prefix, and nothing else", () => {
    const left = filterProfiles(profiles, { include: [], exclude: ["lm-studio", "vllm"] });
    for (const type of ["lm-studio", "lmstudio", "LM Studio", "vllm"]) assert.equal(left.byType(type), undefined, type);
    for (const prefix of ["lmstudio", "lm_studio", "vllm"]) assert.equal(left.byPrefix(prefix), undefined, prefix);
    assert.equal(left.byType("dmr")?.name, "docker-model-runner");
    assert.equal(left.byPrefix("openai")?.name, "openai-compatible");
    assert.equal(left.all.length, ALL.length - 2);
  });

  test("is the same set when nothing is left out", () => {
    assert.equal(filterProfiles(profiles, { include: ["*"], exclude: [] }), profiles);
  });
});

describe("proxy.profile_filter in a config", () => {
  const ENDPOINTS = [
    "endpoints:",
    "  - {name: local, url: http://a, type: ollama}",
    "  - {name: open, url: http://b}",
    "  - name: vllm-box",
    "    url: http://c",
    "    type: vllm",
  ].join("\n");
  const withFilter = (filter: string) => `proxy:\n  profile_filter: ${filter}\n${ENDPOINTS}\n`;

  test("leaves endpoints of other types out, and says so at their line", () => {
    const text = withFilter("{exclude: [vllm]}");
    assert.deepEqual(configOf(text, { profiles }).endpoints.map((endpoint) => endpoint.name), ["local", "open"]);
    assert.deepEqual(report(text, { profiles }), [
      'warning: olla.yaml:8:11: endpoints[2]: "vllm-box" is of type vllm, which proxy.profile_filter leaves out: ' +
      "it is not used",
    ]);
  });

  test("keeps what endpoints hide from JSON hidden, and the config frozen", () => {
    const text = withFilter("{exclude: [vllm]}").replace("type: ollama", "headers: {X-Key: secret-value}");
    const config = configOf(text, { profiles });
    assert.equal(config.endpoints[0]?.resolved_headers["x-key"], "secret-value");
    assert.doesNotMatch(JSON.stringify(config), /secret-value/);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.endpoints));
  });

  test("keeps endpoints whose type must be found out, and compares priorities of those that stay", () => {
    const text = withFilter("{include: [openai*]}").replace("type: vllm", "type: litellm\n    priority: 200");
    assert.deepEqual(configOf(text, { profiles }).endpoints.map((endpoint) => endpoint.name), ["open"]);
    assert.doesNotMatch(report(text, { profiles }).join("\n"), /outranks/);
  });

  test("is an error when it leaves nothing", () => {
    const lines = report(withFilter('{exclude: ["*"]}'), { profiles });
    assert.match(
      lines[0] ?? "",
      /^error: olla\.yaml:2:19: proxy\.profile_filter must leave at least one backend type; the types are .*ollama/,
    );
  });

  test("is an error when endpoints are configured and it leaves none of them", () => {
    const endpoints = "endpoints: [{url: http://a, type: ollama}, {url: http://b, type: vllm}]";
    const lines = report(`proxy:\n  profile_filter: {include: [litellm]}\n${endpoints}\n`, { profiles });
    assert.equal(
      lines[0],
      "error: olla.yaml:2:19: proxy.profile_filter must leave at least one endpoint, but leaves out every type that " +
        "they are of: ollama, vllm",
    );
    assert.equal(lines.filter((line) => line.startsWith("error")).length, 1);
  });

  test("may leave out any type while no endpoint is configured", () => {
    assert.deepEqual(report("proxy: {profile_filter: {include: [litellm]}}\n", { profiles }), []);
  });

  test("names a pattern that matches no type", () => {
    assert.deepEqual(report("proxy:\n  profile_filter:\n    exclude: [olama, vllm]\n", { profiles }), [
      'warning: olla.yaml:3:15: proxy.profile_filter.exclude[0] matches no backend type, found "olama"; ' +
      'did you mean "ollama"?',
    ]);
  });

  const faults: [pattern: string, message: RegExp][] = [
    ['""', /include\[0\] must not be empty/],
    ['"a**"', /include\[0\] must not contain "\*\*"/],
    ['"a*b"', /include\[0\] may have "\*" only at its start and its end/],
  ];
  for (const [pattern, message] of faults) {
    test(`refuses the pattern ${pattern} with its line`, () => {
      const [line = ""] = report(`proxy:\n  profile_filter:\n    include: [${pattern}]\n`, { profiles });
      assert.match(line, /^error: olla\.yaml:3:15: /);
      assert.match(line, message);
    });
  }
});

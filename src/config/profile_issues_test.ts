import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { formatIssue } from "./issues.ts";
import { load, loadOne } from "./profile_test_support.ts";

describe("loadProfiles() names what is wrong with a file", () => {
  const cases = [
    ["broken YAML", "name: x\napi: [\n", [/^profiles\/x.yaml:\d+:\d+: \S/]],
    ["an empty name", "name:\n", [/:1:6: name must be the name of a backend type, found nothing$/]],
    ["the name that means detection", "name: auto\n", [/:1:7: name must not be "auto"/]],
    ["a name with a slash", "name: a/b\n", [/:1:7: name must be letters, digits.*found "a\/b"$/]],
    [
      "every wrong value, with its place",
      [
        "name: mine",
        "routing:",
        "  prefixes: [models, 'a b', ok]",
        "api:",
        "  paths:",
        "    - /ok",
        "    - v1/x",
        "    - post /v1/x",
        "  model_discovery_path: v1/models",
        "  model_discovery_paths: []",
        "  openai_compatible: perhaps",
        "characteristics:",
        "  max_concurrent_requests: many",
        "detection:",
        "  default_ports: [0, 80]",
      ].join("\n"),
      [
        /:3:14: routing.prefixes\[0\] must not be one of olla's own: proxy, models, anthropic, found "models"$/,
        /:3:22: routing.prefixes\[1\] must be one path segment.*found "a b"$/,
        /:7:7: api.paths\[1\] must begin with "\/", found "v1\/x"$/,
        /:8:7: api.paths\[2\] must begin with "\/" or with one of GET.*found "post \/v1\/x"$/,
        /:9:25: api.model_discovery_path must be a path that begins with "\/".*found "v1\/models"$/,
        /:10:26: api.model_discovery_paths must have at least one path, found an empty list$/,
        /:11:22: api.openai_compatible must be true or false, found "perhaps"$/,
        /:13:28: characteristics.max_concurrent_requests must be a whole number.*found "many"$/,
        /:15:19: detection.default_ports\[0\] must be a whole number from 1 to 65535, found 0$/,
      ],
    ],
    ["a list where a mapping belongs", "name: x\napi: [x]\n", [/:2:6: api must be a mapping.*found a list$/]],
  ] as const;
  for (const [what, text, messages] of cases) {
    test(what, () => {
      const { issues, profiles } = loadOne(text);
      assert.equal(issues.length, messages.length, issues.map(formatIssue).join("\n"));
      for (const [index, message] of messages.entries()) {
        const issue = issues[index];
        assert.ok(issue);
        assert.match(formatIssue(issue), message);
        assert.equal(issue.severity, "error");
      }
      assert.equal(profiles.all.length, 13);
    });
  }

  test("a prefix that a built-in profile has", () => {
    const loaded = loadOne("name: mine\nrouting:\n  prefixes: [mine, openai]\n");
    assert.deepEqual(loaded.issues.map(formatIssue), [
      'profiles/x.yaml:3:20: routing.prefixes[1] is "openai", which profiles/openai-compatible.yaml ' +
      "(built in) has already: one prefix belongs to one profile",
    ]);
    assert.equal(loaded.issues[0]?.severity, "error");
    assert.equal(loaded.profiles.byPrefix("openai")?.name, "openai-compatible");
  });

  test("a prefix of a built-in profile whose own file is in ./profiles, as in a clone of the repository", () => {
    const own = BUILTIN_PROFILES.find(({ file }) => file === "profiles/openai-compatible.yaml")?.text ?? "";
    const loaded = load({
      "./profiles": { "mine.yaml": "name: mine\nrouting: {prefixes: [openai]}\n", "openai-compatible.yaml": own },
    });
    assert.deepEqual(loaded.issues.map((issue) => issue.file), ["profiles/mine.yaml"]);
    assert.match(loaded.issues[0]?.message ?? "", /which profiles\/openai-compatible.yaml \(built in\) has already/);
  });

  test("a prefix that two files want, and blames the file even for a built-in type", () => {
    const loaded = load({
      "./profiles": {
        "a.yaml": "name: litellm\nrouting:\n  prefixes: [litellm, vllm]\n",
        "b.yaml": "name: one\nrouting: {prefixes: [x]}\n",
        "c.yaml": "name: two\nrouting: {prefixes: [x]}\n",
      },
    });
    assert.deepEqual(loaded.issues.map((issue) => [issue.file, issue.path]), [
      ["profiles/a.yaml", "routing.prefixes[1]"],
      ["profiles/c.yaml", "routing.prefixes[0]"],
    ]);
    assert.match(loaded.issues[1]?.message ?? "", /"x", which profiles\/b.yaml has already/);
  });

  test("a name that is another profile's prefix", () => {
    const loaded = loadOne("name: dmr\n");
    assert.deepEqual(loaded.issues.map((issue) => [issue.line, issue.path]), [[1, "name"]]);
  });

  test("a name that is another profile's, spelled differently", () => {
    const loaded = loadOne("name: v-LLM\nrouting: {prefixes: [mine]}\n");
    assert.deepEqual(loaded.issues.map(formatIssue), [
      'profiles/x.yaml:1:7: name is "v-LLM", which profiles/vllm.yaml (built in) has already: one name belongs to one profile',
    ]);
    assert.equal(loaded.profiles.byType("vllm")?.name, "vllm");
  });

  test("a spelling that another profile has", () => {
    const loaded = loadOne("name: mine\ntype_aliases: [LlamaCpp]\n");
    assert.deepEqual(loaded.issues.map(formatIssue), [
      'profiles/x.yaml:2:16: type_aliases[0] is "LlamaCpp", which profiles/llamacpp.yaml (built in) ' +
      "has already: one spelling belongs to one profile",
    ]);
  });

  test("a prefix that moves from one profile to another is no clash", () => {
    const loaded = load({
      "./profiles": {
        "a.yaml": "name: openai-compatible\nrouting: {prefixes: [generic]}\n",
        "b.yaml": "name: mine\nrouting: {prefixes: [openai]}\n",
      },
    });
    assert.deepEqual(loaded.issues, []);
    assert.equal(loaded.profiles.byPrefix("openai")?.name, "mine");
  });
});

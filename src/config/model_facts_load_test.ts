import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type * as v from "valibot";
import { formatIssue } from "./issues.ts";
import { compileModelFacts } from "./model_facts.ts";
import { builtInModelFacts, type LoadedModelFacts, loadModelFacts } from "./model_facts_load.ts";
import { modelFactsSchema } from "./model_facts_schema.ts";
import { parsePlainYaml } from "./plain_yaml.ts";
import { loadProfiles } from "./profile_load.ts";
import { shapeOf } from "./schema_shape.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url).href);
const BUILT_IN = readFileSync(at("../../profiles/models.yaml"), "utf8");
const GO_FILE = readFileSync(at("testdata/go_models.yaml"), "utf8");

/** Loads with these files in the working directory `/w`: path → text; undefined is a file that cannot be read. */
function load(
  files: Record<string, string | undefined>,
  dirs: { profilesDir?: string; configDir?: string } = {},
): LoadedModelFacts {
  const full = new Map(Object.entries(files).map(([path, text]) => [path.startsWith("/") ? path : `/w/${path}`, text]));
  return loadModelFacts({
    cwd: "/w",
    ...dirs,
    exists: (path) => full.has(path),
    readFile: (path) => {
      const text = full.get(path);
      if (text === undefined) throw Object.assign(new Error("no"), { code: "EACCES" });
      return text;
    },
  });
}

const spelled = (loaded: LoadedModelFacts) => loaded.issues.map((issue) => `${issue.severity}: ${formatIssue(issue)}`);

describe("the built-in models.yaml", () => {
  test("is read without a complaint, by the fast parser as by the full one, and as plain data", () => {
    const { issues, file } = load({ "models.yaml": `${BUILT_IN}# mine\n` });
    assert.deepEqual([issues, file], [[], "models.yaml"]);
    assert.ok(parsePlainYaml(BUILT_IN));
    const sheet = builtInModelFacts();
    assert.deepEqual(compileModelFacts([JSON.parse(JSON.stringify(sheet))]), compileModelFacts([sheet]));
  });

  test("is not read until someone asks, and then once", () => {
    const { facts } = load({});
    assert.equal(facts(), facts());
    assert.ok(facts().names.length > 50);
  });

  test("has patterns that Go can read too", () => {
    assert.doesNotMatch(BUILT_IN, /\(\?[=!<]|\\[1-9k]/, "look-around and back references are not known to Go");
  });
});

describe("the user's models.yaml", () => {
  const one = "special_rules: {generic_names: [one]}\n";
  const two = "special_rules: {generic_names: [two]}\n";
  const dirs = { profilesDir: "./mine/", configDir: "/etc/olla" };

  test("is the first of these that is there", () => {
    const places = [
      "models.yaml",
      "config/models.yaml",
      "profiles/models.yaml",
      "config/profiles/models.yaml",
      "mine/models.yaml",
      "/etc/olla/models.yaml",
    ];
    for (const [index, place] of places.entries()) {
      const others = Object.fromEntries(places.slice(index + 1).map((later) => [later, two]));
      const loaded = load({ [place]: one, ...others }, dirs);
      assert.equal(loaded.file, place);
      assert.ok(loaded.facts().genericNames.has("one") && !loaded.facts().genericNames.has("two"), place);
      assert.deepEqual(
        spelled(loaded),
        places.slice(index + 1).map((later) =>
          `warning: ${later}: This file is not read, since ${place} is there: only one models.yaml counts`
        ),
      );
    }
  });

  test("is not the built-in one, as it lies in a clone of the repository", () => {
    const clone = load({ "profiles/models.yaml": BUILT_IN });
    assert.deepEqual([clone.file, clone.issues], [undefined, []]);
    const both = load({ "profiles/models.yaml": BUILT_IN, "/etc/olla/models.yaml": one }, dirs);
    assert.deepEqual([both.file, both.issues], ["/etc/olla/models.yaml", []]);
  });

  test("is not something else of that name, which gets a warning", () => {
    const loaded = load({ "models.yaml": "version: 2\nmodels: []\n", "config/models.yaml": one });
    assert.equal(loaded.file, "config/models.yaml");
    const known = "model_extraction, quantization, capabilities, special_rules";
    const message = `This file has none of ${known}, so it holds no facts about models and is not used`;
    assert.deepEqual(spelled(loaded), [`warning: models.yaml:1:1: ${message}`]);
    for (const text of ["", "- a\n", "# nothing\n"]) {
      assert.deepEqual(spelled(load({ "models.yaml": text })).length, 1, text);
    }
    const profile = load({ "profiles/models.yaml": "name: mine\n" });
    assert.deepEqual(spelled(profile), [
      `warning: profiles/models.yaml:1:1: ${message}; give a profile's file another name`,
    ]);
  });

  test("is an error when it cannot be read, and no other takes its place", () => {
    const loaded = load({ "models.yaml": undefined, "config/models.yaml": one });
    assert.equal(loaded.file, undefined);
    assert.deepEqual(spelled(loaded), [
      "error: models.yaml: This file cannot be read: olla may not read it",
      "warning: config/models.yaml: This file is not read, since models.yaml is there: only one models.yaml counts",
    ]);
  });

  const faults: [what: string, text: string, messages: RegExp[]][] = [
    ["broken YAML", "quantization: [\n", [/^error: models\.yaml:\d+:\d+: \S/]],
    [
      "a pattern that cannot be read, which the Go program drops with the whole file",
      "model_extraction:\n  family_patterns:\n    - pattern: '(acme'\n",
      [/^error: models\.yaml:3:16: model_extraction\.family_patterns\[0\]\.pattern must be a regular expression that can be read \(.+\), found "\(acme"$/],
    ],
    [
      "every wrong value, with its place",
      [
        "model_extraction:",
        "  family_patterns:",
        "    - family_group: 1",
        "    - {pattern: x, family_group: one}",
        "  publisher_mappings: [acme]",
        "capabilities:",
        "  name_patterns: {pattern: x}",
        "  context_thresholds:",
        "    long-context: 100k",
        "  type_capabilities:",
        "    llm: chat",
      ].join("\n"),
      [
        /:3:7: model_extraction\.family_patterns\[0\]\.pattern must be a regular expression, found nothing$/,
        /:4:34: model_extraction\.family_patterns\[1\]\.family_group must be a whole number from 0 to 99, found "one"$/,
        /:5:23: model_extraction\.publisher_mappings must be a mapping of families to their makers, found a list$/,
        /:7:18: capabilities\.name_patterns must be a list of patterns, found a mapping$/,
        /:9:19: capabilities\.context_thresholds\.long-context must be a whole number of 1 or more, found "100k"$/,
        /:11:10: capabilities\.type_capabilities\.llm must be a list of words, found "chat"$/,
      ],
    ],
  ];
  for (const [what, text, messages] of faults) {
    test(`is refused with its line for ${what}`, () => {
      const loaded = load({ "models.yaml": text });
      const lines = spelled(loaded);
      assert.equal(lines.length, messages.length, lines.join("\n"));
      for (const [index, message] of messages.entries()) assert.match(lines[index] ?? "", message);
      assert.ok(loaded.issues.every((issue) => issue.severity === "error"));
      assert.ok(loaded.facts().names.length > 50, "the built-in facts are there all the same");
    });
  }

  test("is refused, with the line, for a family_group that the pattern has not", () => {
    const pattern = (entry: string) => `model_extraction:\n  family_patterns:\n    - {pattern: '^(acme)', ${entry}}\n`;
    const loaded = load({ "models.yaml": pattern("family_group: 7") });
    assert.deepEqual(spelled(loaded), [
      "error: models.yaml:3:42: model_extraction.family_patterns[0].family_group is 7, but the pattern has 1 group " +
      "in parentheses, so it finds nothing",
    ]);
    assert.equal(loaded.file, undefined);
    for (const group of [0, 1]) {
      assert.deepEqual(load({ "models.yaml": pattern(`family_group: ${group}`) }).issues, []);
    }
  });

  test("is warned of a key that is not known, and of a group that a pattern has not", () => {
    const text = [
      "model_extraction:",
      "  family_patterns:",
      "    - pattern: 'acme'",
      "    - {pattern: '(acme)', variant_group: 2}",
      "capabilites: {}",
    ].join("\n");
    assert.deepEqual(spelled(load({ "models.yaml": text })), [
      "warning: models.yaml:3:7: model_extraction.family_patterns[0].family_group is 1, but the pattern has 0 groups " +
      "in parentheses, so it finds nothing",
      "warning: models.yaml:4:42: model_extraction.family_patterns[1].variant_group is 2, but the pattern has 1 group " +
      "in parentheses, so it finds nothing",
      'warning: models.yaml:5:1: capabilites is not a known key and is ignored; did you mean "capabilities"?',
    ]);
  });

  test("is laid over the built-in one: patterns come first, mappings win, lists are joined", () => {
    const loaded = load({ "models.yaml": GO_FILE });
    assert.deepEqual(loaded.issues, []);
    const facts = loaded.facts();
    const builtIn = load({}).facts();
    assert.equal(facts.families.length, builtIn.families.length + 2);
    assert.equal(facts.families[0]?.regexp.exec("x/mixtral-8x7b")?.[2], "8x7b");
    assert.equal(facts.publishers.get("llama"), "meta-ai");
    assert.equal(facts.publishers.get("gemma"), builtIn.publishers.get("gemma"));
    assert.equal(facts.quantizations.get("q4-k-m"), "q4-k-m");
    assert.equal(facts.quantizations.get("q4-k-s"), "q4ks");
    assert.deepEqual(facts.types.get("llm"), ["text-generation"]);
    assert.deepEqual(facts.types.get("rerank"), builtIn.types.get("rerank"));
    assert.ok(facts.preservedFamilies.includes("acme") && facts.preservedFamilies.includes("mistral"));
    assert.deepEqual(facts.contexts, [
      { word: "extended-context", tokens: 32_000 },
      { word: "long-context", tokens: 100_000 },
      { word: "ultra-long-context", tokens: 1_000_000 },
    ]);
  });
});

test("profiles are not looked for in a models.yaml", () => {
  const readFile = () => BUILT_IN;
  const { issues } = loadProfiles({ dirs: ["./profiles"], readDir: () => ["models.yaml"], readFile });
  assert.deepEqual(issues, []);
});

describe("docs/model-facts.md", () => {
  const text = readFileSync(at("../../docs/model-facts.md"), "utf8");
  const examples = [...text.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml = ""]) => yaml);

  test("has examples that load without a complaint", () => {
    assert.ok(examples.length > 0);
    for (const yaml of examples) assert.deepEqual(spelled(load({ "models.yaml": yaml })), [], yaml);
  });

  test("names every key", () => {
    const keys = keysOf(modelFactsSchema);
    assert.ok(keys.includes("capabilities.name_patterns.final"));
    for (const key of keys) {
      const [last] = key.split(".").slice(-1);
      assert.ok([key, last].some((word) => text.includes(`\`${word}\``)), key);
    }
  });
});

/** The full names of all settings below a schema. */
function keysOf(schema: v.GenericSchema, path: readonly string[] = []): string[] {
  const shape = shapeOf(schema);
  if (shape.kind === "list") return keysOf(shape.item, path);
  if (shape.kind !== "mapping") return [path.join(".")];
  return Object.entries(shape.entries).flatMap(([key, value]) => keysOf(value, [...path, key]));
}

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type * as v from "valibot";
import { formatIssue } from "./issues.ts";
import { isPathEnabled } from "./path_match.ts";
import { MODEL_LIST_FORMATS } from "./profile.ts";
import { loadProfiles } from "./profile_load.ts";
import { profileFileSchema } from "./profile_schema.ts";
import { shapeOf } from "./schema_shape.ts";
import { get, load, loadOne } from "./profile_test_support.ts";

describe("loadProfiles() with files of the Go program", () => {
  const dir = fileURLToPath(new URL("testdata/go_profiles/", import.meta.url).href);
  const files = Object.fromEntries(
    readdirSync(dir).map((name) => [name, readFileSync(`${dir}${name}`, "utf8")]),
  );
  const loaded = load({ "./config/profiles": files });

  test("loads them with nothing but a warning for an unknown list format", () => {
    assert.deepEqual(loaded.issues.map(formatIssue), [
      "config/profiles/text-generation.yaml:34:20: request.response_format is not a format that olla knows; it is ignored. " +
      `Known: ${MODEL_LIST_FORMATS.join(", ")}`,
    ]);
  });

  test("takes prefixes from them and adds their paths to the built-in ones", () => {
    const litellm = get(loaded, "litellm");
    assert.equal(loaded.profiles.byPrefix("lite"), litellm);
    assert.equal(loaded.profiles.byPrefix("litellm"), litellm);
    assert.equal(isPathEnabled(litellm, "POST", "/key/generate"), true);
    assert.equal(isPathEnabled(litellm, "POST", "/v1/rerank"), true);
    assert.equal(isPathEnabled(litellm, "POST", "/team/info"), false);
    assert.equal(litellm.file, "config/profiles/litellm.yaml");
    assert.equal(litellm.display_name, "LiteLLM Gateway");
    assert.deepEqual(litellm.health_check_paths, ["/health"]);
    assert.deepEqual(litellm.default_ports, [4000, 8000]);
    assert.equal(litellm.anthropic?.messages_path, "/v1/messages");
    const lemonade = get(loaded, "lemonade");
    assert.equal(isPathEnabled(lemonade, "POST", "/api/v1/pull"), true);
    assert.equal(isPathEnabled(lemonade, "POST", "/api/v1/responses"), true);
    assert.equal(lemonade.max_concurrent_requests, 12);
  });

  test("adds a type that is not built in", () => {
    const added = get(loaded, "text_generation");
    assert.equal(loaded.profiles.byPrefix("tgi"), added);
    assert.equal(loaded.profiles.byType("tgi"), added);
    assert.equal(isPathEnabled(added, "POST", "/generate_stream"), true);
    assert.equal(isPathEnabled(added, "POST", "/v1/embeddings"), false);
    assert.deepEqual(added.health_check_paths, ["/health"]);
    assert.equal(added.response_format, "openai");
    assert.deepEqual(added.anthropic, {
      messages_path: "/v1/messages",
      token_count: false,
      min_version: "3.0",
      limitations: ["no_thinking"],
    });
    assert.equal(loaded.profiles.all.at(-1)?.name, "openai-compatible");
    assert.equal(loaded.profiles.all.length, 14);
  });
});

describe("loadProfiles() with files of the user's", () => {
  test("gives a new type with only a name what an OpenAI-style server has", () => {
    const loaded = loadOne("name: my-server\n");
    assert.deepEqual(loaded.issues, []);
    const mine = get(loaded, "my-server");
    assert.equal(loaded.profiles.byPrefix("my-server"), mine);
    assert.equal(isPathEnabled(mine, "POST", "/v1/chat/completions"), true);
    assert.deepEqual(mine.default_ports, []);
    assert.equal(mine.file, "profiles/x.yaml");
  });

  test("takes one path of the model list or several, and checks the health of a new type there", () => {
    const one = get(loadOne("name: mine\napi: {model_discovery_path: /list}\n"), "mine");
    assert.deepEqual([one.model_discovery_paths, one.health_check_paths], [["/list"], ["/list"]]);
    const both = "api: {model_discovery_path: /old, model_discovery_paths: [/a, /b], health_check_path: /up}";
    const several = get(loadOne(`name: mine\n${both}\n`), "mine");
    assert.deepEqual([several.model_discovery_paths, several.health_check_paths], [["/a", "/b"], ["/up"]]);
    const changed = get(loadOne("name: lm-studio\napi: {model_discovery_path: /v1/models}\n"), "lm-studio");
    assert.deepEqual(changed.model_discovery_paths, ["/v1/models"]);
  });

  test("replaces the paths with paths_replace, and opens all with allow_unlisted_paths", () => {
    const replaced = get(loadOne("name: vllm\napi:\n  paths: [/v1/completions]\n  paths_replace: true\n"), "vllm");
    assert.equal(isPathEnabled(replaced, "POST", "/v1/chat/completions"), false);
    assert.equal(isPathEnabled(replaced, "POST", "/v1/completions"), true);
    const open = get(loadOne("name: vllm\napi: { allow_unlisted_paths: true }\n"), "vllm");
    assert.equal(isPathEnabled(open, "POST", "/sleep"), true);
  });

  test("replaces the prefixes", () => {
    const loaded = loadOne("name: litellm\nrouting:\n  prefixes: [lite]\n");
    assert.equal(loaded.profiles.byPrefix("litellm"), undefined);
    assert.equal(loaded.profiles.byPrefix("lite")?.name, "litellm");
    assert.equal(loaded.profiles.byType("litellm")?.name, "litellm");
  });

  test("takes native Anthropic support away, and gives it", () => {
    assert.equal(get(loadOne("name: vllm\napi: {anthropic_support: {enabled: false}}\n"), "vllm").anthropic, undefined);
    assert.deepEqual(
      get(loadOne("name: sglang\napi: {anthropic_support: {token_count: true}}\n"), "sglang").anthropic,
      {
        messages_path: "/v1/messages",
        token_count: true,
        min_version: undefined,
        limitations: [],
      },
    );
  });

  test("lays several files for one type over each other, the last directory last", () => {
    const loaded = load({
      "./profiles": {
        "a.yaml": "name: vllm\ndisplay_name: A\napi: {paths: [/a]}\n",
        "b.yml": "name: vllm\napi: {paths: [/b]}\n",
      },
      "./config/profiles": { "vllm.yaml": "name: vllm\ndisplay_name: C\n" },
      "/etc/olla": { "vllm.yaml": "name: vllm\ncharacteristics: {max_concurrent_requests: 7}\n" },
    }, "/etc/olla");
    assert.deepEqual(loaded.issues, []);
    const vllm = get(loaded, "vllm");
    assert.equal(vllm.display_name, "C");
    assert.equal(vllm.max_concurrent_requests, 7);
    assert.equal(vllm.file, "/etc/olla/vllm.yaml");
    for (const path of ["/a", "/b", "/v1/completions"]) assert.equal(isPathEnabled(vllm, "POST", path), true);
  });

  test("reads only YAML files, and no hidden ones", () => {
    const broken = "name: [\n";
    const loaded = load({
      "./profiles": {
        "README.md": broken,
        ".x.yaml": broken,
        "x.yaml.bak": broken,
        "notes.txt": broken,
        "models.yaml": broken, // What model names mean: not a profile, and read elsewhere.
      },
    });
    assert.deepEqual(loaded.issues, []);
  });

  test("warns about YAML that is no profile, and goes on", () => {
    const loaded = load({ "./profiles": { "dbt.yml": "target: dev\n", "list.yaml": "- 1\n", "empty.yaml": "" } });
    assert.deepEqual(loaded.issues.map((issue) => [issue.severity, issue.file, issue.message]), [
      ["warning", "profiles/dbt.yml", 'This file has no "name:", so it is no profile and is not used'],
      ["warning", "profiles/empty.yaml", 'This file has no "name:", so it is no profile and is not used'],
      ["warning", "profiles/list.yaml", 'This file has no "name:", so it is no profile and is not used'],
    ]);
  });

  test("names a file that cannot be read, and a required directory that is missing", () => {
    const loaded = loadProfiles({
      dirs: ["./profiles", "./file"],
      requiredDir: "./none",
      readDir: (dir) => {
        if (dir === "./file") throw new Error("ENOTDIR: not a directory");
        return dir === "./profiles" ? ["x.yaml"] : undefined;
      },
      readFile: () => {
        throw new Error("EACCES: permission denied");
      },
    });
    assert.deepEqual(loaded.issues.map(formatIssue), [
      "profiles/x.yaml: This file cannot be read: EACCES: permission denied",
      "./file: This directory cannot be read: ENOTDIR: not a directory",
      "./none: This directory does not exist",
    ]);
    assert.deepEqual(loaded.issues.map((issue) => issue.severity), ["error", "warning", "error"]);
  });
});

describe("docs/profiles.md", () => {
  const text = readFileSync(fileURLToPath(new URL("../../docs/profiles.md", import.meta.url).href), "utf8");
  const examples = [...text.matchAll(/```yaml\n(# profiles\/(\S+)\n[^`]*)```/g)].map((
    [, yaml = "", name = ""],
  ) => [name, yaml]);

  test("has three profiles, which load without a complaint and do what is said of them", () => {
    const loaded = load({ "./profiles": Object.fromEntries(examples) });
    assert.deepEqual(loaded.issues, []);
    assert.deepEqual(examples.map(([name]) => name), ["my-server.yaml", "litellm.yaml", "vllm.yaml"]);
    const mine = get(loaded, "mine");
    assert.equal(mine.name, "my-server");
    for (const path of ["/generate", "/files/a/b", "/v1/embeddings"]) {
      assert.ok(isPathEnabled(mine, "POST", path), path);
    }
    assert.equal(isPathEnabled(mine, "GET", "/generate"), false);
    assert.equal(isPathEnabled(mine, "POST", "/v1/completions"), false);
    const litellm = get(loaded, "litellm");
    assert.deepEqual(litellm.prefixes, ["litellm", "lite"]);
    assert.equal(isPathEnabled(litellm, "POST", "/key/generate"), true);
    assert.equal(isPathEnabled(litellm, "DELETE", "/user/info"), false);
    assert.equal(get(loaded, "vllm").paths.length, 2);
  });

  test("names every key of the schema", () => {
    const keys = keysOf(profileFileSchema);
    assert.ok(keys.includes("api.paths_replace"));
    for (const key of keys) {
      const [last] = key.split(".").slice(-1);
      assert.ok([key, last].some((word) => text.includes(`\`${word}\``)), key);
    }
  });
});

/** The full names of all settings below a schema. */
function keysOf(schema: v.GenericSchema, path: readonly string[] = []): string[] {
  const shape = shapeOf(schema);
  if (shape.kind !== "mapping") return [path.join(".")];
  return Object.entries(shape.entries).flatMap(([key, value]) => keysOf(value, [...path, key]));
}

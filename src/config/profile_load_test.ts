import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { formatIssue } from "./issues.ts";
import { isPathEnabled } from "./path_match.ts";
import { builtInProfiles, loadProfiles } from "./profile_load.ts";
import type { Profile } from "./profile.ts";

/** Loads profiles from directories that exist only here. */
function load(dirs: Record<string, Record<string, string>>, requiredDir?: string) {
  return loadProfiles({
    dirs: Object.keys(dirs).filter((dir) => dir !== requiredDir),
    requiredDir,
    readDir: (dir) => dirs[dir] && Object.keys(dirs[dir]),
    readFile: (path) => {
      const slash = path.lastIndexOf("/");
      const text = dirs[path.slice(0, slash)]?.[path.slice(slash + 1)];
      if (text === undefined) throw new Error("EACCES: permission denied");
      return text;
    },
  });
}

function loadOne(text: string) {
  return load({ "./profiles": { "x.yaml": text } });
}

function get(loaded: ReturnType<typeof load>, name: string): Profile {
  const profile = loaded.profiles.byType(name);
  assert.ok(profile, name);
  return profile;
}

const repository = new URL("../../profiles/", import.meta.url);

describe("loadProfiles() without files", () => {
  const { profiles, issues } = load({});

  test("has the twelve built-in profiles, openai-compatible last", () => {
    assert.deepEqual(issues, []);
    assert.deepEqual(profiles.all.map((profile) => profile.name), [
      "docker-model-runner",
      "lemonade",
      "litellm",
      "llamacpp",
      "lm-studio",
      "lmdeploy",
      "ollama",
      "omlx",
      "sglang",
      "vllm",
      "vllm-mlx",
      "openai-compatible",
    ]);
  });

  test("embeds every file of profiles/ as it is", () => {
    assert.deepEqual(
      BUILTIN_PROFILES.map(({ file, text }) => [file, text]).toSorted(),
      readdirSync(repository).map((name) => [`profiles/${name}`, readFileSync(new URL(name, repository), "utf8")])
        .toSorted(),
    );
  });

  const facts = [
    // name, prefixes, model list, health, concurrency, format, ports
    ["ollama", "ollama", "/api/tags", "/", 10, "ollama", "11434"],
    ["lm-studio", "lmstudio lm-studio lm_studio", "/api/v0/models", "/v1/models", 1, "lmstudio", "1234"],
    ["llamacpp", "llamacpp", "/v1/models", "/health", 4, "llamacpp", "8080 8001"],
    ["vllm", "vllm", "/v1/models", "/health", 100, "vllm", "8000"],
    ["vllm-mlx", "vllm-mlx", "/v1/models", "/health", 20, "vllm-mlx", "8000"],
    ["sglang", "sglang", "/v1/models", "/ready /model_info /get_model_info", 150, "sglang", "30000"],
    ["litellm", "litellm", "/v1/models", "/health/readiness /health/liveliness", 100, "openai", "4000 8000 8080"],
    ["lmdeploy", "lmdeploy", "/v1/models", "/health", 100, "lmdeploy", "23333"],
    ["lemonade", "lemonade", "/api/v1/models", "/api/v1/health", 100, "lemonade", "8000 13305"],
    [
      "docker-model-runner",
      "dmr",
      "/engines/v1/models",
      "/engines/v1/models",
      8,
      "docker-model-runner",
      "12434",
    ],
    ["omlx", "omlx", "/v1/models", "/health", 4, "openai", "8000"],
    ["openai-compatible", "openai openai-compatible", "/v1/models", "/v1/models", 20, "openai", ""],
  ] as const;
  for (const [name, prefixes, models, health, concurrency, format, ports] of facts) {
    test(`knows ${name}`, () => {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(profile.prefixes.join(" "), prefixes);
      assert.equal(profile.model_discovery_path, models);
      assert.equal(profile.health_check_paths.join(" "), health);
      assert.equal(profile.max_concurrent_requests, concurrency);
      assert.equal(profile.response_format, format);
      assert.equal(profile.default_ports.join(" "), ports);
      assert.equal(profile.openai_compatible, true);
      assert.equal(profile.streaming, true);
      assert.equal(profile.allow_unlisted_paths, false);
      for (const prefix of profile.prefixes) {
        assert.equal(profiles.byPrefix(prefix), profile);
        assert.equal(profiles.byType(prefix), profile);
      }
      // Its own model list can be asked for through olla, and so can OpenAI's.
      assert.equal(isPathEnabled(profile, "GET", models), true);
      assert.equal(isPathEnabled(profile, "GET", "/v1/models"), true);
      assert.ok(readFileSync(new URL(`../../${profile.file}`, import.meta.url), "utf8").includes(`name: ${name}\n`));
    });
  }

  test("knows which of them speak Anthropic's Messages API", () => {
    const native = profiles.all.filter((profile) => profile.anthropic !== undefined);
    assert.deepEqual(native.map(({ name, anthropic }) => [name, anthropic?.messages_path, anthropic?.token_count]), [
      ["docker-model-runner", "/anthropic/v1/messages", true],
      ["litellm", "/v1/messages", true],
      ["llamacpp", "/v1/messages", true],
      ["lm-studio", "/v1/messages", false],
      ["ollama", "/v1/messages", false],
      ["omlx", "/v1/messages", true],
      ["vllm", "/v1/messages", false],
      ["vllm-mlx", "/v1/messages", true],
    ]);
    for (const profile of native) {
      assert.equal(isPathEnabled(profile, "POST", profile.anthropic?.messages_path ?? ""), true, profile.name);
    }
    assert.deepEqual(profiles.byType("ollama")?.anthropic, {
      messages_path: "/v1/messages",
      token_count: false,
      min_version: "0.14.0",
      limitations: ["token_counting_404"],
    });
  });

  test("finds a type by any spelling, and a prefix only as it is written", () => {
    for (const spelling of ["LM_Studio", "lm studio", "lmstudio", "lm-studio"]) {
      assert.equal(profiles.byType(spelling)?.name, "lm-studio");
    }
    assert.equal(profiles.byType("llama.cpp")?.name, "llamacpp");
    assert.equal(profiles.byType("openai")?.name, "openai-compatible");
    assert.equal(profiles.byType("docker")?.name, "docker-model-runner");
    assert.equal(profiles.byType("auto"), undefined);
    assert.equal(profiles.byType(""), undefined);
    assert.equal(profiles.byType("__proto__"), undefined);
    assert.equal(profiles.byPrefix("LiteLLM"), undefined);
    assert.equal(profiles.byPrefix("lite"), undefined);
    assert.equal(profiles.byPrefix("constructor"), undefined);
  });

  test("keeps everything off that changes or administers a server", () => {
    const off = [
      ["litellm", "POST", "/key/generate"],
      ["litellm", "GET", "/user/info"],
      ["litellm", "GET", "/team/info"],
      ["litellm", "POST", "/spend/calculate"],
      ["litellm", "GET", "/model/info"],
      ["litellm", "GET", "/v1/model/info"],
      ["litellm", "POST", "/model/new"],
      ["litellm", "POST", "/v1/..%2f..%2fkey/generate"],
      ["litellm", "POST", "/models/..%2fkey%2fgenerate:generateContent"],
      ["ollama", "POST", "/api/pull"],
      ["ollama", "POST", "/api/push"],
      ["ollama", "POST", "/api/create"],
      ["ollama", "POST", "/api/copy"],
      ["ollama", "DELETE", "/api/delete"],
      ["ollama", "POST", "/api/blobs/sha256:00"],
      ["lm-studio", "POST", "/api/v1/models/load"],
      ["lm-studio", "POST", "/api/v1/models/unload"],
      ["lm-studio", "POST", "/api/v1/models/download"],
      ["lemonade", "POST", "/api/v1/pull"],
      ["lemonade", "POST", "/api/v1/delete"],
      ["lemonade", "POST", "/api/v1/load"],
      ["lemonade", "POST", "/api/v1/unload"],
      ["llamacpp", "POST", "/models/load"],
      ["llamacpp", "POST", "/models"],
      ["llamacpp", "DELETE", "/models"],
      ["llamacpp", "POST", "/props"],
      ["llamacpp", "POST", "/slots/0"],
      ["vllm", "POST", "/v1/load_lora_adapter"],
      ["vllm", "POST", "/sleep"],
      ["sglang", "POST", "/flush_cache"],
      ["sglang", "POST", "/update_weights_from_disk"],
      ["lmdeploy", "GET", "/terminate"],
      ["docker-model-runner", "POST", "/models/create"],
      ["docker-model-runner", "DELETE", "/engines/v1/models/ai/smollm2"],
      ["docker-model-runner", "POST", "/engines/unload"],
      ["docker-model-runner", "POST", "/engines/_configure"],
      ["openai-compatible", "DELETE", "/v1/models/ft:gpt"],
      ["openai-compatible", "GET", "/v1/organization/users"],
    ] as const;
    for (const [name, method, path] of off) {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(isPathEnabled(profile, method, path), false, `${name} ${method} ${path}`);
    }
  });

  test("keeps on what clients of each server use", () => {
    const on = [
      ["ollama", "POST", "/api/chat"],
      ["ollama", "POST", "/api/embed"],
      ["ollama", "GET", "/api/ps"],
      ["ollama", "HEAD", "/"],
      ["ollama", "POST", "/v1/responses"],
      ["litellm", "POST", "/chat/completions"],
      ["litellm", "GET", "/health"],
      ["litellm", "GET", "/health/readiness"],
      ["litellm", "POST", "/v1/messages/count_tokens"],
      ["litellm", "GET", "/v1/models/openai%2Fgpt-4"],
      ["litellm", "DELETE", "/v1/responses/resp_1"],
      ["litellm", "POST", "/v2/rerank"],
      ["litellm", "POST", "/openai/deployments/gpt-4/chat/completions"],
      ["vllm", "POST", "/v1/audio/transcriptions"],
      ["vllm", "POST", "/pooling"],
      ["sglang", "POST", "/generate"],
      ["llamacpp", "POST", "/infill"],
      ["llamacpp", "GET", "/props"],
      ["lm-studio", "POST", "/api/v1/chat"],
      ["lemonade", "POST", "/api/v0/chat/completions"],
      ["docker-model-runner", "POST", "/engines/llama.cpp/v1/chat/completions"],
      ["docker-model-runner", "GET", "/engines/v1/models/ai/smollm2"],
      ["omlx", "POST", "/v1/rerank"],
      ["openai-compatible", "POST", "/v1/images/generations"],
    ] as const;
    for (const [name, method, path] of on) {
      const profile = profiles.byType(name);
      assert.ok(profile);
      assert.equal(isPathEnabled(profile, method, path), true, `${name} ${method} ${path}`);
    }
  });
});

describe("loadProfiles() with the repository's own files", () => {
  test("changes nothing", () => {
    const own = Object.fromEntries(BUILTIN_PROFILES.map(({ file, text }) => [file.replace("profiles/", ""), text]));
    const loaded = load({ "./profiles": own });
    assert.deepEqual(loaded.issues, []);
    assert.deepEqual(loaded.profiles.all, load({}).profiles.all);
  });

  test("changes nothing either when their text differs only in comments", () => {
    const own = Object.fromEntries(
      BUILTIN_PROFILES.map(({ file, text }) => [file.replace("profiles/", ""), `${text}# mine\n`]),
    );
    const loaded = load({ "./profiles": own });
    assert.deepEqual(loaded.issues, []);
    assert.deepEqual(loaded.profiles.all, load({}).profiles.all);
  });
});

describe("loadProfiles() with files of the Go program", () => {
  const dir = new URL("testdata/go_profiles/", import.meta.url);
  const files = Object.fromEntries(
    readdirSync(dir).map((name) => [name, readFileSync(new URL(name, dir), "utf8")]),
  );
  const loaded = load({ "./config/profiles": files });

  test("loads them with nothing but a warning for an unknown list format", () => {
    assert.deepEqual(loaded.issues.map(formatIssue), [
      "config/profiles/text-generation.yaml:34:20: request.response_format is not a format that olla knows; it is ignored. " +
      "Known: ollama, lmstudio, openai, vllm, sglang, lmdeploy, vllm-mlx, llamacpp, docker-model-runner, lemonade",
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
    assert.equal(loaded.profiles.all.length, 13);
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
      "./profiles": { "README.md": broken, ".x.yaml": broken, "x.yaml.bak": broken, "notes.txt": broken },
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
      dirs: ["./profiles"],
      requiredDir: "./none",
      readDir: (dir) => dir === "./profiles" ? ["x.yaml"] : undefined,
      readFile: () => {
        throw new Error("EACCES: permission denied");
      },
    });
    assert.deepEqual(loaded.issues.map(formatIssue), [
      "profiles/x.yaml: This file cannot be read: EACCES: permission denied",
      "./none: This directory does not exist",
    ]);
  });
});

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
        /:10:22: api.openai_compatible must be true or false, found "perhaps"$/,
        /:12:28: characteristics.max_concurrent_requests must be a whole number.*found "many"$/,
        /:14:19: detection.default_ports\[0\] must be a whole number from 1 to 65535, found 0$/,
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
      assert.equal(profiles.all.length, 12);
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

test("builtInProfiles() gives new objects that share nothing a caller could change", () => {
  assert.deepEqual(builtInProfiles(), builtInProfiles());
});

/**
 * The pages on clients: their commands are run against olla in front of fake servers that have the models of the pages.
 * In a block of commands, `# => text` says what must be in its output, upper and lower case being the same.
 * @module
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { formatIssue } from "../src/config/issues.ts";
import { loadConfigText } from "../src/config/load.ts";
import { isPathEnabled } from "../src/config/path_match.ts";
import { loadProfiles } from "../src/config/profile_load.ts";
import { FakeOllama } from "./fakes/ollama.ts";
import { FakeOpenAi } from "./fakes/openai.ts";
import { ndjson } from "./support/answers.ts";
import { chatScript } from "./support/chat_script.ts";
import { OllaProcess, ROOT } from "./support/olla_process.ts";

const ADDRESS = "http://localhost:40114";
const OVERVIEW = "docs/clients.md";
const PAGES = readdirSync(join(ROOT, "docs/clients")).map((file) => `docs/clients/${file}`);
const ABLE = { tools: true, vision: true, reasoning: true };
const OLLAMA_MODEL = "qwen3:8b";
const OTHER_MODEL = "glm-4.6";
const MODELS = [OLLAMA_MODEL, OTHER_MODEL];

/** What stands after an address where a client sets it, and a path that olla must then answer. */
const ADDRESS_VARIABLES: Readonly<Record<string, string>> = {
  ANTHROPIC_BASE_URL: "/v1/models",
  OLLAMA_BASE_URL: "/api/tags",
  OLLAMA_HOST: "/api/tags",
  OPENAI_API_BASE_URL: "/models",
  OPENAI_BASE_URL: "/models",
  base_url: "/models",
  host: "/api/tags",
  "github.copilot.chat.byok.ollamaEndpoint": "/api/version",
};

const { profiles } = loadProfiles({ dirs: [], readDir: () => undefined, readFile: () => "" });

interface Block {
  readonly page: string;
  readonly kind: string;
  readonly text: string;
}

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

const BLOCKS: readonly Block[] = [OVERVIEW, ...PAGES].flatMap((page) =>
  [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind = "", text = ""]) => ({ page, kind, text }))
);

function blocksOf(kind: string): readonly Block[] {
  return BLOCKS.filter((block) => block.kind === kind);
}

function isRunnable({ text }: Block): boolean {
  return /^curl /m.test(text);
}

/** How a setting is written, by the kind of block. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  sh: /\b([A-Z_]+)=(\S+)/g,
  json: /"([\w.]+)": "([^"]*)"/g,
  toml: /^(\w+) = "([^"]*)"/gm,
  python: /\b(\w+)="([^"]*)"/g,
};

/** Names and values that a block sets. */
function settings({ kind, text }: Block): readonly (readonly [string, string])[] {
  const pattern = SETTINGS[kind];
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].map(([, name = "", value = ""]) => [name, value]);
}

function title({ page, text }: Block): string {
  const line = text.split("\n").find((each) => !each.startsWith("#")) ?? "";
  return `${page}: ${line.slice(0, 70)}`;
}

let ollama: FakeOllama;
let gpuBox: FakeOpenAi;
let olla: OllaProcess;

before(async () => {
  ollama = await FakeOllama.start({ name: "ollama", models: [{ name: OLLAMA_MODEL, ...ABLE }] });
  ollama.instead.set("/api/pull", ndjson([{ status: "pulling manifest" }, { status: "success" }]));
  gpuBox = await FakeOpenAi.start({ name: "gpu-box", models: [{ name: OTHER_MODEL, ...ABLE }] });
  gpuBox.instead.set("/v1/chat/completions", chatScript("gpu-box"));
  const proxy = { allow_model_management: true };
  const endpoints = [ollama, gpuBox].map((server) => server.endpoint({ check_interval: "30s" }));
  olla = await OllaProcess.start({ config: { proxy, endpoints }, models: MODELS });
});

after(async () => {
  await Promise.all([olla, ollama, gpuBox].map((each) => each?.[Symbol.asyncDispose]()));
});

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program that reads its text from standard input, in the repository's folder. */
function run(command: readonly [string, ...string[]], text: string): Promise<Ran> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: ROOT, timeout: 30_000, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data) => output += String(data));
  child.stderr.on("data", (data) => output += String(data));
  child.stdin.end(text);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Makes curl fail where it is answered with an error. */
const SHELL_HEAD = `set -e
curl() { command curl -sS --noproxy '*' --fail-with-body --max-time 20 "$@"; echo; }
`;

/** Without curl there is nothing to run the commands with; every system that the project is tested on has it. */
const skip = spawnSync("curl", ["--version"]).error === undefined ? false : "curl is not installed";

describe("the commands of the pages on clients", { skip }, () => {
  for (const block of blocksOf("sh").filter(isRunnable)) {
    test(title(block), async () => {
      const { code, output } = await run(["sh"], SHELL_HEAD + block.text.replaceAll(ADDRESS, olla.url));
      assert.equal(code, 0, output);
      const said = output.toLowerCase();
      const wanted = [...block.text.matchAll(/^# => (.+)$/gm)].map(([, text = ""]) => text);
      assert.ok(wanted.length > 0, "a block that says nothing of its output proves little");
      assert.deepEqual(wanted.filter((text) => !said.includes(text.toLowerCase())), [], output);
    });
  }
});

describe("the programs of the pages on clients", () => {
  for (const block of blocksOf("ts")) {
    test(title(block), async () => {
      const { code, output } = await run([process.execPath, "run", "-"], block.text.replaceAll(ADDRESS, olla.url));
      assert.equal(code, 0, output);
      assert.match(output, /from (?:gpu-box|ollama)/);
    });
  }
});

describe("the settings of the pages on clients", () => {
  const found = BLOCKS.filter((block) => !isRunnable(block)).flatMap((block) =>
    settings(block).map(([name, value]) => ({ page: block.page, name, value }))
  );

  for (const { page, name, value } of found.filter(({ name }) => name in ADDRESS_VARIABLES)) {
    test(`${page}: ${name}=${value} leads to olla`, async () => {
      assert.match(value, /^http:\/\/(?:localhost|host\.docker\.internal):40114/);
      // Python's SDKs all call their address so, Anthropic's too.
      const path = name === "base_url" && !value.endsWith("/v1") ? "/v1/models" : ADDRESS_VARIABLES[name];
      const response = await fetch(value.replace(/http:\/\/[^/]+/, olla.url) + path);
      assert.equal(response.status, 200);
      const text = await response.text();
      if (path !== "/api/version") { for (const model of MODELS) assert.ok(text.includes(model), text); }
    });
  }

  test("name the models that the pages speak of, and no others", () => {
    const models = found.filter(({ name }) => /^model$|MODEL$/.test(name));
    assert.ok(models.length > 8);
    assert.deepEqual(models.filter(({ value }) => !MODELS.includes(value)), []);
  });

  test("are on every page", () => {
    for (const page of PAGES) {
      const names = found.filter((each) => each.page === page).map(({ name }) => name);
      assert.ok(names.some((name) => name in ADDRESS_VARIABLES), `${page} sets no address`);
    }
  });

  test("have Codex speak the Responses API", () => {
    const codex = found.filter(({ page }) => page === "docs/clients/codex.md");
    assert.equal(codex.find(({ name }) => name === "wire_api")?.value, "responses");
    assert.equal(codex.find(({ name }) => name === "model_provider")?.value, "olla");
  });

  for (const block of blocksOf("json")) test(`${title(block)} is JSON`, () => void JSON.parse(block.text));

  for (const block of blocksOf("yaml")) {
    test(`${title(block)} is a config that loads without a word`, () => {
      const sources = { cwd: ROOT, env: {}, profiles, readFile: () => "", strict: true };
      const result = loadConfigText(block.text, block.page, sources);
      const issues = result.kind === "ok" ? result.warnings : result.issues;
      assert.deepEqual(issues.map(formatIssue), []);
    });
  }
});

/** Servers in the table of dialects, and their profiles. */
const SERVERS: Readonly<Record<string, string>> = {
  "Ollama": "ollama",
  "LM Studio": "lm-studio",
  "llama.cpp": "llamacpp",
  "llama-swap": "llama-swap",
  "vLLM": "vllm",
  "vLLM-MLX": "vllm-mlx",
  "SGLang": "sglang",
  "LMDeploy": "lmdeploy",
  "Lemonade": "lemonade",
  "oMLX": "omlx",
  "Docker Model Runner": "docker-model-runner",
  "LiteLLM": "litellm",
  "OpenAI-compatible": "openai-compatible",
};

describe("the table of dialects", () => {
  const [, table = ""] = /^\| server .*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(read(OVERVIEW)) ?? [];
  const rows = new Map(
    table.trim().split("\n").map((line) => {
      const [, server = "", ...cells] = line.split("|").map((cell) => cell.trim());
      return [server, cells.slice(0, 4)];
    }),
  );

  test("has a row for every profile", () => {
    assert.deepEqual([...rows.keys()].sort(), Object.keys(SERVERS).sort());
    assert.deepEqual(Object.values(SERVERS).sort(), profiles.all.map(({ name }) => name).sort());
  });

  for (const profile of profiles.all) {
    test(`says of ${profile.name} what its profile says`, () => {
      const { name, anthropic } = profile;
      const [server = ""] = Object.entries(SERVERS).find(([, known]) => known === name) ?? [];
      const since = anthropic?.min_version === undefined ? "yes" : `from ${anthropic.min_version}`;
      const [messages, counts, responses, api] = rows.get(server) ?? [];
      const ifListed = (path: string) => isPathEnabled(profile, "POST", path) ? "where it has it" : "no";
      assert.equal(messages, anthropic === undefined ? ifListed("/v1/messages") : since);
      const counting = anthropic === undefined ? ifListed("/v1/messages/count_tokens") : "no";
      assert.equal(counts, anthropic?.token_count === true ? "yes" : counting);
      assert.equal(responses === "no", !isPathEnabled(profile, "POST", "/v1/responses"));
      assert.equal(api === "no", !isPathEnabled(profile, "POST", "/api/chat"));
    });
  }
});

describe("the pages on clients", () => {
  test("are all in the overview", () => {
    const linked = [...read(OVERVIEW).matchAll(/\]\((clients\/[\w-]+\.md)\)/g)].map(([, link]) => `docs/${link}`);
    assert.deepEqual([...new Set(linked)].sort(), PAGES.toSorted());
  });

  for (const page of [OVERVIEW, ...PAGES, "README.md", "docs/models.md", "docs/routing-and-failover.md"]) {
    test(`${page} links to files and headings that exist`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = ""]) => link);
      assert.deepEqual(links.filter((link) => !leadsSomewhere(page, link)), []);
    });
  }
});

/** Whether a link's file exists, and its heading in there. */
function leadsSomewhere(page: string, link: string): boolean {
  const [file = "", heading] = link.split("#");
  const path = file === "" ? page : join(page, "..", file);
  if (!existsSync(join(ROOT, path))) return false;
  if (heading === undefined) return true;
  const anchors = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => anchorOf(text));
  return anchors.includes(heading);
}

/** As the usual Markdown renderers name a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");
}

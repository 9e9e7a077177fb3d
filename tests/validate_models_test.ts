import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, test } from "node:test";
import { hang, json } from "./support/answers.ts";
import { BlackHole } from "./support/black_hole.ts";
import { within } from "./support/eventually.ts";
import { FakeLlm } from "./support/fake_llm.ts";
import { freePort } from "./support/free_port.ts";
import { ROOT } from "./support/olla_process.ts";

const folder = await mkdtemp(join(tmpdir(), "olla-validate-models-"));
after(() => rm(folder, { recursive: true }));

interface Validated {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the whole run. */
  readonly ms: number;
}

/** Runs `olla validate` on a config to its end. */
async function validate(
  config: Readonly<Record<string, unknown>>,
  { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Validated> {
  const file = join(folder, "olla.yaml");
  await writeFile(file, JSON.stringify(config));
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "src/main.ts"), "validate", "-c", file, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => stdout += String(data));
  child.stderr.on("data", (data) => stderr += String(data));
  const [code] = await within(15_000, "the end of olla validate", once(child, "close")) as [number | null];
  return { code, stdout, stderr, ms: performance.now() - started };
}

/** What follows the verdict. */
function afterVerdict({ stdout }: Validated): string {
  return stdout.replace(/^[^]*?\nResult: |^Result: /, "").replace(/^.*\n/, "");
}

describe("olla validate", () => {
  test("points at names that look like one model, with the alias to add", async () => {
    await using mac = await FakeLlm.start({ name: "mac", models: ["gpt-oss:120b", "llama3.1:8b"] });
    await using gpu = await FakeLlm.start({ name: "gpu", kind: "openai", models: ["gpt-oss-120b", "llama3.1:70b"] });
    const endpoints = [mac.endpoint(), gpu.endpoint()];
    const result = await validate({ endpoints });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /^Result: PASS /m);
    assert.equal(
      afterVerdict(result),
      [
        "Asked 2 of 2 endpoints for their models",
        'Hint: "gpt-oss-120b" (on gpu) and "gpt-oss:120b" (on mac) look like one model',
        "To ask for each of them by one name, add to the config file:",
        "",
        "model_aliases:",
        '  gpt-oss-120b: ["gpt-oss:120b", "gpt-oss-120b"]',
        "",
        "",
      ].join("\n"),
    );
    const aliases = { "gpt-oss-120b": ["gpt-oss:120b", "gpt-oss-120b"] };
    assert.equal(
      afterVerdict(await validate({ endpoints, model_aliases: aliases })),
      "Asked 2 of 2 endpoints for their models\n",
      "whoever adds it hears no more of it",
    );
  });

  test("finds out what kind of server an endpoint without a type is, and leaves out what its filter does", async () => {
    await using mac = await FakeLlm.start({ name: "mac", models: ["a:1b", "b:1b"] });
    await using gpu = await FakeLlm.start({ name: "gpu", kind: "openai", models: ["a-1b", "b-1b"] });
    const result = await validate({
      endpoints: [mac.endpoint({ type: "auto" }), gpu.endpoint({ model_filter: { exclude: ["b*"] } })],
    });
    assert.match(afterVerdict(result), /^Asked 2 of 2 endpoints/);
    assert.match(result.stdout, /\nmodel_aliases:\n {2}a-1b: \["a:1b", "a-1b"\]\n\n$/);
  });

  test("says whom it could not ask and why, and passes all the same", async () => {
    await using mac = await FakeLlm.start({ name: "mac", models: ["a:1b"] });
    await using locked = await FakeLlm.start({ name: "locked", kind: "openai", models: [] });
    locked.list = json({ error: "no" }, { status: 401 });
    const url = `http://127.0.0.1:${await freePort()}`;
    const dead = { name: "dead", url, type: "vllm", check_interval: "1s", check_timeout: "500ms" };
    const result = await validate({ endpoints: [mac.endpoint(), locked.endpoint(), dead] });
    assert.equal(result.code, 0);
    const [first, ...problems] = afterVerdict(result).trimEnd().split("\n");
    assert.equal(first, "Asked 1 of 3 endpoints for their models; the others did not tell:");
    assert.equal(problems[0], "  locked: GET /v1/models answers 401: its auth is missing or wrong");
    assert.match(problems[1] ?? "", /^ {2}dead: asking for its models failed: .*refused/);
    assert.doesNotMatch(result.stdout, /127\.0\.0\.1/);
  });

  test("takes two seconds at most for servers that never answer", async () => {
    await using mac = await FakeLlm.start({ name: "mac", models: ["a:1b"] });
    await using mute = await FakeLlm.start({ name: "mute", kind: "openai", models: [] });
    mute.list = hang();
    await using hole = await BlackHole.start({ name: "hole", models: [] });
    await hole.freeze();
    const result = await validate({
      endpoints: [mac.endpoint(), mute.endpoint(), mac.endpoint({ name: "hole", url: hole.url, type: "auto" })],
    });
    assert.equal(result.code, 0);
    assert.equal(
      afterVerdict(result),
      "Asked 1 of 3 endpoints for their models; the others did not tell:\n" +
        "  mute: it has not answered in time\n  hole: it has not answered in time\n",
    );
    assert.ok(result.ms < 7000, `it took ${result.ms} ms`);
  });

  const quiet: readonly [what: string, config: Readonly<Record<string, unknown>>, args: readonly string[]][] = [
    ["--offline", {}, ["--offline"]],
    ["a config without model discovery", { discovery: { model_discovery: { enabled: false } } }, []],
    ["a config with an error", { server: { port: 99999 } }, []],
  ];
  for (const [what, more, args] of quiet) {
    test(`asks nobody with ${what}`, async () => {
      await using one = await FakeLlm.start({ name: "one", models: ["a:1b"] });
      await using two = await FakeLlm.start({ name: "two", models: ["a-1b"] });
      const result = await validate({ endpoints: [one.endpoint(), two.endpoint()], ...more }, { args });
      assert.equal(afterVerdict(result), "");
      assert.deepEqual([...one.backend.requests, ...two.backend.requests], []);
    });
  }

  test("asks nobody when there is one endpoint only, without aliases and filters", async () => {
    await using one = await FakeLlm.start({ name: "one", models: ["a:1b"] });
    const result = await validate({ endpoints: [one.endpoint()] });
    assert.equal(afterVerdict(result), "");
    assert.deepEqual(one.backend.requests, []);
  });

  test("asks a single endpoint where aliases or a model_filter lead nowhere, and passes all the same", async () => {
    await using one = await FakeLlm.start({ name: "one", models: ["a:1b", "b:1b"] });
    const filter = { include: ["zzz*"] };
    const filtered = await validate({ endpoints: [one.endpoint({ model_filter: filter })] });
    assert.equal(filtered.code, 0);
    assert.equal(
      afterVerdict(filtered),
      "Asked 1 of 1 endpoint for its models\nHint: the model_filter of one leaves out all its models (2)\n",
    );
    const aliased = await validate({ endpoints: [one.endpoint()], model_aliases: { fast: ["zzz"], "a:1b": ["b:1b"] } });
    assert.equal(aliased.code, 0);
    assert.equal(
      afterVerdict(aliased),
      [
        "Asked 1 of 1 endpoint for its models",
        'Hint: the alias "fast" leads nowhere: no server that answered has "zzz"',
        'Hint: the alias "a:1b" is a model\'s name too: the alias wins, so requests for "a:1b" never get that model',
        "",
      ].join("\n"),
    );
  });

  test("says that an endpoint is of a type that proxy.profile_filter leaves out", async () => {
    await using mac = await FakeLlm.start({ name: "mac", models: ["a:1b"] });
    await using gpu = await FakeLlm.start({ name: "gpu", kind: "openai", models: ["b"] });
    const result = await validate({
      proxy: { profile_filter: { exclude: ["ollama"] } },
      endpoints: [mac.endpoint({ type: "auto" }), gpu.endpoint()],
    });
    assert.equal(result.code, 0);
    assert.equal(
      afterVerdict(result),
      "Asked 1 of 2 endpoints for their models; the others did not tell:\n" +
        "  mac: it is of type ollama, which proxy.profile_filter leaves out\n",
    );
  });

  test("asks past a proxy of the environment", async () => {
    await using one = await FakeLlm.start({ name: "one", models: ["a:1b"] });
    await using two = await FakeLlm.start({ name: "two", models: ["a:1b"] });
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const env = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy };
    const result = await validate({ endpoints: [one.endpoint(), two.endpoint()] }, { env });
    assert.equal(afterVerdict(result), "Asked 2 of 2 endpoints for their models\n");
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { OllaProcess, ROOT } from "./support/olla_process.ts";

const run = promisify(execFile);
const BINARY = join(ROOT, ".cache/build_test", process.platform === "win32" ? "olla.exe" : "olla");

describe("the binary", async () => {
  const folder = await mkdtemp(join(tmpdir(), "olla-hostile-"));
  const preloaded = join(folder, "preloaded");

  before(async () => {
    await run(process.execPath, [join(ROOT, "build.ts"), "--outfile", BINARY], { cwd: ROOT });
    await writeFile(join(folder, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
    await writeFile(
      join(folder, "preload.ts"),
      `require("node:fs").writeFileSync(${JSON.stringify(preloaded)}, "");\n`,
    );
    await writeFile(join(folder, ".env"), "OLLA_SERVER_PORT=1\nOLLA_LOGGING_LEVEL=debug\nOLLA_SHOW_VERSION=true\n");
    await writeFile(join(folder, "package.json"), '{"name":"hostile","version":"9.9.9"}\n');
    await writeFile(join(folder, "tsconfig.json"), '{"compilerOptions":{"paths":{"hono":["./preload.ts"]}}}\n');
  }, { timeout: 120_000 });
  after(() => rm(folder, { recursive: true, force: true }));

  test("the folder is hostile: Bun itself runs the preload and reads the .env there", async () => {
    await writeFile(join(folder, "probe.ts"), "console.log(process.env.OLLA_SERVER_PORT);\n");
    const { stdout } = await run(process.execPath, ["probe.ts"], { cwd: folder });
    assert.equal(stdout, "1\n");
    assert.ok(existsSync(preloaded));
    await rm(preloaded);
  });

  test("serves from that folder, by its own settings alone", { timeout: 60_000 }, async () => {
    await using olla = await OllaProcess.start({
      command: [BINARY],
      cwd: folder,
      args: ["--demo"],
      models: ["olla-demo"],
    });
    const response = await fetch(`${olla.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "olla-demo", messages: [{ role: "user", content: "Hello" }] }),
    });
    assert.equal(response.status, 200);
    await response.text();
    assert.doesNotMatch(olla.stdout, /"level":"debug"/);
    assert.equal(existsSync(preloaded), false);
    assert.equal(await olla.stop("SIGTERM"), 0);
  });

  test("validates there without port 1 of the .env, and knows its version, commit and build date", async () => {
    const validated = await run(BINARY, ["validate"], { cwd: folder });
    assert.match(validated.stdout, /^Result: PASS/);
    const { stdout } = await run(BINARY, ["--version"], { cwd: folder });
    assert.match(stdout, /^olla \d+\.\d+\.\d+\ncommit: {2}\S+\nbuilt: {3}\d{4}-\d\d-\d\dT\S+\nruntime: Bun \d/);
    assert.doesNotMatch(stdout, /9\.9\.9|source/);
  });
});

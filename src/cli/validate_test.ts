import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { ServeFlags } from "./arguments.ts";
import { loadSettings } from "./settings.ts";
import { formatVersion } from "./version.ts";
import { validationReport } from "./validate.ts";

const folder = mkdtempSync(join(tmpdir(), "olla-validate-"));
after(() => rmSync(folder, { recursive: true }));

function check(yaml: string, flags: ServeFlags = {}) {
  writeFileSync(join(folder, "test.yaml"), yaml);
  const settings = loadSettings({ ...flags, config: "test.yaml" }, { cwd: folder, env: {} });
  return { settings, report: validationReport(settings) };
}

describe("validationReport", () => {
  test("a good file passes", () => {
    const { report } = check('endpoints:\n  - url: "http://localhost:11434"\n    type: ollama\n');
    assert.deepEqual(report, { text: "Result: PASS (test.yaml: 0 errors, 0 warnings, 1 endpoint)\n", exitCode: 0 });
  });

  test("every error has its line, and the result fails", () => {
    const { report } = check("server:\n  port: 99999\nproxy:\n  load_balancer: best\n");
    assert.equal(report.exitCode, 1);
    assert.match(report.text, /^test\.yaml:2:9: server\.port must be .*\n/);
    assert.match(report.text, /\ntest\.yaml:4:18: proxy\.load_balancer must be .*\n/);
    assert.match(report.text, /\nResult: FAIL \(test\.yaml: 2 errors, 0 warnings\)\n$/);
  });

  test("a warning is marked as one and passes, unless --strict makes it an error", () => {
    const { report } = check("server:\n  prot: 1\n");
    assert.equal(report.exitCode, 0);
    assert.match(
      report.text,
      /^test\.yaml:2:3: .*prot.* \(warning\)\nResult: PASS \(test\.yaml: 0 errors, 1 warning, /,
    );
    assert.equal(check("server:\n  prot: 1\n", { strict: true }).report.exitCode, 1);
  });

  test("a file that is not there is an error", () => {
    const report = validationReport(loadSettings({ config: "missing.yaml" }, { cwd: folder, env: {} }));
    assert.equal(report.exitCode, 1);
    assert.match(report.text, /missing\.yaml.*not found/);
  });

  test("a wrong models.yaml beside it is an error with its line", () => {
    writeFileSync(join(folder, "models.yaml"), "special_rules:\n  generic_names: model\n");
    try {
      const { report } = check("");
      assert.equal(report.exitCode, 1);
      assert.match(report.text, /^models\.yaml:2:18: special_rules\.generic_names must be a list of words/);
    } finally {
      rmSync(join(folder, "models.yaml"));
    }
  });

  test("an endpoint of a type that proxy.profile_filter leaves out gets a warning, and the type has no routes", () => {
    const { settings, report } = check(
      "proxy: {profile_filter: {exclude: [vllm]}}\nendpoints: [{url: 'http://gpu', type: vllm}, {url: 'http://mac'}]\n",
    );
    assert.equal(report.exitCode, 0);
    assert.match(report.text, /is of type vllm, which proxy\.profile_filter leaves out: it is not used \(warning\)\n/);
    assert.match(report.text, /1 warning, 1 endpoint\)\n$/);
    assert.equal(settings.profiles.byPrefix("vllm"), undefined);
    assert.ok(settings.profiles.byPrefix("ollama"));
  });

  test("a proxy.profile_filter that leaves no endpoint fails", () => {
    const { report } = check(
      "proxy: {profile_filter: {exclude: [vllm]}}\nendpoints: [{url: 'http://gpu', type: vllm}]\n",
    );
    assert.equal(report.exitCode, 1);
    assert.match(report.text, /^test\.yaml:1:\d+: proxy\.profile_filter must leave at least one endpoint, .*: vllm\n/);
  });

  test("a folder of profiles that is not there is an error", () => {
    const { report } = check("", { profiles: join(folder, "no-such-folder") });
    assert.equal(report.exitCode, 1);
    assert.match(report.text, /no-such-folder.* does not exist/);
  });
});

describe("flags", () => {
  test("win over the file", () => {
    const { settings } = check("server:\n  port: 1\nlogging:\n  level: warn\n", {
      port: 0,
      host: "::1",
      logLevel: "debug",
    });
    assert.ok(settings.result.kind === "ok");
    const { server, logging } = settings.result.config;
    assert.deepEqual([server.port, server.host, logging.level], [0, "::1", "debug"]);
  });
});

test("formatVersion names version, commit, build date and runtime", () => {
  const facts = {
    version: "1.2.3",
    commit: "abc",
    buildDate: "2026",
    runtime: "Bun 1",
    platform: "linux",
    arch: "x64",
  };
  assert.equal(formatVersion(facts), "olla 1.2.3\ncommit:  abc\nbuilt:   2026\nruntime: Bun 1 on linux-x64\n");
});

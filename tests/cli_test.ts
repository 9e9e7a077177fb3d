import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { stream } from "./support/answers.ts";
import { eventually, within } from "./support/eventually.ts";
import { FakeLlm } from "./support/fake_llm.ts";
import { freePort } from "./support/free_port.ts";
import { OllaProcess, ROOT } from "./support/olla_process.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
async function runOlla(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, "src/main.ts"), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => stdout += String(data));
  child.stderr.on("data", (data) => stderr += String(data));
  const [code] = await within(15_000, "the end of olla", once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

describe("ending before it began", () => {
  test("wrong usage is exit code 2, with the nearest flag on standard error", async () => {
    const { code, stdout, stderr } = await runOlla(["--prot", "80"]);
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean --port\?/);
    assert.equal(stdout, "");
  });

  test("--help and --version are exit code 0, on standard output", async () => {
    const help = await runOlla(["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: olla/);
    const version = await runOlla(["-version"]);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^olla \d+\.\d+\.\d+\ncommit: {2}source\nbuilt: {3}source\nruntime: Bun /);
  });

  test("OLLA_SHOW_VERSION=true prints the version, whatever the flags", async () => {
    const { code, stdout } = await runOlla(["--nonsense"], { OLLA_SHOW_VERSION: "true" });
    assert.equal(code, 0);
    assert.match(stdout, /^olla /);
  });

  test("a missing config file is exit code 1, for serve and for validate", async () => {
    for (const args of [["-c", "/no/such.yaml"], ["validate", "-c", "/no/such.yaml"]]) {
      const { code, stdout, stderr } = await runOlla(args);
      assert.equal(code, 1);
      assert.match(stdout + stderr, /\/no\/such\.yaml.*not found/);
    }
  });

  test("a port in use names the process that holds it and the flag for another", async () => {
    const holder = createServer();
    holder.listen(0, "127.0.0.1");
    await once(holder, "listening");
    try {
      const address = holder.address();
      assert.ok(typeof address === "object" && address !== null);
      const { code, stderr } = await runOlla(["--port", String(address.port)]);
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`localhost:${address.port}: the port is in use by .*\\(process ${process.pid}\\)`),
      );
      assert.match(stderr, /olla --port 0$/m);
    } finally {
      holder.close();
    }
  });

  test("an address of another machine says which flag to change", async () => {
    const { code, stderr } = await runOlla(["--host", "192.0.2.1", "--port", String(await freePort())]);
    assert.equal(code, 1);
    assert.match(stderr, /192\.0\.2\.1:\d+: this machine has no such address\. .*--host localhost/);
  });
});

describe("running", () => {
  test("localhost is both loopback addresses", async () => {
    await using olla = await OllaProcess.start({ args: ["--host", "localhost"] });
    assert.equal((await fetch(`http://127.0.0.1:${olla.port}/internal/health`)).status, 200);
    assert.equal((await fetch(`http://[::1]:${olla.port}/internal/health`)).status, 200);
  });

  test("standard output is JSON lines, and each request has its own, without the secrets of its query", async () => {
    await using llm = await FakeLlm.start({ name: "gpu", models: ["llama3.2"] });
    await using olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: ["llama3.2"] });
    const response = await fetch(`${olla.url}/v1/chat/completions?api_key=sk-secret&x=1`, {
      method: "POST",
      body: JSON.stringify({ model: "llama3.2", messages: [{ role: "user", content: "a private prompt" }] }),
    });
    await response.text();
    const line = await eventually(
      "the request's line is written",
      () => jsonLines(olla.stdout).find((entry) => entry.path === "/v1/chat/completions"),
    );
    assert.equal(line.message, "Access log");
    assert.equal(line.status, 200);
    assert.equal(line.query, "api_key=[REDACTED]&x=1");
    assert.equal(line.endpoint, "gpu");
    assert.equal(line.model, "llama3.2");
    assert.equal(line.attempts, 1);
    assert.equal(line.request_id, response.headers.get("x-olla-request-id"));
    assert.equal(line.remote_addr, "127.0.0.1");
    assert.equal(typeof line.duration_ms, "number");
    assert.doesNotMatch(olla.stdout + olla.stderr, /sk-secret|a private prompt/);
    assert.equal(olla.stderr, "");
  });

  test("polls of the status are not in the log unless it debugs", async () => {
    await using olla = await OllaProcess.start({ config: {} });
    await using debugging = await OllaProcess.start({ config: {}, args: ["--log-level", "debug"] });
    const polls = (one: OllaProcess) => jsonLines(one.stdout).filter((line) => line.path === "/internal/status").length;
    for (const one of [olla, debugging]) await one.page("/internal/status");
    await eventually("the debugging one has a line", () => polls(debugging) === 1);
    await fetch(`${olla.url}/internal/nothing`);
    await eventually("a 404 is in the log", () => jsonLines(olla.stdout).some((line) => line.status === 404));
    assert.equal(polls(olla), 0);
  });

  test("with text logs, the banner is on standard error and shows a command that works", async () => {
    await using olla = await OllaProcess.start({
      args: ["--demo"],
      env: { OLLA_LOGGING_FORMAT: "text", NO_COLOR: "1" },
    });
    const command = await eventually("the example is shown", () => /^ {2}(curl .*)$/m.exec(olla.stderr)?.[1]);
    assert.match(olla.stderr, new RegExp(`olla \\d.* {2}http://127\\.0\\.0\\.1:${olla.port}\n`));
    assert.match(olla.stderr, /demo-ollama +ollama +healthy +1 model\b/);
    const curl = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
    let answer = "";
    curl.stdout.on("data", (data) => answer += String(data));
    await within(10_000, "the example's answer", once(curl, "close"));
    assert.equal(JSON.parse(answer).choices[0].message.role, "assistant");
  });

  test("proxies of the environment are named and removed, and room for large headers is made", {
    skip: process.platform !== "linux",
  }, async () => {
    const config = { server: { request_limits: { max_header_size: "20MB" } } };
    await using olla = await OllaProcess.start({ config, env: { http_proxy: "http://192.0.2.1:1", ALL_PROXY: "x" } });
    const environment = (await readFile(`/proc/${olla.pid}/environ`, "utf8")).split("\0");
    assert.deepEqual(environment.filter((line) => /^(http_proxy|all_proxy)=/i.test(line)), []);
    assert.ok(environment.includes("BUN_CONFIG_MAX_HTTP_REQUESTS=65535"));
    const room = environment.find((line) => line.startsWith("BUN_OPTIONS=")) ?? "";
    assert.ok(Number(/--max-http-header-size=(\d+)/.exec(room)?.[1]) >= 40_000_000, room);
    const warning = "http_proxy, ALL_PROXY in the environment is not used for backends";
    await eventually("they are named", () => olla.stdout.includes(warning));
  });

  test("listening for others without keys is said loudly", async () => {
    await using olla = await OllaProcess.start({ config: {}, args: ["--host", "0.0.0.0"] });
    await eventually("the warning is written", () => /Everyone who can reach this machine can use/.test(olla.stdout));
  });

  test("a reader of the log that stalls, stalls no request", async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [join(ROOT, "src/main.ts"), "--demo", "--port", String(port)], {
      stdio: ["ignore", "pipe", "ignore"], // and nobody reads the pipe
    });
    try {
      const url = `http://127.0.0.1:${port}/`;
      await eventually("olla answers", async () => (await fetch(`${url}internal/health`)).ok);
      for (let round = 0; round < 15; round++) {
        const answers = await Promise.all(
          Array.from({ length: 100 }, () => fetch(`${url}olla/nothing/${"x".repeat(200)}`)),
        );
        for (const answer of answers) {
          assert.equal(answer.status, 404);
          await answer.arrayBuffer();
        }
      }
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("stopping", () => {
  const EVENTS = Array.from({ length: 5 }, (_, index) => `data: {"n":${index}}\n\n`).concat("data: [DONE]\n\n");
  const startStream = async (olla: OllaProcess) => {
    const body = JSON.stringify({ model: "llama3.2", stream: true });
    const response = await fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body });
    assert.equal(response.status, 200);
    return response;
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`${signal} lets a running stream end, takes no new request, and is exit code 0`, async () => {
      await using llm = await FakeLlm.start({ name: "gpu", models: ["llama3.2"] });
      llm.inference = stream(EVENTS, { gapMs: 150 });
      await using olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: ["llama3.2"] });
      const response = await startStream(olla);
      const stopped = olla.stop(signal);
      await eventually(
        "new connections are refused",
        () => fetch(`${olla.url}/internal/health`).then(() => false, () => true),
      );
      assert.equal(await response.text(), EVENTS.join(""));
      assert.equal(await within(5000, "the end", stopped), 0);
    });
  }

  test("a stream that outlasts shutdown_timeout is cut, and the exit code is 0 all the same", async () => {
    await using llm = await FakeLlm.start({ name: "gpu", models: ["llama3.2"] });
    llm.inference = stream(EVENTS, { gapMs: 2000 });
    const config = { server: { shutdown_timeout: "300ms" }, endpoints: [llm.endpoint()] };
    await using olla = await OllaProcess.start({ config, models: ["llama3.2"] });
    const response = await startStream(olla);
    const begun = performance.now();
    const cut = assert.rejects(response.text());
    assert.equal(await within(5000, "the end", olla.stop("SIGTERM")), 0);
    assert.ok(performance.now() - begun < 1900, "it waited for the stream");
    await cut;
  });

  test("a second signal ends at once with exit code 1", async () => {
    await using llm = await FakeLlm.start({ name: "gpu", models: ["llama3.2"] });
    llm.inference = stream(EVENTS, { gapMs: 2000 });
    await using olla = await OllaProcess.start({ config: { endpoints: [llm.endpoint()] }, models: ["llama3.2"] });
    const cut = assert.rejects((await startStream(olla)).text());
    const first = olla.stop("SIGINT");
    await eventually("it says that it stops", () => olla.stdout.includes("Stopping on SIGINT"));
    const begun = performance.now();
    assert.equal(await within(5000, "the end", olla.stop("SIGINT")), 1);
    assert.ok(performance.now() - begun < 1000);
    await first;
    await cut;
  });

  test("it ends when the program that started it has gone", async () => {
    const parent = spawn("sleep", ["60"], { stdio: "ignore" });
    await using olla = await OllaProcess.start({ config: {}, env: { OLLA_INTERNAL_STOP_WITH: String(parent.pid) } });
    parent.kill();
    await eventually("olla has ended", () => !olla.alive);
  });
});

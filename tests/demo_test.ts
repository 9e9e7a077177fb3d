import assert from "node:assert/strict";
import net from "node:net";
import { describe, test } from "node:test";
import { eventually } from "./support/eventually.ts";
import { FakeLlm } from "./support/fake_llm.ts";
import { OllaProcess } from "./support/olla_process.ts";
import { answered } from "./support/scene.ts";

/** Ports on which olla looks for servers by itself. */
const SCANNED = [11434, 1234, 8080, 8001, 8000, 30000, 4000, 23333, 12434];

async function ask(olla: OllaProcess, body: Record<string, unknown>) {
  const messages = [{ role: "user", content: "good morning" }];
  const init = { method: "POST", body: JSON.stringify({ messages, ...body }) };
  return await answered(await fetch(`${olla.url}/v1/chat/completions`, init));
}

/** Sends an order to a simulated server, as the README does; it may have another port than there. */
async function control(olla: OllaProcess, server: string, order: string): Promise<string> {
  const { url } = await olla.endpoint(server);
  const response = await fetch(`${url}/demo/${order}`, { method: "POST" });
  assert.equal(response.status, 200);
  return await response.text();
}

async function modelsOf(olla: OllaProcess): Promise<string[]> {
  const { data } = await olla.page<{ data: { id: string }[] }>("/v1/models");
  return data.map(({ id }) => id);
}

describe("olla --demo", () => {
  test("answers from two simulated servers, and says which", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo", "olla-demo-mini"] });
    const seen = new Set<string | null>();
    for (let count = 0; count < 6; count++) {
      const { status, endpoint, text } = await ask(olla, { model: "olla-demo" });
      assert.equal(status, 200);
      assert.match(JSON.parse(text).choices[0].message.content, new RegExp(`${endpoint}.*demo.*"good morning"`));
      seen.add(endpoint);
    }
    assert.deepEqual([...seen].sort(), ["demo-ollama", "demo-openai"]);
    assert.equal((await ask(olla, { model: "olla-demo-mini" })).endpoint, "demo-openai");
  });

  test("streams word by word", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo"] });
    const body = JSON.stringify({ model: "olla-demo", messages: [{ role: "user", content: "x" }], stream: true });
    const response = await fetch(`${olla.url}/v1/chat/completions`, { method: "POST", body });
    const times: number[] = [];
    let text = "";
    for await (const chunk of response.body ?? []) {
      times.push(performance.now());
      text += Buffer.from(chunk).toString();
    }
    assert.match(text, /data: \[DONE\]\n\n$/);
    assert.ok(times.length > 10 && (times.at(-1) ?? 0) - (times[0] ?? 0) > 500, "the words came one by one");
  });

  test("shows a fail-over when a server refuses connections, and its recovery", { timeout: 60_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo", "olla-demo-mini"] });
    assert.match(await control(olla, "demo-openai", "fail?for=1m"), /^demo-openai refuses .* for 1m\./);
    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await ask(olla, { model: "olla-demo" }));
    assert.deepEqual(answers.map(({ status, endpoint }) => `${status} ${endpoint}`), Array(4).fill("200 demo-ollama"));
    assert.ok(answers.some(({ headers }) => headers.get("x-olla-attempts") === "2"), "one of them was tried twice");
    assert.equal((await olla.endpoint("demo-openai")).status, "offline");
    assert.equal((await ask(olla, { model: "olla-demo-mini" })).status, 503);
    await control(olla, "demo-ollama", "recover");
    await eventually("the server that refused answers again", async () => {
      return (await ask(olla, { model: "olla-demo-mini" })).status === 200;
    }, { within: 20_000, every: 250 });
    assert.equal((await olla.endpoint("demo-openai")).status, "healthy");
  });

  test("shows a fail-over when a server answers 503", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo", "olla-demo-mini"] });
    await control(olla, "demo-ollama", "fail?how=503");
    for (let count = 0; count < 4; count++) {
      const { status, endpoint } = await ask(olla, { model: "olla-demo" });
      assert.deepEqual([status, endpoint], [200, "demo-openai"]);
    }
  });

  test("shows how a stream ends that is cut in its middle", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo-mini"] });
    await control(olla, "demo-openai", "fail?how=cut");
    const cut = await ask(olla, { model: "olla-demo-mini", stream: true });
    assert.match(cut.text, /"content":"Hello"[^]*\n\ndata: \{"error":\{"message":"The endpoint demo-openai broke off/);
    assert.doesNotMatch(cut.text, /\[DONE\]/);
    await control(olla, "demo-openai", "recover");
    assert.match((await ask(olla, { model: "olla-demo-mini", stream: true })).text, /\[DONE\]/);
  });

  test("takes orders to fail on the simulated servers' own ports alone", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo", "olla-demo-mini"] });
    for (
      const prefix of ["", "/olla/proxy", "/olla/openai", "/olla/openai-compatible", "/olla/ollama", "/v1", "/api"]
    ) {
      const response = await fetch(`${olla.url}${prefix}/demo/fail`, { method: "POST" });
      assert.ok([403, 404, 405].includes(response.status), `${prefix}: ${response.status} ${await response.text()}`);
    }
    assert.equal((await ask(olla, { model: "olla-demo-mini" })).status, 200);
  });

  test("ends at once on SIGTERM", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ args: ["--demo"], models: ["olla-demo"] });
    const begun = performance.now();
    assert.equal(await olla.stop("SIGTERM"), 0);
    assert.ok(performance.now() - begun < 3000);
  });
});

describe("olla without a config file", async () => {
  const taken = await Promise.all(SCANNED.map(listens));
  const skip = taken.includes(true) ? "an LLM server, or something else, listens on one of the scanned ports" : false;

  test("offers the demo model until it finds a server, and then that one's", { timeout: 60_000, skip }, async () => {
    await using olla = await OllaProcess.start({ models: ["olla-demo"] });
    const start = await eventually(
      "the start is told",
      () => olla.stdout.split("\n").find((line) => line.includes("olla has asked its endpoints")),
    );
    assert.match(start, /"status":"healthy","models":1\b.*"try":"curl /);
    assert.deepEqual(await modelsOf(olla), ["olla-demo"]);
    assert.match((await ask(olla, { model: "olla-demo" })).text, /demo/);
    await using _found = await FakeLlm.start({ name: "found", models: ["real-model"], port: 11434 });
    await eventually("the found server has taken over", async () => {
      const models = await modelsOf(olla);
      return models.length === 1 && models[0] === "real-model";
    }, { within: 25_000, every: 250 });
    assert.equal((await ask(olla, { model: "real-model" })).status, 200);
    assert.equal((await ask(olla, { model: "olla-demo" })).status, 404);
  });

  test("has no demo model when there is a config file", { timeout: 30_000 }, async () => {
    await using olla = await OllaProcess.start({ config: { endpoints: [] } });
    assert.deepEqual(await modelsOf(olla), []);
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

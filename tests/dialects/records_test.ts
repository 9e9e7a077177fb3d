import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import process from "node:process";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { failure } from "../support/answers.ts";
import { chatScript, greeting } from "../support/chat_script.ts";
import { askIn } from "../support/dialect_client.ts";
import { eventually } from "../support/eventually.ts";
import { OllaProcess } from "../support/olla_process.ts";

const MODEL = "m";
const NATIVE = "n";

/** A server that only speaks chat completions, one that speaks all dialects, and an olla before them. */
async function startPair(config: Record<string, unknown> = {}) {
  const chat = await FakeOpenAi.start({ name: "chat", models: [MODEL] });
  chat.instead.set("/v1/chat/completions", chatScript("chat"));
  const native = await FakeVllm.start({ name: "native", models: [NATIVE] });
  const endpoints = [chat.endpoint(), native.endpoint()];
  const olla = await OllaProcess.start({ config: { ...config, endpoints }, models: [MODEL, NATIVE] });
  return {
    chat,
    olla,
    async [Symbol.asyncDispose]() {
      await olla[Symbol.asyncDispose]();
      await chat[Symbol.asyncDispose]();
      await native[Symbol.asyncDispose]();
    },
  };
}

interface TranslatorLine {
  readonly translator_name: string;
  readonly [count: string]: unknown;
}

test("the statistics of translators tell what was passed through, what was translated, and what failed", async () => {
  await using pair = await startPair();
  const { chat, olla } = pair;
  for (const stream of [true, false]) await askIn("anthropic", olla.url, { model: MODEL, stream });
  await askIn("anthropic", olla.url, { model: NATIVE, stream: false });
  await askIn("ollama", olla.url, { model: MODEL, stream: true });
  chat.instead.set("/v1/chat/completions", failure(500, "no"));
  await askIn("anthropic", olla.url, { model: MODEL, stream: false });
  const { translators } = await olla.page<{ translators: TranslatorLine[] }>("/internal/stats/translators");
  const lineOf = (name: string) =>
    translators.find(({ translator_name }) => translator_name === name) ?? assert.fail(name);
  const anthropic = lineOf("anthropic");
  const numbers = [
    "total_requests",
    "successful_requests",
    "failed_requests",
    "passthrough_requests",
    "translation_requests",
    "streaming_requests",
    "fallback_no_compatible_endpoints",
  ].map((key) => anthropic[key]);
  assert.deepEqual(numbers, [4, 3, 1, 1, 3, 1, 3]);
  assert.equal(anthropic.success_rate, "75.0%");
  assert.deepEqual([lineOf("ollama").total_requests, lineOf("responses").total_requests], [1, 0]);
});

describe("the inspector", () => {
  test("writes requests and answers down by day and session, for their owner alone, and no credentials", async () => {
    const folder = mkdtempSync(join(tmpdir(), "olla-inspector-"));
    try {
      const inspector = { enabled: true, output_dir: folder };
      await using pair = await startPair({ translators: { anthropic: { inspector } } });
      const headers = { "content-type": "application/json", "x-session-id": "my-session" };
      const secret = "sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz";
      const body = { model: MODEL, max_tokens: 9, messages: [{ role: "user", content: `key ${secret}` }] };
      for (const stream of [false, true]) {
        const init = { method: "POST", headers, body: JSON.stringify({ ...body, stream }) };
        await (await fetch(`${pair.olla.url}/v1/messages`, init)).text();
      }
      const [day = ""] = readdirSync(folder);
      assert.match(day, /^\d{4}-\d\d-\d\d$/);
      const file = join(folder, day, "my-session.jsonl");
      const entries = () =>
        readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
      await eventually("all four are written", () => entries().length === 4);
      assert.deepEqual(entries().map(({ type }) => type), ["request", "response", "request", "response"]);
      for (const entry of entries().filter(({ type }) => type === "response")) {
        const { content } = entry.body as { content: { text: string }[] };
        assert.equal(content[0]?.text, greeting("chat"));
      }
      assert.ok(!readFileSync(file, "utf8").includes(secret));
      if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("responses", () => {
  const post = async (olla: OllaProcess, body: Record<string, unknown>) => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${olla.url}/v1/responses`, init);
    return { status: response.status, body: await response.json() as Record<string, unknown> };
  };

  test("are kept for a follow-up where the config says so, and the model gets the whole conversation", async () => {
    await using pair = await startPair({ translators: { responses: { store_max: 10 } } });
    const asked: unknown[] = [];
    const answer = chatScript("chat");
    pair.chat.instead.set("/v1/chat/completions", (exchange) => {
      asked.push(JSON.parse(exchange.request.body.toString()).messages);
      return answer(exchange);
    });
    const first = await post(pair.olla, { model: MODEL, input: "One" });
    const next = await post(pair.olla, { model: MODEL, input: "Two", previous_response_id: first.body.id });
    assert.deepEqual([first.status, next.status], [200, 200]);
    assert.deepEqual(asked[1], [
      { role: "user", content: "One" },
      { role: "assistant", content: greeting("chat") },
      { role: "user", content: "Two" },
    ]);
  });

  test("are not kept by default, and a follow-up is told what to send instead", async () => {
    await using pair = await startPair();
    const first = await post(pair.olla, { model: MODEL, input: "One" });
    const next = await post(pair.olla, { model: MODEL, input: "Two", previous_response_id: first.body.id });
    assert.equal(next.status, 400);
    const { error } = next.body as { error: { message: string; param: string } };
    assert.equal(error.param, "previous_response_id");
    assert.match(error.message, /send the whole conversation in input/);
  });
});

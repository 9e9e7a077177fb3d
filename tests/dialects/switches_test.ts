import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeOllama } from "../fakes/ollama.ts";
import { nativeText } from "../fakes/native_answers.ts";
import { chatScript, greeting } from "../support/chat_script.ts";
import { askIn, DIALECTS, requestIn } from "../support/dialect_client.ts";
import { eventually } from "../support/eventually.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { modelOf, ServerKinds } from "../support/server_kinds.ts";

const ANTHROPIC = { "content-type": "application/json", "anthropic-version": "2023-06-01" };

describe("the switches of dialects", () => {
  test("passthrough_enabled: false translates for native servers as well", async () => {
    const translators = { anthropic: { passthrough_enabled: false } };
    await using kinds = await ServerKinds.start(["vllm"], { translators });
    for (const stream of [true, false]) {
      const told = await askIn("anthropic", kinds.olla.url, { model: modelOf("vllm"), stream });
      assert.deepEqual([told.end, told.text], ["whole", greeting("vllm")], told.raw);
      assert.equal(told.headers.get("x-olla-mode"), null);
      assert.equal(kinds.lastOf("vllm").target, "/v1/chat/completions");
    }
  });

  test("translators.anthropic.enabled: false leaves nothing of it under /olla/anthropic", async () => {
    const translators = { anthropic: { enabled: false } };
    await using kinds = await ServerKinds.start(["vllm", "openai-compatible"], { translators });
    const { olla } = kinds;
    const body = JSON.stringify(requestIn("anthropic", { model: modelOf("openai-compatible"), stream: false }));
    for (const path of ["messages", "messages/count_tokens"]) {
      const response = await fetch(`${olla.url}/olla/anthropic/v1/${path}`, {
        method: "POST",
        headers: ANTHROPIC,
        body,
      });
      assert.equal(response.status, 404, path);
    }
    assert.equal((await fetch(`${olla.url}/olla/anthropic/v1/models`, { headers: ANTHROPIC })).status, 404);
    // The root is as it would be without a translator: only servers that have the path are asked.
    const plain = await fetch(`${olla.url}/v1/messages`, { method: "POST", headers: ANTHROPIC, body });
    assert.equal(plain.status, 404);
    const native = await askIn("anthropic", olla.url, { model: modelOf("vllm"), stream: false });
    assert.equal(native.text, nativeText("vllm"));
    // The other dialects have no part in it.
    const told = await askIn("responses", olla.url, { model: modelOf("openai-compatible"), stream: false });
    assert.equal(told.text, greeting("openai-compatible"));
  });

  test("server.root_routes: false leaves the roots empty, and the prefixes as they are", async () => {
    await using kinds = await ServerKinds.start(["openai-compatible"], { server: { root_routes: false } });
    const { olla } = kinds;
    for (const dialect of DIALECTS) {
      const request = { model: modelOf("openai-compatible"), stream: false };
      assert.equal((await askIn(dialect, olla.url, request)).status, 404);
      assert.equal((await askIn(dialect, `${olla.url}/olla/proxy`, request)).text, greeting("openai-compatible"));
    }
  });
});

describe("a profile's min_version", () => {
  test("is honoured by asking the server, also after it was updated", async () => {
    const models = ["llama3.2"];
    const old = await FakeOllama.start({ name: "home", version: "0.9.6", models });
    old.instead.set("/v1/chat/completions", chatScript("home"));
    const config = { endpoints: [old.endpoint()] };
    await using olla = await OllaProcess.start({ config, models });
    const request = { model: "llama3.2", stream: false };
    const before = await askIn("anthropic", olla.url, request);
    assert.deepEqual([before.text, before.headers.get("x-olla-mode")], [greeting("home"), null]);
    assert.equal(old.asked("/v1/messages"), 0, "a version that is too old is not tried");

    const { port } = old.backend;
    await old[Symbol.asyncDispose]();
    await eventually("it is gone", async () => (await olla.endpoint("home")).status === "offline");
    await using updated = await FakeOllama.start({ name: "home", version: "0.14.2", models, port });
    await eventually("it is asked natively", async () => {
      const told = await askIn("anthropic", olla.url, request);
      return told.text === nativeText("home") && told.headers.get("x-olla-mode") === "passthrough";
    }, { within: 10_000, every: 100 });
    assert.ok(updated.asked("/v1/messages") > 0);
  });
});

describe("the Anthropic SDK's questions about models and tokens", () => {
  test("models are listed page by page, and told one by one", async () => {
    await using kinds = await ServerKinds.start(["vllm", "sglang", "lm-studio", "openai-compatible", "ollama"]);
    const anthropic = new Anthropic({ baseURL: `${kinds.olla.url}/olla/anthropic`, apiKey: "sk", maxRetries: 0 });
    const ids: string[] = [];
    for await (const model of anthropic.models.list({ limit: 2 })) ids.push(model.id);
    const all = ["vllm", "sglang", "lm-studio", "openai-compatible", "ollama"] as const;
    assert.deepEqual(ids, all.map(modelOf).sort());
    const page = await anthropic.models.list({ limit: 2, after_id: ids[1] ?? "" });
    assert.deepEqual([page.data.map(({ id }) => id), page.has_more], [ids.slice(2, 4), true]);
    const back = await anthropic.models.list({ limit: 2, before_id: ids[2] ?? "" });
    assert.deepEqual(back.data.map(({ id }) => id), ids.slice(0, 2));
    const one = await anthropic.models.retrieve(modelOf("vllm"));
    assert.deepEqual([one.id, one.type, one.max_input_tokens], [modelOf("vllm"), "model", 8192]);
    assert.ok(!Number.isNaN(Date.parse(one.created_at)));
    await assert.rejects(anthropic.models.retrieve("nobody"), Anthropic.NotFoundError);
  });

  test("tokens are counted, and errors have the SDK's classes and our request id", async () => {
    await using kinds = await ServerKinds.start(["sglang"]);
    const anthropic = new Anthropic({ baseURL: kinds.olla.url, apiKey: "sk", maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "How many tokens are these eight words, please?" }];
    const { input_tokens } = await anthropic.messages.countTokens({ model: modelOf("sglang"), messages });
    assert.ok(input_tokens >= 8 && input_tokens <= 40, `${input_tokens}`);
    const requests = [
      () => anthropic.messages.countTokens({ model: "nobody", messages }),
      () => anthropic.messages.create({ model: "nobody", messages, max_tokens: 10 }),
      () => anthropic.messages.stream({ model: "nobody", messages, max_tokens: 10 }).finalMessage(),
    ];
    for (const request of requests) {
      await assert.rejects(request, (error) => {
        assert.ok(error instanceof Anthropic.NotFoundError);
        assert.match(error.requestID ?? "", /^req_[a-z0-9]{20}$/);
        assert.match(error.message, /nobody/);
        return true;
      });
    }
    await kinds.server("sglang").backend.refuse();
    const asked = anthropic.messages.create({ model: modelOf("sglang"), messages, max_tokens: 10 });
    await assert.rejects(asked, Anthropic.InternalServerError);
  });
});

import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { failure } from "../support/answers.ts";
import { ARGUMENTS, chatOnly, chatScript, greeting } from "../support/chat_script.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { LiteLlm, litellmMissing } from "../support/litellm.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { cannotRun } from "../support/real_component.ts";

const MODEL = "scripted";
const messages = [{ role: "user" as const, content: "Hi" }];

/** olla in front of a real LiteLLM, in front of a provider that only speaks chat completions. */
async function startChain() {
  const inference = chatOnly(chatScript("provider"));
  const provider = await FakeLlm.start({ name: "provider", kind: "openai", models: [MODEL], inference });
  const params = { model: `lm_studio/${MODEL}`, api_key: "sk-x", api_base: `${provider.url}/v1` };
  const litellm = await LiteLlm.start({ models: [{ model_name: MODEL, litellm_params: params }] });
  const endpoint = { url: litellm.url, name: "gateway", type: "litellm", check_interval: "5s", check_timeout: "4s" };
  const olla = await OllaProcess.start({ config: { endpoints: [endpoint] }, models: [MODEL], startWithin: 30_000 });
  const anthropic = new Anthropic({ baseURL: `${olla.url}/olla/anthropic`, apiKey: "sk", maxRetries: 0 });
  const openai = new OpenAI({ baseURL: `${olla.url}/v1`, apiKey: "sk", maxRetries: 0 });
  return { provider, litellm, olla, anthropic, openai, ollama: new Ollama({ host: olla.url }) };
}

const missing = await litellmMissing();
if (missing !== undefined) cannotRun("The tests of LiteLLM's dialects", missing);
else {
  let started: ReturnType<typeof startChain> | undefined;
  const start = () => started ??= startChain();
  after(async () => {
    const chain = await started;
    for (const part of [chain?.olla, chain?.litellm, chain?.provider]) await part?.[Symbol.asyncDispose]();
  });

  describe("a real LiteLLM as a backend that speaks several dialects", { timeout: 180_000 }, () => {
    test("chats, whole and streamed", { timeout: 120_000 }, async () => {
      const { openai, litellm } = await start();
      const whole = await openai.chat.completions.create({ model: MODEL, messages });
      assert.equal(whole.choices[0]?.message.content, greeting("provider"));
      const pieces: string[] = [];
      for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages, stream: true })) {
        pieces.push(chunk.choices[0]?.delta.content ?? "");
      }
      assert.equal(pieces.join(""), greeting("provider"));
      assert.equal(litellm.logged(/POST \/v1\/chat\/completions/), 2);
    });

    test("gets Anthropic's messages as they are, whole and streamed, with tools", { timeout: 60_000 }, async () => {
      const { anthropic, litellm } = await start();
      const request = { model: MODEL, max_tokens: 100, messages };
      const { data: whole, response } = await anthropic.messages.create(request).withResponse();
      assert.deepEqual(whole.content.map((block) => block.type === "text" && block.text), [greeting("provider")]);
      assert.equal(response.headers.get("x-olla-mode"), "passthrough");
      assert.equal(await anthropic.messages.stream(request).finalText(), greeting("provider"));
      const tool: Anthropic.Tool = {
        name: "weather",
        input_schema: { type: "object", properties: { city: { type: "string" } } },
      };
      const called = await anthropic.messages.stream({ ...request, tools: [tool] }).finalMessage();
      const call = called.content.find((block) => block.type === "tool_use");
      assert.deepEqual([called.stop_reason, call?.input], ["tool_use", JSON.parse(ARGUMENTS)]);
      assert.equal(litellm.logged(/POST \/v1\/messages[ ?]/), 3);
    });

    test("counts Anthropic's tokens itself", { timeout: 60_000 }, async () => {
      const { anthropic, litellm } = await start();
      const { input_tokens } = await anthropic.messages.countTokens({ model: MODEL, messages });
      assert.ok(input_tokens > 0);
      assert.equal(litellm.logged(/POST \/v1\/messages\/count_tokens/), 1);
    });

    test("gets responses as they are, whole and streamed", { timeout: 60_000 }, async () => {
      const { openai, litellm } = await start();
      const whole = await openai.responses.create({ model: MODEL, input: "Hi" });
      assert.equal(whole.output_text, greeting("provider"));
      const stream = openai.responses.stream({ model: MODEL, input: "Hi" });
      assert.equal((await stream.finalResponse()).output_text, greeting("provider"));
      assert.equal(litellm.logged(/POST \/v1\/responses/), 2);
    });

    test("serves Ollama's clients through its chat completions", { timeout: 60_000 }, async () => {
      const { ollama } = await start();
      const whole = await ollama.chat({ model: MODEL, messages });
      assert.equal(whole.message.content, greeting("provider"));
      const parts = await Array.fromAsync(await ollama.chat({ model: MODEL, messages, stream: true }));
      assert.equal(parts.map(({ message }) => message.content).join(""), greeting("provider"));
      assert.equal(parts.at(-1)?.done, true);
      assert.ok((parts.at(-1)?.eval_count ?? 0) > 0, "tokens are counted in a stream too");
    });

    test("has its errors told in the client's dialect", { timeout: 60_000 }, async () => {
      const { ollama, anthropic, provider } = await start();
      const before = provider.inference;
      provider.inference = failure(400, "the context is 9 short");
      try {
        await assert.rejects(ollama.chat({ model: MODEL, messages }), /context is 9 short/);
        const asked = anthropic.messages.create({ model: MODEL, max_tokens: 100, messages });
        await assert.rejects(asked, (error) => error instanceof Anthropic.APIError && error.status === 400);
      } finally {
        provider.inference = before;
      }
    });
  });
}

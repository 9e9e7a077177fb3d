import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GenerateRequest } from "ollama";
import { ollamaGenerateTranslator } from "./generate_translator.ts";
import { refusal } from "./test_support.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAA";
const PNG_PART = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } };

const translated = (more: Partial<GenerateRequest>) =>
  ollamaGenerateTranslator.request({ model: "m", prompt: "Why?", ...more });

describe("ollamaGenerateTranslator.request", () => {
  const chats: [string, Partial<GenerateRequest>, Record<string, unknown>][] = [
    ["makes a chat of the prompt", {}, { messages: [{ role: "user", content: "Why?" }] }],
    ["puts the system text first", { system: "Be brief." }, {
      messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Why?" }],
    }],
    ["adds images", { images: [PNG] }, {
      messages: [{ role: "user", content: [{ type: "text", text: "Why?" }, PNG_PART] }],
    }],
    ["ignores what belongs to Ollama", { template: "{{ .Prompt }}", context: [1, 2], keep_alive: 5, suffix: "" }, {
      messages: [{ role: "user", content: "Why?" }],
    }],
    ["maps the rest as for chats", { options: { seed: 1 }, format: "json", think: true, logprobs: true }, {
      messages: [{ role: "user", content: "Why?" }],
      seed: 1,
      response_format: { type: "json_object" },
      chat_template_kwargs: { enable_thinking: true, thinking: true },
      logprobs: true,
    }],
  ];
  for (const [title, more, body] of chats) {
    test(title, () => assert.deepEqual(translated(more), { target: "chat", body, stream: true }));
  }

  const completions: [string, Partial<GenerateRequest>, Record<string, unknown>][] = [
    ["makes a completion of a raw prompt", { raw: true }, { prompt: "Why?", max_tokens: 2048 }],
    ["makes a completion of a suffix", { suffix: "Because." }, {
      prompt: "Why?",
      suffix: "Because.",
      max_tokens: 2048,
    }],
    ["keeps a limit of the request", { raw: true, options: { num_predict: 9, temperature: 0 } }, {
      prompt: "Why?",
      max_tokens: 9,
      temperature: 0,
    }],
    ["limits itself where the request wants no limit", { raw: true, options: { num_predict: -1 } }, {
      prompt: "Why?",
      max_tokens: 2048,
    }],
    ["leaves thinking to the raw prompt", { raw: true, think: true }, { prompt: "Why?", max_tokens: 2048 }],
    ["counts logprobs as completions do", { raw: true, logprobs: true, top_logprobs: 2 }, {
      prompt: "Why?",
      max_tokens: 2048,
      logprobs: 2,
    }],
    ["asks for logprobs of the chosen tokens only", { raw: true, logprobs: true }, {
      prompt: "Why?",
      max_tokens: 2048,
      logprobs: 0,
    }],
    ["maps the format", { raw: true, format: "json" }, {
      prompt: "Why?",
      max_tokens: 2048,
      response_format: { type: "json_object" },
    }],
    ["ignores a system text beside a suffix, as Ollama does", { suffix: "x", system: "Be brief." }, {
      prompt: "Why?",
      suffix: "x",
      max_tokens: 2048,
    }],
  ];
  for (const [title, more, body] of completions) {
    test(title, () => assert.deepEqual(translated(more), { target: "completions", body, stream: true }));
  }

  test("does not stream when told so", () => {
    assert.equal(translated({ stream: false }).stream, false);
    assert.equal(translated({ stream: false, raw: true }).stream, false);
  });

  const wrong: [Record<string, unknown>, string][] = [
    [{ prompt: ["Why?"] }, "prompt"],
    [{ prompt: "" }, "prompt"],
    [{ system: 7 }, "system"],
    [{ raw: "yes" }, "raw"],
    [{ suffix: 1 }, "suffix"],
    [{ stream: 1 }, "stream"],
    [{ images: ["?"] }, "images[0]"],
    [{ raw: true, system: "Be brief." }, "system"],
    [{ raw: true, images: [PNG] }, "images"],
    [{ suffix: "x", images: [PNG] }, "images"],
  ];
  for (const [more, field] of wrong) {
    test(`refuses ${JSON.stringify(more)} naming "${field}"`, () => {
      assert.equal(refusal(ollamaGenerateTranslator, { prompt: "Why?", ...more }).field, field);
    });
  }
});

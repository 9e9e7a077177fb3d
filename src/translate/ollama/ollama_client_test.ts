import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ollama } from "ollama/browser";
import { OllaError } from "../../errors.ts";
import { eventsOf } from "../chat/chat_answer.ts";
import type { ChatResult } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { AnswerWriter, TranslatedRequest, Translator } from "../translator.ts";
import { ollamaChatTranslator } from "./chat_translator.ts";
import { ollamaEmbedTranslator } from "./embed_translators.ts";
import { ollamaGenerateTranslator } from "./generate_translator.ts";
import { answerContext, chatResult } from "./test_support.ts";

/** Ollama's own client, whose requests go through a translator. `requests` are those that a backend would get. */
function client(translator: Translator, answer: (writer: AnswerWriter, request: TranslatedRequest) => string) {
  const requests: TranslatedRequest[] = [];
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body)) as JsonObject;
    const request = translator.request(body);
    requests.push(request);
    return Promise.resolve(new Response(answer(translator.writer(answerContext(body)), request)));
  };
  return { requests, ollama: new Ollama({ host: "http://127.0.0.1:1", fetch: fetch as typeof globalThis.fetch }) };
}

/** Answers as a backend that says `result`. */
const saying = (result: ChatResult) => (writer: AnswerWriter, { stream }: TranslatedRequest) => {
  if (!stream) return JSON.stringify(writer.whole({ kind: "chat", result }));
  return eventsOf(result).map((event) => writer.event(event)).join("") + writer.end();
};

const WEATHER = chatResult({
  reasoning: "I must look",
  toolCalls: [{ id: "call_9", name: "weather", arguments: `{"city":"Paris"}` }],
  finish: "tool_calls",
  usage: { inputTokens: 3, outputTokens: 2 },
});
const MESSAGES = [{ role: "user", content: "Weather?" }];

describe("Ollama's own client", () => {
  test("reads a stream, and its message goes back with a tool's result", async () => {
    const { ollama, requests } = client(ollamaChatTranslator, saying(WEATHER));
    const calls = [];
    let last;
    for await (const part of await ollama.chat({ model: "m", messages: MESSAGES, stream: true, think: true })) {
      calls.push(...part.message.tool_calls ?? []);
      last = part;
    }
    assert.deepEqual(calls.map((call) => call.function.arguments), [{ city: "Paris" }]);
    assert.equal(last?.done, true);
    assert.equal(last.eval_count, 2);
    const said = { role: "assistant", content: "", tool_calls: calls };
    const result = { role: "tool", content: "Sunny", tool_name: "weather" };
    await ollama.chat({ model: "m", messages: [...MESSAGES, said, result], stream: false });
    assert.deepEqual(requests.map(({ stream }) => stream), [true, false]);
    const [, assistant, tool] = requests[1]?.body.messages as JsonObject[];
    assert.deepEqual(assistant?.tool_calls, [
      { id: "call_9", type: "function", function: { name: "weather", arguments: `{"city":"Paris"}` } },
    ]);
    assert.equal(tool?.tool_call_id, "call_9");
  });

  test("reads an answer that is not streamed, which is what it asks for by default", async () => {
    const { ollama } = client(ollamaGenerateTranslator, saying(chatResult({ text: "Because", reasoning: "Hm" })));
    const answer = await ollama.generate({ model: "m", prompt: "Why?" });
    assert.deepEqual([answer.response, answer.thinking, answer.done_reason], ["Because", "Hm", "stop"]);
  });

  test("sees a stream that broke off as an error", async () => {
    const { ollama } = client(ollamaChatTranslator, (writer) => {
      const begun = writer.event({ kind: "text", text: "Hel" });
      return begun + writer.fail(new OllaError("upstream_error", "The backend broke off"), "req_1");
    });
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const part of await ollama.chat({ model: "m", messages: MESSAGES, stream: true })) {
        seen.push(part.message.content);
      }
    }, /The backend broke off/);
    assert.deepEqual(seen, ["Hel"]);
  });

  test("gets embeddings", async () => {
    const { ollama } = client(
      ollamaEmbedTranslator,
      (writer) => JSON.stringify(writer.whole({ kind: "embeddings", vectors: [[1], [2]], model: "n", inputTokens: 4 })),
    );
    const { embeddings, prompt_eval_count } = await ollama.embed({ model: "m", input: ["a", "b"] });
    assert.deepEqual([embeddings, prompt_eval_count], [[[1], [2]], 4]);
  });
});

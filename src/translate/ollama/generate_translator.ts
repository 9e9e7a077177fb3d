import { OllaError } from "../../errors.ts";
import type { ChatMessage, ChatRequest, JsonObject } from "../chat/chat_request.ts";
import type { TranslatedRequest, Translator } from "../translator.ts";
import { generateWords } from "./answer_line.ts";
import { OllamaAnswerWriter } from "./answer_writer.ts";
import { mediaParts, userContent } from "./chat_messages.ts";
import { completionLogprobFields, logprobFields } from "./logprobs.ts";
import { badField, booleanAt, textAt } from "./request_field.ts";
import { formatFields } from "./response_format.ts";
import { samplingOf } from "./sampling.ts";
import { thinkFields } from "./think.ts";

/**
 * What a completion may be long when the request sets no limit. Ollama then sets none either, but a plain completion ends
 * after 16 tokens by default on OpenAI, vLLM and SGLang, and no value means "no limit" on all of them.
 */
const COMPLETION_TOKENS = 2048;

/**
 * `/api/generate`: a chat of one message, as Ollama puts the prompt into the model's chat template, too. With `raw` it does
 * not, and with `suffix` the model fills in what is between: those become plain completions. `template` and `context`
 * belong to models that Ollama holds, and are ignored. A request that only loads a model must have been answered before,
 * see `isLoadRequest`.
 */
export const ollamaGenerateTranslator: Translator = {
  dialect: "ollama",
  streamType: "application/x-ndjson",
  request: generateRequest,
  writer: (context) => new OllamaAnswerWriter(context, generateWords),
};

function generateRequest(body: JsonObject): TranslatedRequest {
  const prompt = textAt(body, "prompt") ?? "";
  if (prompt === "") throw badField("prompt", "a text with something in it", body.prompt);
  const suffix = textAt(body, "suffix") ?? "";
  const raw = booleanAt(body, "raw") ?? false;
  const stream = booleanAt(body, "stream") ?? true;
  if (raw || suffix !== "") return { target: "completions", body: completion(body, { prompt, suffix, raw }), stream };
  return { target: "chat", body: chat(body, prompt), stream };
}

function chat(body: JsonObject, prompt: string): ChatRequest {
  const system = textAt(body, "system") ?? "";
  const messages: ChatMessage[] = system === "" ? [] : [{ role: "system", content: system }];
  messages.push({ role: "user", content: userContent(prompt, mediaParts(body)) });
  return {
    messages,
    ...samplingOf(body),
    ...formatFields(body),
    ...thinkFields(body),
    ...logprobFields(body),
  };
}

interface Prompt {
  readonly prompt: string;
  readonly suffix: string;
  readonly raw: boolean;
}

function completion(body: JsonObject, { prompt, suffix, raw }: Prompt): JsonObject {
  // Ollama refuses the first as well, and there is nowhere to put the second.
  if (raw && (textAt(body, "system") ?? "") !== "") throw notWith("system", `"raw": put it into "prompt"`);
  if (mediaParts(body).length > 0) throw notWith("images", `"raw" or "suffix" on this model's backend: use /api/chat`);
  return {
    prompt,
    ...(suffix === "" ? {} : { suffix }),
    max_tokens: COMPLETION_TOKENS,
    ...samplingOf(body),
    ...formatFields(body),
    ...completionLogprobFields(body),
  };
}

function notWith(field: string, other: string): OllaError {
  return new OllaError("invalid_request", `"${field}" does not go with ${other}`, { param: field });
}

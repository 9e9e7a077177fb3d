import { errorEvent, OllaError } from "../../errors.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import {
  type AnswerFacts,
  answerFacts,
  type AnswerWriter,
  type TranslatedAnswer,
  type TranslatedRequest,
  type Translator,
} from "../translator.ts";
import { answerTimes } from "./answer_times.ts";
import { badField, booleanAt, numberAt, textAt } from "./request_field.ts";

type Embeddings = Extract<TranslatedAnswer, { kind: "embeddings" }>;

/** `/api/embed`. A request without input must have been answered before, see `isLoadRequest`. */
export const ollamaEmbedTranslator: Translator = {
  dialect: "ollama",
  streamType: "application/x-ndjson",
  request: embedRequest,
  writer(context) {
    const facts = answerFacts(context);
    const { input } = context.request;
    const wanted = Array.isArray(input) ? input.length : 1;
    return embeddingsWriter((answer) => embedAnswer(answer, wanted, facts));
  },
};

/** `/api/embeddings`, which `/api/embed` has replaced: one text, one vector. */
export const ollamaEmbeddingsTranslator: Translator = {
  dialect: "ollama",
  streamType: "application/x-ndjson",
  request: embeddingsRequest,
  writer: () => embeddingsWriter(embeddingsAnswer),
};

/**
 * Ollama cuts inputs that are too long unless told not to; OpenAI's API knows no such thing. Only an explicit `truncate`
 * is passed on, in vLLM's words: others refuse requests with fields that they do not know.
 */
function embedRequest(body: JsonObject): TranslatedRequest {
  const { input } = body;
  const isList = Array.isArray(input) && input.length > 0 && input.every((text) => typeof text === "string");
  if (!isList && (typeof input !== "string" || input === "")) {
    throw badField("input", "a text or a list of texts", input);
  }
  const dimensions = numberAt(body, "dimensions") ?? 0;
  return {
    target: "embeddings",
    body: {
      input,
      ...(dimensions > 0 ? { dimensions } : {}),
      ...(booleanAt(body, "truncate") === true ? { truncate_prompt_tokens: -1 } : {}),
    },
    stream: false,
  };
}

function embeddingsRequest(body: JsonObject): TranslatedRequest {
  const prompt = textAt(body, "prompt") ?? "";
  if (prompt === "") throw badField("prompt", "a text with something in it", body.prompt);
  return { target: "embeddings", body: { input: prompt }, stream: false };
}

function embedAnswer({ vectors, inputTokens }: Embeddings, wanted: number, facts: AnswerFacts): JsonObject {
  const { model, arrivedAt, now } = facts;
  // Clients match them by position.
  if (vectors.length !== wanted) throw wrongCount(vectors.length, wanted);
  const { total_duration, load_duration } = answerTimes({ arrivedAt, now: now() });
  return { model, embeddings: vectors, total_duration, load_duration, prompt_eval_count: inputTokens };
}

function embeddingsAnswer({ vectors }: Embeddings): JsonObject {
  const [embedding] = vectors;
  if (embedding === undefined || vectors.length > 1) throw wrongCount(vectors.length, 1);
  return { embedding };
}

function wrongCount(count: number, wanted: number): OllaError {
  return new OllaError("upstream_error", `The backend has answered with ${count} embeddings instead of ${wanted}`);
}

/** Embeddings never stream. */
function embeddingsWriter(write: (answer: Embeddings) => JsonObject): AnswerWriter {
  return {
    whole: (answer) => {
      if (answer.kind === "embeddings") return write(answer);
      throw new OllaError("upstream_error", "The backend has answered with a chat instead of embeddings");
    },
    event: () => "",
    end: () => "",
    fail: (error, requestId) => errorEvent("ollama", error, requestId),
  };
}

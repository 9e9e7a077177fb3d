import { parseDuration } from "../../lib/durations.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { createdAt } from "./answer_line.ts";

/** The paths of Ollama that use a model: `/api/chat` and so on. */
export type OllamaApi = "chat" | "generate" | "embed" | "embeddings";

/** What a request asks with; without it, there is nothing to ask the model. */
const QUESTION: Readonly<Record<OllamaApi, string>> = {
  chat: "messages",
  generate: "prompt",
  embed: "input",
  embeddings: "prompt",
};

/**
 * Whether a request only asks to have the model loaded, or unloaded (`keep_alive: 0`): one without a question. Backends
 * that are not Ollama keep their models as they see fit, so that it is answered by {@link loadAnswer} without a call.
 */
export function isLoadRequest(api: OllamaApi, body: JsonObject): boolean {
  const question = body[QUESTION[api]] ?? "";
  const mayBeList = api === "chat" || api === "embed";
  return question === "" || (mayBeList && Array.isArray(question) && question.length === 0);
}

/** What Ollama answers to a request for which {@link isLoadRequest} is true: one JSON object, also to `stream: true`. */
export function loadAnswer(
  api: OllamaApi,
  { body, model, now }: { readonly body: JsonObject; readonly model: string; readonly now: number },
): JsonObject {
  const end = { done: true, done_reason: isZero(body.keep_alive) ? "unload" : "load" };
  switch (api) {
    case "chat":
      return { model, created_at: createdAt(now), message: { role: "assistant", content: "" }, ...end };
    case "generate":
      return { model, created_at: createdAt(now), response: "", ...end };
    case "embed":
      return { model, embeddings: [] };
    case "embeddings":
      return { embedding: [] };
  }
}

function isZero(keepAlive: unknown): boolean {
  return keepAlive === 0 || (typeof keepAlive === "string" && parseDuration(keepAlive) === 0);
}

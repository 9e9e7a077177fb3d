import type { ChatRequest, ChatTool, JsonObject } from "../chat/chat_request.ts";
import type { TranslatedRequest, Translator } from "../translator.ts";
import { chatWords } from "./answer_line.ts";
import { OllamaAnswerWriter } from "./answer_writer.ts";
import { chatMessages } from "./chat_messages.ts";
import { logprobFields } from "./logprobs.ts";
import { asObject, badField, booleanAt, listAt, textAt } from "./request_field.ts";
import { formatFields } from "./response_format.ts";
import { samplingOf } from "./sampling.ts";
import { thinkFields } from "./think.ts";

/** `/api/chat`. A request that only loads a model must have been answered before, see `isLoadRequest`. */
export const ollamaChatTranslator: Translator = {
  dialect: "ollama",
  streamType: "application/x-ndjson",
  request: chatRequest,
  writer: (context) => new OllamaAnswerWriter(context, chatWords),
};

function chatRequest(body: JsonObject): TranslatedRequest {
  const messages = listAt(body, "messages") ?? [];
  if (messages.length === 0) throw badField("messages", "a list with at least one message", body.messages);
  const tools = (listAt(body, "tools") ?? []).map((tool, position) => chatTool(tool, `tools[${position}]`));
  const request: ChatRequest = {
    messages: chatMessages(messages),
    ...(tools.length === 0 ? {} : { tools }),
    ...samplingOf(body),
    ...formatFields(body),
    ...thinkFields(body),
    ...logprobFields(body),
  };
  return { target: "chat", body: request, stream: booleanAt(body, "stream") ?? true };
}

function chatTool(value: unknown, path: string): ChatTool {
  const { function: made } = asObject(value, path);
  const at = `${path}.function`;
  const tool = asObject(made, at);
  const name = textAt(tool, "name", `${at}.`);
  if (name === undefined || name === "") throw badField(`${at}.name`, "the name of a tool", name);
  const description = textAt(tool, "description", `${at}.`);
  return {
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      // Some servers insist on it.
      parameters: tool.parameters ?? { type: "object", properties: {} },
    },
  };
}

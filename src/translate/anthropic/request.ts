import type { ChatRequest, JsonObject } from "../chat/chat_request.ts";
import type { TranslatedRequest } from "../translator.ts";
import {
  type Field,
  pathTo,
  readBoolean,
  readField,
  readInteger,
  readList,
  readNumber,
  readText,
  refuse,
  refuseType,
} from "./field.ts";
import { chatMessages } from "./messages.ts";
import { reasoningEffort } from "./reasoning_effort.ts";
import { chatTools } from "./tools.ts";

/** OpenAI refuses longer names of users; Claude Code's are some 150 characters, the telling ones first. */
const LONGEST_USER = 64;

function maxTokens(request: Field): number | undefined {
  const limit = readInteger(request, "max_tokens");
  return limit !== undefined && limit < 1 ? refuse("max_tokens", "must be 1 or more") : limit;
}

function stopSequences(request: Field): readonly string[] | undefined {
  const list = readList(request, "stop_sequences") ?? [];
  const texts = list.map((entry, index) =>
    typeof entry === "string" ? entry : refuseType(pathTo("stop_sequences", index), "a string", entry)
  );
  return texts.length === 0 ? undefined : texts;
}

function userName(request: Field): string | undefined {
  const metadata = readField(request, "metadata");
  const user = metadata === undefined ? undefined : readText(metadata, "user_id");
  return user === undefined || user === "" ? undefined : user.slice(0, LONGEST_USER).toWellFormed();
}

/** A JSON schema for the answer, from `output_config.format` or from the older `output_format`. */
function responseFormat(request: Field): JsonObject | undefined {
  const config = readField(request, "output_config");
  const format = (config === undefined ? undefined : readField(config, "format")) ??
    readField(request, "output_format");
  if (format?.value.type !== "json_schema") return undefined;
  const schema = readField(format, "schema");
  if (schema === undefined) return refuse(pathTo(format.path, "schema"), "is missing: give it a JSON schema");
  return { type: "json_schema", json_schema: { name: "answer", schema: schema.value, strict: true } };
}

/** Leaves out what is undefined, so that it does not appear in the JSON text or in comparisons. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * A request for Anthropic's Messages as one for chat completions. What chat completions have no place for is ignored: cache
 * marks, citations, `service_tier`, `container`, `mcp_servers`, `context_management`, `betas`, and all unknown fields.
 *
 * @throws {OllaError} `invalid_request`, with the path of the field, for wrong JSON types and for what no chat backend could
 *   serve. Ranges are the backend's matter, and a missing `max_tokens` too.
 */
export function translateRequest(body: JsonObject): TranslatedRequest {
  const request: Field = { value: body, path: "" };
  const chat: ChatRequest = {
    messages: chatMessages(request),
    ...given({
      max_tokens: maxTokens(request),
      temperature: readNumber(request, "temperature"),
      top_p: readNumber(request, "top_p"),
      top_k: readNumber(request, "top_k"),
      stop: stopSequences(request),
      user: userName(request),
      reasoning_effort: reasoningEffort(request),
      response_format: responseFormat(request),
    }),
    ...chatTools(request),
  };
  return { target: "chat", body: chat, stream: readBoolean(request, "stream") ?? false };
}

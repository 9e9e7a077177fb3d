import { objectOf, textOf } from "../chat/json_object.ts";
import type { ChatRequest, JsonObject } from "../chat/chat_request.ts";
import type { TranslatedRequest } from "../translator.ts";
import { booleanField, includes, numberField, objectField, refusal, stringField } from "./body_fields.ts";
import { conversationItems, type GivenItem, givenTools, type KeptItems } from "./input_list.ts";
import { inputMessages } from "./input_messages.ts";
import { chooseTools } from "./tool_choice.ts";
import { toolTable } from "./tool_table.ts";

/** Not OpenAI's here, but what clients of local servers add, and what those servers know of chat completions. */
const PASSED_ON = [
  "chat_template_kwargs",
  "frequency_penalty",
  "min_p",
  "presence_penalty",
  "repetition_penalty",
  "seed",
  "stop",
  "top_k",
] as const;

/** Fields that ask for what is kept or done outside of a single answer. */
const KEEPS_NOTHING: Readonly<Record<string, string>> = {
  conversation:
    "conversation names a conversation stored at OpenAI; this backend keeps none, so send it whole in input",
  prompt:
    "prompt names a template stored at OpenAI; this backend keeps none, so send its text in instructions and input",
};

const PREVIOUS = "previous_response_id names an earlier response; this backend keeps no responses, so send the whole " +
  "conversation in input";

function refuseUnservable(body: JsonObject, kept: KeptItems | undefined): void {
  for (const [param, message] of Object.entries(KEEPS_NOTHING)) {
    if (body[param] !== undefined && body[param] !== null) throw refusal(param, message);
  }
  if (stringField(body, "previous_response_id") !== undefined && kept === undefined) {
    throw refusal("previous_response_id", PREVIOUS);
  }
  if (booleanField(body, "background") === true) {
    throw refusal("background", "background responses are not kept by this backend; leave background out, and stream");
  }
}

/** Without the fields that are undefined. */
function defined<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function responseFormat(format: JsonObject | undefined, path: string): JsonObject | undefined {
  switch (format?.["type"]) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return { type: "json_object" };
    case "json_schema": {
      const { name, schema, strict, description } = format;
      if (objectOf(schema) === undefined) throw refusal(`${path}.schema`, `${path}.schema must be a JSON schema`);
      const known = {
        name: textOf(name) ?? "response",
        schema,
        strict: strict ?? undefined,
        description: description ?? undefined,
      };
      return { type: "json_schema", json_schema: defined(known) };
    }
    default:
      throw refusal(`${path}.type`, `${path}.type must be text, json_schema or json_object`);
  }
}

/** How to answer, as the request says at first and as its conversation changes later. */
function answerSettings(body: JsonObject, items: readonly GivenItem[]): Partial<ChatRequest> {
  const text = objectField(body, "text") ?? {};
  let format = responseFormat(objectField(text, "format", "text.format"), "text.format");
  let effort = stringField(objectField(body, "reasoning") ?? {}, "effort", "reasoning.effort");
  for (const { item, path } of items) {
    if (item["type"] !== "configuration_update") continue;
    effort = textOf(objectOf(item["reasoning"])?.["effort"]) ?? effort;
    const changed = objectOf(objectOf(item["text"])?.["format"]);
    if (changed !== undefined) format = responseFormat(changed, `${path}.text.format`);
  }
  return defined({
    reasoning_effort: effort,
    response_format: format,
    verbosity: stringField(text, "verbosity", "text.verbosity"),
  });
}

function sampling(body: JsonObject): Partial<ChatRequest> {
  const topLogprobs = numberField(body, "top_logprobs");
  return defined({
    // Not `max_completion_tokens`, which few local servers know.
    max_tokens: numberField(body, "max_output_tokens"),
    temperature: numberField(body, "temperature"),
    top_p: numberField(body, "top_p"),
    logprobs: topLogprobs !== undefined || includes(body, "message.output_text.logprobs") ? true : undefined,
    top_logprobs: topLogprobs,
    user: stringField(body, "user") ?? stringField(body, "safety_identifier"),
    ...Object.fromEntries(PASSED_ON.map((key) => [key, body[key] ?? undefined])),
  });
}

function toolFields(body: JsonObject, items: readonly GivenItem[]) {
  const table = toolTable(givenTools(body, items));
  const { tools, choice } = chooseTools(table.tools, body["tool_choice"]);
  const parallel = booleanField(body, "parallel_tool_calls");
  const fields = tools.length === 0 ? {} : defined({
    tools: tools.map((tool) => tool.chat),
    tool_choice: choice,
    parallel_tool_calls: parallel,
  });
  return { table, fields };
}

/**
 * A request for a response as one for a chat completion.
 *
 * What has no meaning without OpenAI is ignored: `store`, `metadata`, `truncation` (nothing is ever cut off),
 * `service_tier`, `prompt_cache_key` and the like; of `include`, all but log probabilities and encrypted reasoning, which
 * is the writer's. Hosted tools are left out.
 *
 * @param kept What is kept of earlier responses; undefined where nothing is, so that `previous_response_id` is refused.
 * @throws {OllaError} `invalid_request`, naming the field, for what no backend of this kind could serve.
 */
export function requestWith(body: JsonObject, kept: KeptItems | undefined): TranslatedRequest {
  refuseUnservable(body, kept);
  const items = conversationItems(body, kept);
  const { table, fields } = toolFields(body, items);
  const messages = inputMessages(items, stringField(body, "instructions"), table);
  if (items.length === 0 || messages.length === 0) {
    throw refusal("input", "input is empty: send a text, or a list with at least one message");
  }
  const chat: ChatRequest = { messages, ...fields, ...sampling(body), ...answerSettings(body, items) };
  return { target: "chat", body: chat, stream: body["stream"] === true };
}

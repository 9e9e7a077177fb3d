import { objectOf, objectsOf, textOf } from "../chat/json_object.ts";
import type { ChatMessage, ChatPart, JsonObject } from "../chat/chat_request.ts";
import { neededString, refusal, stringField } from "./body_fields.ts";
import { ChatMessages } from "./chat_messages.ts";
import { CLIENT_CALLS, CLIENT_OUTPUTS, type ClientTool } from "./client_tools.ts";
import { contentParts, joinTexts, toolContent } from "./input_content.ts";
import type { GivenItem } from "./input_list.ts";
import { carriedReasoning } from "./reasoning_carry.ts";
import type { ToolTable } from "./tool_table.ts";

/** What the handler of one type of item works with. */
interface Conversation {
  readonly messages: ChatMessages;
  readonly tools: ToolTable;
  /** Ids of shell calls' items and the ids of their calls: an output can name either. */
  readonly callIds: Map<string, string>;
}

type ItemHandler = (item: JsonObject, path: string, conversation: Conversation) => void;

/** Traces of what OpenAI did itself; what came of it is in the message that follows. */
const TRACES: ReadonlySet<unknown> = new Set([
  "code_interpreter_call",
  "file_search_call",
  "image_generation_call",
  "mcp_approval_request",
  "mcp_approval_response",
  "mcp_list_tools",
  "program",
  "program_output",
  "web_search_call",
]);

/** Settings inside the conversation, read elsewhere. */
const SETTINGS: ReadonlySet<unknown> = new Set(["additional_tools", "configuration_update"]);

/** Without these the conversation is not the same, and no backend of chat completions can read them. */
const UNREADABLE: Readonly<Record<string, string>> = {
  compaction: "a compacted conversation that only its own service can read; send the items themselves",
  compaction_trigger: "a request to compact the conversation, which this backend cannot do; leave it out",
  computer_call: "a call of the computer tool, which this backend does not have; leave it out",
  computer_call_output: "an output of the computer tool, which this backend does not have; leave it out",
};

function assistantMessage(item: JsonObject, path: string, { messages }: Conversation): void {
  const content = item["content"];
  const refusals = objectsOf(content).filter(({ type }) => type === "refusal").map((part) =>
    textOf(part["refusal"]) ?? ""
  );
  const spoken = Array.isArray(content) ? content.filter((part) => objectOf(part)?.["type"] !== "refusal") : content;
  const text = joinTexts(contentParts(spoken, path), "");
  if (text === undefined) throw refusal(path, `${path} of an assistant can hold text only`);
  messages.assistant(text, refusals.join(""));
}

function message(item: JsonObject, path: string, conversation: Conversation): void {
  const role = neededString(item, "role", `${path}.role`);
  const at = `${path}.content`;
  if (role === "assistant") return assistantMessage(item, at, conversation);
  const parts = contentParts(item["content"], at);
  if (role === "user") return conversation.messages.user(userContent(parts));
  if (role !== "system" && role !== "developer") {
    throw refusal(`${path}.role`, `${path}.role must be user, assistant, system or developer`);
  }
  const text = joinTexts(parts, "\n");
  if (text === undefined) throw refusal(at, `${at} of the ${role} can hold text only; send images and files as user`);
  conversation.messages.system(text);
}

/** Parts stay apart; a single text is written the simple way, which every server knows. */
function userContent(parts: readonly ChatPart[]): string | readonly ChatPart[] {
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 && first.type === "text" ? first.text : parts;
}

function reasoning(item: JsonObject, _path: string, { messages }: Conversation): void {
  const written = (list: unknown): string[] => objectsOf(list).map((part) => textOf(part["text"]) ?? "");
  const content = written(item["content"]).join("");
  const text = content || carriedReasoning(item["encrypted_content"]) || written(item["summary"]).join("\n\n");
  if (text !== "") messages.reasoning(text);
}

function functionCall(item: JsonObject, path: string, { messages, tools }: Conversation): void {
  const name = neededString(item, "name", `${path}.name`);
  const id = neededString(item, "call_id", `${path}.call_id`);
  const args = item["arguments"] ?? "";
  const namespace = stringField(item, "namespace", `${path}.namespace`);
  messages.call(
    id,
    tools.chatName("function", name, namespace),
    typeof args === "string" ? args : JSON.stringify(args),
  );
}

function customCall(item: JsonObject, path: string, { messages, tools }: Conversation): void {
  const name = neededString(item, "name", `${path}.name`);
  const id = neededString(item, "call_id", `${path}.call_id`);
  const input = stringField(item, "input", `${path}.input`) ?? "";
  const namespace = stringField(item, "namespace", `${path}.namespace`);
  messages.call(id, tools.chatName("custom", name, namespace), JSON.stringify({ input }));
}

function callOutput(item: JsonObject, path: string, { messages }: Conversation): void {
  const id = neededString(item, "call_id", `${path}.call_id`);
  messages.tool(id, toolContent(item["output"], `${path}.output`));
}

/** A call to a server that OpenAI made itself, with what came of it. */
function mcpCall(item: JsonObject, path: string, { messages }: Conversation): void {
  const id = neededString(item, "id", `${path}.id`);
  messages.call(id, neededString(item, "name", `${path}.name`), textOf(item["arguments"]) ?? "");
  const said = textOf(item["output"]) ?? (item["error"] ? `Failed: ${JSON.stringify(item["error"])}` : "");
  messages.tool(id, said);
}

function clientCall(tool: ClientTool, item: JsonObject, path: string, conversation: Conversation): void {
  // A search that the service made itself: what it found is in the tools.
  if (tool.kind === "tool_search" && !textOf(item["call_id"])) return;
  const itemId = textOf(item["id"]);
  const callId = textOf(item["call_id"]) ?? neededString(item, "id", `${path}.call_id`);
  if (itemId !== undefined) conversation.callIds.set(itemId, callId);
  const name = conversation.tools.chatName(tool.kind, tool.kind, undefined);
  conversation.messages.call(callId, name, JSON.stringify(tool.argumentsOf(item)));
}

function clientOutput(tool: ClientTool, item: JsonObject, path: string, conversation: Conversation): void {
  if (tool.kind === "tool_search" && !textOf(item["call_id"])) return;
  const named = textOf(item["call_id"]) ?? neededString(item, "id", `${path}.call_id`);
  const content = tool.outputText(item) ?? toolContent(item["output"], `${path}.output`);
  conversation.messages.tool(conversation.callIds.get(named) ?? named, content);
}

const HANDLERS: ReadonlyMap<unknown, ItemHandler> = new Map<unknown, ItemHandler>([
  ["message", message],
  ["reasoning", reasoning],
  ["function_call", functionCall],
  ["custom_tool_call", customCall],
  ["function_call_output", callOutput],
  ["custom_tool_call_output", callOutput],
  ["mcp_call", mcpCall],
  ...[...CLIENT_CALLS].map(([type, tool]): [string, ItemHandler] => [
    type,
    (item, path, conversation) => clientCall(tool, item, path, conversation),
  ]),
  ...[...CLIENT_OUTPUTS].map(([type, tool]): [string, ItemHandler] => [
    type,
    (item, path, conversation) => clientOutput(tool, item, path, conversation),
  ]),
]);

/** Whether an item of an unknown type would be missed. */
function carriesSomething(item: JsonObject): boolean {
  return ["content", "input", "output", "text", "encrypted_content"].some((key) => {
    const value = item[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
  });
}

function addItem({ item, path }: GivenItem, conversation: Conversation): void {
  const type = item["type"] ?? (item["role"] === undefined ? undefined : "message");
  const handler = HANDLERS.get(type);
  if (handler !== undefined) return handler(item, path, conversation);
  if (TRACES.has(type) || SETTINGS.has(type)) return;
  const unreadable = typeof type === "string" && Object.hasOwn(UNREADABLE, type) ? UNREADABLE[type] : undefined;
  if (unreadable !== undefined) throw refusal(path, `${path} is ${unreadable}`);
  if (!carriesSomething(item)) return;
  throw refusal(
    path,
    `${path} is of a type that cannot be sent to this backend; leave it out, or send it as a message`,
  );
}

/**
 * A conversation of the Responses API as chat messages. The items of one turn of the model (reasoning, messages, calls)
 * become one message.
 *
 * @param instructions Come first, as the system's.
 * @throws {OllaError} `invalid_request` for an item that the conversation cannot do without and that cannot be sent on.
 */
export function inputMessages(
  items: readonly GivenItem[],
  instructions: string | undefined,
  tools: ToolTable,
): readonly ChatMessage[] {
  const messages = new ChatMessages();
  if (instructions !== undefined) messages.system(instructions);
  const conversation: Conversation = { messages, tools, callIds: new Map() };
  for (const given of items) addItem(given, conversation);
  return messages.end();
}

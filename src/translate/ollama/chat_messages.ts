import type { ChatMessage, ChatPart, ChatToolCall, JsonObject } from "../chat/chat_request.ts";
import { objectOf, objectsOf, textOf } from "../chat/json_object.ts";
import { mediaPart } from "./media_part.ts";
import { asObject, badField, listAt, textAt } from "./request_field.ts";
import { argumentsText } from "./tool_arguments.ts";
import { ToolLinks } from "./tool_links.ts";

/** Ollama's `messages` as chat messages. Throws an `invalid_request` that names the field at fault. */
export function chatMessages(messages: readonly unknown[]): ChatMessage[] {
  const links = new ToolLinks(givenIds(messages));
  return messages.map((value, position) => {
    const path = `messages[${position}]`;
    return chatMessage(asObject(value, path), { at: `${path}.`, links });
  });
}

/** What a user says, with the pictures that come with it. */
export function userContent(text: string, media: readonly ChatPart[]): string | readonly ChatPart[] {
  if (media.length === 0) return text;
  return text === "" ? media : [{ type: "text", text }, ...media];
}

/** `images` of a message, or of a request. */
export function mediaParts(from: JsonObject, at = ""): readonly ChatPart[] {
  return (listAt(from, "images", at) ?? []).map((image, position) => mediaPart(image, `${at}images[${position}]`));
}

interface Place {
  /** What the names of its fields begin with in errors. */
  readonly at: string;
  readonly links: ToolLinks;
}

function chatMessage(message: JsonObject, { at, links }: Place): ChatMessage {
  const content = textAt(message, "content", at) ?? "";
  const media = mediaParts(message, at);
  const role = textAt(message, "role", at)?.toLowerCase();
  if (media.length > 0 && (role === "system" || role === "developer" || role === "assistant")) {
    throw badField(`${at}images`, `in a message of the role "user" or "tool"`, role);
  }
  switch (role) {
    case "system":
    case "developer": // what the templates of local models do not know
      links.close();
      return { role: "system", content };
    case "user":
      links.close();
      return { role, content: userContent(content, media) };
    case "assistant":
      return assistantMessage(message, { content, at, links });
    case "tool": {
      const id = textAt(message, "tool_call_id", at) || undefined;
      const name = textAt(message, "tool_name", at) ?? textAt(message, "name", at);
      return { role, tool_call_id: links.result({ id, name }), content: userContent(content, media) };
    }
  }
  throw badField(`${at}role`, `"system", "user", "assistant" or "tool"`, role);
}

function assistantMessage(message: JsonObject, { content, at, links }: Place & { content: string }): ChatMessage {
  const calls = (listAt(message, "tool_calls", at) ?? []).map((call, position): ChatToolCall => {
    const path = `${at}tool_calls[${position}]`;
    return toolCall(asObject(call, path), { at: `${path}.`, links });
  });
  const thinking = textAt(message, "thinking", at) ?? "";
  return {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    ...(thinking === "" ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function toolCall(call: JsonObject, { at, links }: Place): ChatToolCall {
  const made = asObject(call.function, `${at}function`);
  const name = textAt(made, "name", `${at}function.`);
  if (name === undefined || name === "") throw badField(`${at}function.name`, "the name of a tool", name);
  const text = argumentsText(made.arguments, `${at}function.arguments`);
  const id = links.call(name, textAt(call, "id", at) || undefined);
  return { id, type: "function", function: { name, arguments: text } };
}

/** The ids that calls have of their own, as newer clients send them back. */
function givenIds(messages: readonly unknown[]): string[] {
  return messages.flatMap((message) =>
    objectsOf(objectOf(message)?.tool_calls).flatMap((call) => textOf(call.id) ?? [])
  );
}

import type { ChatMessage, ChatPart } from "../chat/chat_request.ts";
import { blocksOf, contentParts } from "./content_parts.ts";
import { type Field, readBoolean, requireText } from "./field.ts";
import { joinTexts } from "./readable_block.ts";

/** What a tool gave back, as chat messages can say it. */
export interface ToolResult {
  /** Undefined for the result of a call that the assistant's turn before does not have. */
  readonly message: ChatMessage | undefined;
  /** What goes into the user's message behind all results. */
  readonly parts: readonly ChatPart[];
}

/** Chat messages have no field for it; a tag cannot be taken for the tool's own words, as a leading "Error:" can. */
function markError(text: string): string {
  return text === "" ? "<tool_error></tool_error>" : `<tool_error>\n${text}\n</tool_error>`;
}

/**
 * A `tool_result` block. Its text becomes the tool's message. Pictures and files go into the user's message that follows,
 * with the call named, since most servers take nothing but text from a tool.
 *
 * @param calls Names of the calls that the assistant made just before, by id. A result without its call becomes text of
 *   the user: servers refuse a tool's message that answers nothing.
 * @throws {OllaError} As `contentParts`, and when `tool_use_id` is missing.
 */
export function toolResult(block: Field, calls: ReadonlyMap<string, string>): ToolResult {
  const id = requireText(block, "tool_use_id");
  const hasContent = block.value.content !== undefined && block.value.content !== null;
  const parts = hasContent ? contentParts(blocksOf(block, "content")) : [];
  const text = joinTexts(parts.map((part) => part.type === "text" ? part.text : undefined));
  const attached = parts.filter((part) => part.type !== "text");
  const marked = readBoolean(block, "is_error") === true ? markError(text) : text;

  const name = calls.get(id);
  if (name === undefined) {
    return {
      message: undefined,
      parts: [{ type: "text", text: `Result of the tool call ${id}:\n${marked}` }, ...attached],
    };
  }
  if (attached.length === 0) return { message: { role: "tool", tool_call_id: id, content: marked }, parts: [] };
  const content = marked === "" ? "The result is attached to the next message." : marked;
  const label: ChatPart = { type: "text", text: `Attached by the tool call ${id} (${name}):` };
  return { message: { role: "tool", tool_call_id: id, content }, parts: [label, ...attached] };
}

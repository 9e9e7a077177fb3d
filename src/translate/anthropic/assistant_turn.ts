import type { ChatMessage, ChatToolCall } from "../chat/chat_request.ts";
import { type Field, pathTo, readText, refuse, requireText } from "./field.ts";
import { joinTexts, serverBlockText } from "./readable_block.ts";

/** What an assistant said in one turn, before it becomes one chat message. */
export interface AssistantTurn {
  readonly role: "assistant";
  readonly texts: readonly string[];
  readonly reasoning: readonly string[];
  readonly calls: readonly ChatToolCall[];
}

/** Arguments as the text that chat messages carry. A missing input is a call without arguments, never `null`. */
function argumentsText(block: Field): string {
  const { input } = block.value;
  if (input === undefined || input === null) return "{}";
  try {
    return JSON.stringify(input);
  } catch {
    // Text can be nested deeper than the writer of JSON has stack for, and still be read.
    return refuse(pathTo(block.path, "input"), "is nested too deeply");
  }
}

function toolCall(block: Field): ChatToolCall {
  return {
    id: requireText(block, "id"),
    type: "function",
    function: { name: requireText(block, "name"), arguments: argumentsText(block) },
  };
}

/** Whether a text block is a piece of a cited text: the model's sentence is cut wherever a source begins or ends. */
function isCited(block: Field | undefined): boolean {
  return block?.value.type === "text" && Array.isArray(block.value.citations) && block.value.citations.length > 0;
}

/**
 * The blocks of one assistant message. Thinking becomes reasoning whatever its signature; redacted thinking can be read by
 * no one but Anthropic and is left out, as are unknown blocks.
 *
 * @throws {OllaError} For fields of a wrong type, and for calls without id or name.
 */
export function assistantTurn(blocks: readonly Field[]): AssistantTurn {
  const texts: string[] = [];
  const reasoning: string[] = [];
  const calls: ChatToolCall[] = [];
  let before: Field | undefined;
  for (const block of blocks) {
    if (block.value.type === "text") {
      const text = readText(block, "text") ?? "";
      const last = texts.at(-1);
      const continues = before?.value.type === "text" && (isCited(before) || isCited(block));
      if (continues && last !== undefined) texts[texts.length - 1] = last + text;
      else if (text !== "") texts.push(text);
    } else if (block.value.type === "thinking") {
      const thought = readText(block, "thinking") ?? "";
      if (thought !== "") reasoning.push(thought);
    } else if (block.value.type === "tool_use") calls.push(toolCall(block));
    else {
      const text = serverBlockText(block.value);
      if (text !== undefined) texts.push(text);
    }
    before = block;
  }
  return { role: "assistant", texts, reasoning, calls };
}

/** Whether nothing of the turn can be said in a chat message. */
export function isEmptyTurn(turn: AssistantTurn): boolean {
  return turn.texts.length === 0 && turn.reasoning.length === 0 && turn.calls.length === 0;
}

/** Two assistant messages in a row are one turn, as Anthropic has it. */
export function joinTurns(first: AssistantTurn, second: AssistantTurn): AssistantTurn {
  return {
    role: "assistant",
    texts: [...first.texts, ...second.texts],
    reasoning: [...first.reasoning, ...second.reasoning],
    calls: [...first.calls, ...second.calls],
  };
}

/** The turn as a chat message. The content of a turn that only calls tools is null, as OpenAI writes it. */
export function assistantMessage({ texts, reasoning, calls }: AssistantTurn): ChatMessage {
  const content = texts.length === 0 && calls.length > 0 ? null : joinTexts(texts);
  return {
    role: "assistant",
    content,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning.length > 0 && { reasoning_content: joinTexts(reasoning) }),
  };
}

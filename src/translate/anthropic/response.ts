import type { ChatResult } from "../chat/chat_event.ts";
import type { AnswerFacts } from "../translator.ts";
import { stopOf } from "./stop.ts";
import { toolInput } from "./tool_input.ts";
import { messageUsage } from "./usage.ts";
import type { ContentBlock, Message, TextBlock, ThinkingBlock, ToolUseBlock } from "./wire.ts";

export function textBlock(text: string): TextBlock {
  return { type: "text", text, citations: null };
}

export function thinkingBlock(thinking: string): ThinkingBlock {
  return { type: "thinking", thinking, signature: "" };
}

/** A call. A backend that gave it no id gets one made up, since the client's result must name it. */
export function toolUseBlock(call: { id: string; name: string }, input: unknown, facts: AnswerFacts): ToolUseBlock {
  const id = call.id === "" ? facts.newId("toolu_") : call.id;
  return { type: "tool_use", id, name: call.name, input, caller: { type: "direct" } };
}

/**
 * The blocks of a whole answer: thinking, text, a refusal's text, calls. An answer with nothing in it has one empty text
 * block: the SDKs' `finalText()` throws without a text, and much code reads `content[0].text` unseen.
 */
function contentOf(result: ChatResult, facts: AnswerFacts): ContentBlock[] {
  const blocks: ContentBlock[] = [
    ...(result.reasoning === "" ? [] : [thinkingBlock(result.reasoning)]),
    ...[result.text, result.refusal].filter((text) => text !== "").map(textBlock),
    ...result.toolCalls.map((call) => toolUseBlock(call, toolInput(call.arguments), facts)),
  ];
  return blocks.length === 0 ? [textBlock("")] : blocks;
}

/** A whole answer as Anthropic's message. */
export function messageOf(result: ChatResult, facts: AnswerFacts): Message {
  return {
    id: facts.newId("msg_"),
    type: "message",
    role: "assistant",
    model: facts.model,
    content: contentOf(result, facts),
    container: null,
    diagnostics: null,
    ...stopOf({ ...result, hasCalls: result.toolCalls.length > 0 }),
    usage: messageUsage(result.usage),
  };
}

import type { FamilyFacts } from "./families.ts";
import { safeJson, toolText } from "./tool_text.ts";

/** Something of a prompt that is counted by itself. */
export type PromptItem =
  | { readonly kind: "text"; readonly text: string }
  /** What templates put around messages and calls. */
  | { readonly kind: "frame"; readonly tokens: number }
  /** `base64` is undefined for an image that lies elsewhere. */
  | { readonly kind: "image"; readonly base64: string | undefined }
  | { readonly kind: "pdf"; readonly base64: string }
  /** What no one here can know the size of, as a file by its id. */
  | { readonly kind: "unknown" };

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Content lies in content a few times (documents in results of tools); beyond that it is read as plain JSON. */
const DEEPEST = 8;

/**
 * Everything in a request of Anthropic's Messages API that costs tokens. Odd bodies are read as far as they make sense:
 * what is missing counts nothing, what is unknown counts as JSON.
 */
export function* promptItems(body: unknown, facts: FamilyFacts): Generator<PromptItem, void> {
  if (!isFields(body)) return;
  yield frame(facts.base);
  if (body.system !== undefined && body.system !== null) {
    yield frame(facts.perMessage);
    yield* contentItems(body.system, facts, 0);
  }
  for (const message of listOf(body.messages)) {
    yield frame(facts.perMessage);
    yield* contentItems(isFields(message) ? message.content : message, facts, 0);
  }
  yield* toolItems(listOf(body.tools), facts);
  if (isFields(body.output_config) && isFields(body.output_config.format)) {
    yield text(safeJson(body.output_config.format.schema));
  }
}

function frame(tokens: number): PromptItem {
  return { kind: "frame", tokens };
}

function text(text: string): PromptItem {
  return { kind: "text", text };
}

function* toolItems(tools: readonly unknown[], facts: FamilyFacts): Generator<PromptItem, void> {
  if (tools.length > 0) yield frame(facts.toolsHead);
  for (const tool of tools) {
    if (isFields(tool) && typeof tool.name === "string" && tool.input_schema !== undefined) {
      const description = typeof tool.description === "string" ? tool.description : "";
      yield text(toolText({ name: tool.name, description, schema: tool.input_schema }, facts.toolStyle));
    } else {
      yield text(safeJson(tool));
    }
  }
}

function* contentItems(content: unknown, facts: FamilyFacts, depth: number): Generator<PromptItem, void> {
  if (typeof content === "string") {
    yield text(content);
  } else if (Array.isArray(content)) {
    for (const block of content) yield* blockItems(block, facts, depth);
  } else {
    yield* blockItems(content, facts, depth);
  }
}

function* blockItems(block: unknown, facts: FamilyFacts, depth: number): Generator<PromptItem, void> {
  if (typeof block === "string") {
    yield text(block);
    return;
  }
  if (!isFields(block)) {
    if (block !== undefined && block !== null) yield text(safeJson(block));
    return;
  }
  switch (depth > DEEPEST ? undefined : block.type) {
    case "text":
      yield* texts(block.text);
      return;
    case "thinking":
      yield* texts(block.thinking);
      return;
    case "redacted_thinking": // sealed by Anthropic for itself: other models never see it
      return;
    case "image":
      yield imageItem(block.source);
      return;
    case "document":
      yield* texts(block.title, block.context);
      yield* documentItems(block.source, facts, depth);
      return;
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      yield frame(facts.perToolCall);
      yield* texts(block.name);
      yield text(safeJson(block.input));
      return;
    case "tool_result":
    case "mcp_tool_result":
      yield frame(facts.perMessage);
      yield* contentItems(block.content, facts, depth + 1);
      return;
    case "search_result":
      yield* texts(block.title, block.source);
      yield* contentItems(block.content, facts, depth + 1);
      return;
    default:
      yield text(safeJson(block));
  }
}

function* texts(...values: readonly unknown[]): Generator<PromptItem, void> {
  for (const value of values) if (typeof value === "string") yield text(value);
}

function imageItem(source: unknown): PromptItem {
  const data = isFields(source) && source.type === "base64" ? source.data : undefined;
  return { kind: "image", base64: typeof data === "string" ? data : undefined };
}

function* documentItems(source: unknown, facts: FamilyFacts, depth: number): Generator<PromptItem, void> {
  if (!isFields(source)) return;
  if (source.type === "content") {
    yield* contentItems(source.content, facts, depth + 1);
  } else if (typeof source.data !== "string") {
    yield { kind: "unknown" };
  } else if (source.type === "text") {
    yield text(source.data);
  } else {
    yield { kind: "pdf", base64: source.data };
  }
}

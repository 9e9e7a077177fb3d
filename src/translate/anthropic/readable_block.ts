/**
 * What can be read of content that no chat backend knows as such, as text. Models read tags well, and with them see where
 * a document ends and the question begins. Nothing in here refuses a request: what cannot be read is left out.
 * @module
 */
import type { JsonObject } from "../chat/chat_request.ts";
import { objectOf, objectsOf, textOf } from "../chat/json_object.ts";

/** Texts, one below the other with a blank line between; empty ones are left out. */
export function joinTexts(texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\n\n");
}

/** The texts of a content that is a text or a list of blocks. */
function textsIn(content: unknown): string {
  return textOf(content) ?? joinTexts(objectsOf(content).map((block) => textOf(block.text)));
}

function tagged(tag: string, heads: readonly (readonly [name: string, value: unknown])[], text: string): string {
  const lines = heads.flatMap(([name, value]) => textOf(value) === undefined ? [] : [`<${name}>${value}</${name}>`]);
  return [`<${tag}>`, ...lines, ...(text === "" ? [] : [text]), `</${tag}>`].join("\n");
}

/** A document that is text, with its title and context. */
export function documentText(document: JsonObject, text: string): string {
  return tagged("document", [["title", document.title], ["context", document.context]], text);
}

/** A search result that the client has found. */
export function searchResultText(block: JsonObject): string {
  return tagged("search_result", [["title", block.title], ["source", block.source]], textsIn(block.content));
}

/** Titles and addresses; what was on the pages is encrypted for Anthropic's servers. */
function webSearchText(content: unknown): string | undefined {
  const results = objectsOf(content).filter((result) => textOf(result.url) !== undefined);
  if (results.length === 0) return undefined;
  return tagged(
    "web_search_results",
    [],
    results.map(({ title, url }) => `- ${textOf(title) ?? url} (${url})`).join("\n"),
  );
}

function webFetchText(content: unknown): string | undefined {
  const page = objectOf(content);
  const document = objectOf(page?.content);
  const source = objectOf(document?.source);
  if (source?.type !== "text" || textOf(source.data) === undefined) return undefined;
  return tagged("web_page", [["title", document?.title], ["url", page?.url]], textsIn(source.data));
}

function programText(content: unknown): string | undefined {
  const output = objectOf(content);
  const text = [textOf(output?.stdout), textOf(output?.stderr)].filter((part) => part !== undefined).join("\n");
  return text === "" ? undefined : tagged("program_output", [], text);
}

/**
 * What Anthropic's own servers have put into an assistant's turn (search results, output of programs, the summary of a
 * conversation that was cut short), when a later request brings it back.
 *
 * @returns Undefined for what has no readable text: calls of such tools, errors, and unknown blocks.
 */
export function serverBlockText(block: JsonObject): string | undefined {
  switch (block.type) {
    case "web_search_tool_result":
      return webSearchText(block.content);
    case "web_fetch_tool_result":
      return webFetchText(block.content);
    case "code_execution_tool_result":
    case "bash_code_execution_tool_result":
      return programText(block.content);
    case "mcp_tool_result": {
      const text = textsIn(block.content);
      return text === "" ? undefined : tagged("tool_output", [], text);
    }
    case "compaction":
      return textOf(block.content);
    default:
      return undefined;
  }
}

/** The blocks that only a tool's result has: tools that a search has found, and the tabs of a browser. */
export function resultBlockText(block: JsonObject): string | undefined {
  if (block.type === "tool_reference") {
    return textOf(block.tool_name) === undefined ? undefined : `Tool: ${block.tool_name}`;
  }
  if (block.type !== "browser_state") return undefined;
  const tabs = objectsOf(block.tabs).map(({ tab_id, title, url, active }) => {
    const words = [textOf(tab_id), textOf(title), textOf(url), active === true ? "active" : undefined];
    return `- ${words.filter((word) => word !== undefined).join(", ")}`;
  });
  return tagged("browser_tabs", [], tabs.join("\n"));
}

import type { ChatPart } from "../chat/chat_request.ts";
import { type Field, fieldAt, pathTo, readField, readText, refuse, refuseType, requireText } from "./field.ts";
import { documentText, joinTexts, resultBlockText, searchResultText } from "./readable_block.ts";

const HOW_TO_SEND = 'Send it in the request, with a source of type "base64" or "url"';

/** The blocks of a content: a text counts as one text block, a single block as a list of one. @throws {OllaError} */
export function blocksOf(message: Field, key: string): Field[] {
  const content = message.value[key];
  const path = pathTo(message.path, key);
  if (typeof content === "string") return [{ value: { type: "text", text: content }, path }];
  if (Array.isArray(content)) return content.map((block, index) => fieldAt(block, pathTo(path, index)));
  if (typeof content !== "object" || content === null) refuseType(path, "a string or a list of blocks", content);
  return [fieldAt(content, path)];
}

function textPart(text: string | undefined): ChatPart[] {
  return text === undefined || text === "" ? [] : [{ type: "text", text }];
}

function requireSource(block: Field): Field {
  return readField(block, "source") ?? refuse(pathTo(block.path, "source"), "is missing");
}

/** Files that were uploaded to Anthropic, and sources that are newer than this program. */
function refuseSource(source: Field): never {
  if (source.value.type === "file") {
    return refuse(
      source.path,
      `names a file of Anthropic's Files API, which this model's server cannot read. ${HOW_TO_SEND}`,
    );
  }
  return refuse(pathTo(source.path, "type"), `is not known: ${JSON.stringify(source.value.type)}. ${HOW_TO_SEND}`);
}

function dataUrl(source: Field): string {
  return `data:${requireText(source, "media_type")};base64,${requireText(source, "data")}`;
}

function imageParts(block: Field): ChatPart[] {
  const source = requireSource(block);
  switch (source.value.type) {
    case "base64":
      return [{ type: "image_url", image_url: { url: dataUrl(source) } }];
    case "url":
      return [{ type: "image_url", image_url: { url: requireText(source, "url") } }];
    default:
      return refuseSource(source);
  }
}

/**
 * A PDF, for servers that read files. Its address goes where the data would be: chat completions have no field for it, and
 * the servers that fetch files themselves look there.
 */
function fileParts(block: Field, data: string): ChatPart[] {
  const title = readText(block, "title");
  const context = readText(block, "context");
  const filename = title === undefined || title === "" ? "document.pdf" : title;
  return [
    ...textPart(context === undefined || context === "" ? undefined : `About ${filename}: ${context}`),
    { type: "file", file: { filename, file_data: data } },
  ];
}

/** A document that is made of blocks: texts and pictures, as Anthropic has it, and no documents inside it. */
function blockDocumentParts(block: Field, source: Field): ChatPart[] {
  const inside = blocksOf(source, "content").filter(({ value }) => value.type === "text" || value.type === "image");
  const parts = contentParts(inside);
  const text = joinTexts(parts.map((part) => part.type === "text" ? part.text : undefined));
  return [...textPart(documentText(block.value, text)), ...parts.filter((part) => part.type !== "text")];
}

function documentParts(block: Field): ChatPart[] {
  const source = requireSource(block);
  switch (source.value.type) {
    case "text":
      return textPart(documentText(block.value, readText(source, "data") ?? ""));
    case "content":
      return blockDocumentParts(block, source);
    case "base64":
      return fileParts(block, dataUrl(source));
    case "url":
      return fileParts(block, requireText(source, "url"));
    default:
      return refuseSource(source);
  }
}

function partsOf(block: Field): ChatPart[] {
  switch (block.value.type) {
    case "text":
      return textPart(readText(block, "text"));
    case "image":
      return imageParts(block);
    case "document":
      return documentParts(block);
    case "search_result":
      return textPart(searchResultText(block.value));
    default:
      return textPart(resultBlockText(block.value));
  }
}

/**
 * Blocks of a user's message or of a tool's result as the parts of a chat message. Blocks of unknown types are left out,
 * and so are cache marks and citations.
 *
 * @throws {OllaError} For files that only Anthropic has, and for fields of a wrong type.
 */
export function contentParts(blocks: readonly Field[]): ChatPart[] {
  return blocks.flatMap(partsOf);
}

/** Parts as a message's content: neighbouring texts become one with a blank line between, nothing but text a string. */
export function mergeParts(parts: readonly ChatPart[]): string | readonly ChatPart[] {
  const merged: ChatPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.type === "text" && last?.type === "text") {
      merged[merged.length - 1] = { type: "text", text: `${last.text}\n\n${part.text}` };
    } else merged.push(part);
  }
  const [first] = merged;
  return merged.length === 1 && first?.type === "text" ? first.text : merged;
}

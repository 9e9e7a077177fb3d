import { Buffer } from "node:buffer";
import { objectOf } from "../chat/json_object.ts";
import type { ChatPart, JsonObject } from "../chat/chat_request.ts";
import { neededString, refusal, stringField } from "./body_fields.ts";

const TEXT_TYPES: ReadonlySet<unknown> = new Set([
  "input_text",
  "output_text",
  "text",
  "summary_text",
  "reasoning_text",
]);

/** Of OpenAI's details these are known to servers of chat completions; `auto` is the default. */
const DETAILS: ReadonlySet<unknown> = new Set(["low", "high"]);

function storedFile(path: string): Error {
  const message = `${path}.file_id names a file that is stored at OpenAI; this backend keeps no files, so send the ` +
    "content itself";
  return refusal(`${path}.file_id`, message);
}

function imagePart(part: JsonObject, path: string): ChatPart {
  if (typeof part["file_id"] === "string") throw storedFile(path);
  const given = objectOf(part["image_url"]) ?? { url: part["image_url"], detail: part["detail"] };
  const url = neededString(given, "url", `${path}.image_url`);
  const { detail } = given;
  return {
    type: "image_url",
    image_url: typeof detail === "string" && DETAILS.has(detail) ? { url, detail } : { url },
  };
}

/** Local servers take no files, and a text needs none. Undefined for all but text. */
function textOfFile(data: string, filename: string | undefined): ChatPart | undefined {
  const found = /^data:(?:text\/[\w.+-]+|application\/json)(?:;charset=[\w-]+)?;base64,/i.exec(data);
  if (found === null) return undefined;
  const text = Buffer.from(data.slice(found[0].length), "base64").toString("utf8");
  return { type: "text", text: filename === undefined ? text : `${filename}:\n${text}` };
}

function filePart(part: JsonObject, path: string): ChatPart {
  if (typeof part["file_id"] === "string") throw storedFile(path);
  const filename = stringField(part, "filename", `${path}.filename`);
  const url = stringField(part, "file_url", `${path}.file_url`);
  if (url !== undefined && !url.startsWith("data:")) {
    throw refusal(`${path}.file_url`, `${path}.file_url is not fetched for this backend; send the file as file_data`);
  }
  const data = url ?? neededString(part, "file_data", `${path}.file_data`);
  return textOfFile(data, filename) ??
    { type: "file", file: filename === undefined ? { file_data: data } : { filename, file_data: data } };
}

function audioPart(part: JsonObject, path: string): ChatPart {
  const audio = objectOf(part["input_audio"]) ?? {};
  const data = neededString(audio, "data", `${path}.input_audio.data`);
  const format = neededString(audio, "format", `${path}.input_audio.format`);
  return { type: "input_audio", input_audio: { data, format } };
}

function contentPart(value: unknown, path: string): ChatPart {
  const part = objectOf(value);
  if (part === undefined) throw refusal(path, `${path} must be an object`);
  const type = part["type"];
  if (TEXT_TYPES.has(type)) return { type: "text", text: stringField(part, "text", `${path}.text`) ?? "" };
  switch (type) {
    case "refusal":
      return { type: "text", text: stringField(part, "refusal", `${path}.refusal`) ?? "" };
    case "input_image":
    case "image_url":
      return imagePart(part, path);
    case "input_file":
      return filePart(part, path);
    case "input_audio":
      return audioPart(part, path);
    default:
      throw refusal(
        `${path}.type`,
        `${path}.type is unknown here; send input_text, input_image, input_file or input_audio`,
      );
  }
}

/**
 * The content of a message or of a tool's output: a text, or a list of parts.
 *
 * @throws {OllaError} `invalid_request` for a part that cannot be sent on, such as a file by its id.
 */
export function contentParts(content: unknown, path: string): ChatPart[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw refusal(path, `${path} must be a string or a list`);
  return content.map((part, at) => contentPart(part, `${path}[${at}]`));
}

/** The parts as one text with this between them; undefined when one of them is no text. */
export function joinTexts(parts: readonly ChatPart[], between: string): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== "text") return undefined;
    texts.push(part.text);
  }
  return texts.join(between);
}

/** What a tool said: as one text where it is nothing else, since few servers know more than that of tools. */
export function toolContent(output: unknown, path: string): string | readonly ChatPart[] {
  if (objectOf(output) !== undefined) return JSON.stringify(output);
  const parts = contentParts(output, path);
  return joinTexts(parts, "\n") ?? parts;
}

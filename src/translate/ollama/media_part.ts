import type { ChatPart } from "../chat/chat_request.ts";
import { badField } from "./request_field.ts";

/** What a file begins with, and its type. `.` stands for any byte. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8/, "image/gif"],
  [/^RIFF....WEBP/s, "image/webp"],
  [/^BM/, "image/bmp"],
  [/^(II\*\0|MM\0\*)/, "image/tiff"],
  [/^....ftypavi[fs]/s, "image/avif"],
  [/^....ftyp(hei[cx]|mif1)/s, "image/heic"],
  [/^RIFF....WAVE/s, "audio/wav"],
  [/^(ID3|\xff[\xfb\xf3\xf2])/, "audio/mp3"],
];

/** Letters of base64 that hold every sign above. */
const SIGN_LETTERS = 24;

/**
 * One of Ollama's `images`: bare base64, of which only its first bytes tell the type. Ollama takes sound here as well.
 * URLs (`data:` and `http(s):`) stay as they are: some clients send them although Ollama itself takes none.
 *
 * @param path Where it is in the request, for errors.
 * @throws {OllaError} When it is no base64.
 */
export function mediaPart(value: unknown, path: string): ChatPart {
  if (typeof value !== "string" || value === "") throw badField(path, "an image as base64", value);
  if (/^(data|https?):/i.test(value)) return { type: "image_url", image_url: { url: value } };
  const data = /\s/.test(value) ? value.replace(/\s+/g, "") : value;
  const type = sniffedType(data);
  if (type === undefined) throw badField(path, "an image as base64", value);
  if (type.startsWith("audio/")) {
    return { type: "input_audio", input_audio: { data, format: type.slice("audio/".length) } };
  }
  return { type: "image_url", image_url: { url: `data:${type};base64,${data}` } };
}

/**
 * Undefined when it does not begin like base64. What begins like nothing that is known is called a PNG: servers look at
 * the bytes themselves, but want some type of image to be named.
 */
function sniffedType(data: string): string | undefined {
  const first = firstBytes(data.slice(0, SIGN_LETTERS));
  return first && (SIGNS.find(([sign]) => sign.test(first))?.[1] ?? "image/png");
}

function firstBytes(base64: string): string | undefined {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}

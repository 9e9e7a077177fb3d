/** Longest part of the user's words that an answer repeats, in characters. */
const MAX_QUOTE = 300;

/** Numbers per embedding vector. */
const DIMENSIONS = 16;

/**
 * The sentence a simulated server answers with. It says that no model was asked, which server spoke, and what it heard.
 *
 * @param server The endpoint's name, so that balancing and fail-over can be seen.
 * @param heard The user's last words; may be empty.
 */
export function demoReply(server: string, heard: string): string {
  const text = heard.replace(/\s+/g, " ").trim();
  const quote = text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
  const echo = quote === "" ? "You sent no text." : `You said: "${quote}"`;
  return `Hello from ${server}, a simulated server inside olla: this is a demo, and no real model was asked. ${echo} ` +
    "Add a real LLM server to the config and this address answers with its models instead.";
}

/** Splits a text so that joining the parts gives it back: each part is one word with the white space before it. */
export function splitWords(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** A stand-in for a token count: the words of a text. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/**
 * The text of the last message of the user, from a chat request's `messages` as any dialect writes them: content as a
 * string or as parts. Odd shapes give an empty text, since a demo must never fail on what a client sends.
 */
export function lastUserText(messages: unknown): string {
  if (!Array.isArray(messages)) return "";
  const own = messages.findLast((message) => isRecord(message) && message["role"] === "user");
  return isRecord(own) ? contentText(own["content"]) : "";
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => isRecord(part) && typeof part["text"] === "string" ? part["text"] : "").join(" ");
}

/** True for a JSON object; arrays and null are not. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A vector of length one that depends on the text alone: equal texts are equal, others almost surely differ. */
export function demoEmbedding(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, (_, index) => hash(`${index}:${text}`) / 0xffffffff - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

import type { ChatEvent } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { objectsOf, textOf } from "./json_object.ts";

/** Mistral's thinking part holds text parts again. */
function thoughtOf(part: JsonObject): string {
  const thinking = part["thinking"] ?? part["text"];
  return typeof thinking === "string"
    ? thinking
    : objectsOf(thinking).map((inner) => textOf(inner["text"]) ?? "").join("");
}

function addPart(part: JsonObject, out: ChatEvent[]): void {
  switch (part["type"]) {
    case "thinking":
    case "reasoning":
      return add("reasoning", thoughtOf(part), out);
    case "refusal":
      return add("refusal", part["refusal"], out);
    default:
      return add("text", part["text"], out);
  }
}

function add(kind: "reasoning" | "text" | "refusal", value: unknown, out: ChatEvent[]): void {
  if (typeof value === "string" && value !== "") out.push({ kind, text: value });
}

/** OpenRouter's entries: a text, or a summary; what is encrypted is for no one. */
function detailedReasoning(value: unknown): string {
  return objectsOf(value).map((entry) => textOf(entry["text"]) ?? textOf(entry["summary"]) ?? "").join("");
}

/** What was thought. Servers that write it into several fields write the same into each, so the first one counts. */
function reasoningOf(said: JsonObject): string | undefined {
  return textOf(said["reasoning_content"]) ?? textOf(said["reasoning"]) ?? textOf(said["thinking"]) ??
    (said["reasoning_details"] === undefined ? undefined : detailedReasoning(said["reasoning_details"]));
}

/** The texts of a `delta` or of a `message`: thoughts, then content, then the refusal. */
export function addTexts(said: JsonObject, out: ChatEvent[]): void {
  add("reasoning", reasoningOf(said), out);
  const content = said["content"];
  if (typeof content === "string") add("text", content, out);
  else if (Array.isArray(content)) {
    for (const part of content) {
      if (typeof part === "string") add("text", part, out);
      else if (typeof part === "object" && part !== null) addPart(part as JsonObject, out);
    }
  }
  add("refusal", said["refusal"], out);
}

import type { JsonObject } from "../chat/chat_request.ts";
import { objectOf } from "../chat/json_object.ts";
import { SCAN_START, scanObject } from "./object_scan.ts";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object that a text begins with, without what stands behind it: models double a brace, servers the whole object. */
function leadingObject(text: string): JsonObject | undefined {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith("{")) return undefined;
  const scanned = scanObject(SCAN_START, trimmed);
  return "end" in scanned ? objectOf(parsed(trimmed.slice(0, scanned.end))) : undefined;
}

/**
 * The arguments of a call as the object that a `tool_use` block must have.
 *
 * 1. Nothing, or `null`: no arguments.
 * 2. An object, whatever stands behind it, or an object written as a JSON string.
 * 3. All else is kept as `{"INVALID_JSON": "…"}`, the form in which Anthropic's documentation hands such text back to a
 *    model. The tool refuses it, the model sees what it wrote, and nothing is lost or made up.
 *
 * @param text As the model wrote it.
 */
export function toolInput(text: string): JsonObject {
  if (text.trim() === "") return {};
  const value = parsed(text);
  if (value === null) return {};
  const object = objectOf(typeof value === "string" ? parsed(value) : value) ?? leadingObject(text);
  return object ?? { INVALID_JSON: text };
}

import type { JsonObject } from "../chat/chat_request.ts";
import { objectOf } from "../chat/json_object.ts";
import { badField } from "./request_field.ts";

/** Where the text stands when a model has written arguments that are no JSON object. */
export const UNPARSED_ARGUMENTS = "unparsed_arguments";

/**
 * A call's arguments as Ollama has them, from JSON as text. No text at all is no arguments. Text that is no JSON object
 * (cut off, or the model's fault) is kept as `{"unparsed_arguments": text}`: clients of Ollama insist on an object, and
 * whoever runs the tool can see what was wrong. It goes back to the model in the same way, since servers refuse a
 * conversation with arguments that they cannot parse.
 */
export function argumentsObject(text: string): JsonObject {
  return wholeObject(text) ?? (text.trim() === "" ? {} : { [UNPARSED_ARGUMENTS]: text });
}

/** The JSON object that a text is; undefined when it is none, or not whole yet. */
export function wholeObject(text: string): JsonObject | undefined {
  // Saves the exception for most of the texts that are not whole.
  if (!text.trimEnd().endsWith("}")) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * A call's arguments as JSON text, from a request: an object, or text of clients that have learnt another API.
 *
 * @param path Where it is in the request, for errors.
 */
export function argumentsText(value: unknown, path: string): string {
  if (value === undefined || value === null) return "{}";
  if (typeof value === "string") return wholeObject(value) ? value : JSON.stringify(argumentsObject(value));
  if (objectOf(value) === undefined) throw badField(path, "an object", value);
  return JSON.stringify(value);
}

import type { JsonObject } from "./chat_request.ts";

/** Makes a new random id: `newId("call_")` is `call_` and letters and digits. */
export type NewId = (prefix: string) => string;

/** A JSON object; undefined for a list and for everything else. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : undefined;
}

/** A list's entries that are objects; none for what is no list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((entry) => objectOf(entry) !== undefined) : [];
}

/** A text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

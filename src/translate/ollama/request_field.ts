import { OllaError } from "../../errors.ts";
import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";

/**
 * Readers for fields of a client's request. Null is as good as absent, since Go programs write it for what is empty. All
 * throw an `invalid_request` that names the field when it holds something else than it may.
 *
 * `parent` is what the field's name is written after in an error, such as `messages[2].`.
 * @module
 */

/** The error for a field that holds what it must not. */
export function badField(path: string, wanted: string, value: unknown): OllaError {
  return new OllaError("invalid_request", `"${path}" must be ${wanted}, received ${kindOf(value)}`, { param: path });
}

export function textAt(from: JsonObject, key: string, parent = ""): string | undefined {
  const value = from[key] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw badField(parent + key, "a text", value);
}

export function numberAt(from: JsonObject, key: string, parent = ""): number | undefined {
  const value = from[key] ?? undefined;
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  throw badField(parent + key, "a number", value);
}

export function booleanAt(from: JsonObject, key: string, parent = ""): boolean | undefined {
  const value = from[key] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw badField(parent + key, "true or false", value);
}

export function listAt(from: JsonObject, key: string, parent = ""): readonly unknown[] | undefined {
  const value = from[key] ?? undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw badField(parent + key, "a list", value);
}

export function objectAt(from: JsonObject, key: string, parent = ""): JsonObject | undefined {
  const value = from[key] ?? undefined;
  return value === undefined ? undefined : asObject(value, parent + key);
}

/** An entry of a list, which must be an object. */
export function asObject(value: unknown, path: string): JsonObject {
  const object = objectOf(value);
  if (object === undefined) throw badField(path, "an object", value);
  return object;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value.length <= 40 ? JSON.stringify(value) : "a long text";
  return typeof value === "object" ? "an object" : String(value);
}

import { OllaError } from "../../errors.ts";
import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";

/** A refusal of a request, with the field at fault. `message` says what is wrong and what to do. */
export function refusal(param: string, message: string): OllaError {
  return new OllaError("invalid_request", message, { param });
}

/** A field that may be missing or null, which are the same in this dialect. */
function present(object: JsonObject, key: string): unknown {
  return object[key] ?? undefined;
}

/** @throws {OllaError} When it is something else than a string. */
export function stringField(object: JsonObject, key: string, path: string = key): string | undefined {
  const value = present(object, key);
  if (value === undefined || typeof value === "string") return value;
  throw refusal(path, `${path} must be a string`);
}

/** @throws {OllaError} When it is missing, empty, or something else than a string. */
export function neededString(object: JsonObject, key: string, path: string): string {
  const value = stringField(object, key, path);
  if (value !== undefined && value !== "") return value;
  throw refusal(path, `${path} is missing`);
}

/** @throws {OllaError} When it is something else than a number. */
export function numberField(object: JsonObject, key: string, path: string = key): number | undefined {
  const value = present(object, key);
  if (value === undefined || typeof value === "number") return value;
  throw refusal(path, `${path} must be a number`);
}

/** @throws {OllaError} When it is something else than true or false. */
export function booleanField(object: JsonObject, key: string, path: string = key): boolean | undefined {
  const value = present(object, key);
  if (value === undefined || typeof value === "boolean") return value;
  throw refusal(path, `${path} must be true or false`);
}

/** @throws {OllaError} When it is something else than an object. */
export function objectField(object: JsonObject, key: string, path: string = key): JsonObject | undefined {
  const value = present(object, key);
  const found = objectOf(value);
  if (value === undefined || found !== undefined) return found;
  throw refusal(path, `${path} must be an object`);
}

/** The entries of a list; none when it is missing. @throws {OllaError} When it is something else than a list. */
export function listField(object: JsonObject, key: string, path: string = key): readonly unknown[] {
  const value = present(object, key) ?? [];
  if (Array.isArray(value)) return value;
  throw refusal(path, `${path} must be a list`);
}

/** Whether a request asks for more than an answer has by itself. */
export function includes(body: JsonObject, what: string): boolean {
  const include = body["include"];
  return Array.isArray(include) && include.includes(what);
}

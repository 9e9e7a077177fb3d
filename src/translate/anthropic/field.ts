import { OllaError } from "../../errors.ts";
import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";

/** An object of a client's request and where it stands there, so that every complaint can name its field. */
export interface Field {
  readonly value: JsonObject;
  /** As Anthropic writes it: `messages.3.content.0.source`; empty for the request itself. */
  readonly path: string;
}

/** The path of an entry: `messages.3`. */
export function pathTo(parent: string, key: string | number): string {
  return parent === "" ? `${key}` : `${parent}.${key}`;
}

/** Refuses the request: `complaint` goes on after the path, as in "must be a text". */
export function refuse(path: string, complaint: string): never {
  throw new OllaError("invalid_request", `${path} ${complaint}`, { param: path });
}

function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Refuses a value of the wrong JSON type. `wanted` is as in "a string". */
export function refuseType(path: string, wanted: string, value: unknown): never {
  refuse(path, `must be ${wanted}, received ${nameOf(value)}`);
}

/** The object at a path. @throws {OllaError} when it is none. */
export function fieldAt(value: unknown, path: string): Field {
  const object = objectOf(value);
  return object === undefined ? refuseType(path, "an object", value) : { value: object, path };
}

/** A reader of an optional entry; `null` counts as not given, as in Anthropic's types. @throws {OllaError} for another type. */
function reader<T>(
  wanted: string,
  accepts: (value: unknown) => value is T,
): (field: Field, key: string) => T | undefined {
  return (field, key) => {
    const value = field.value[key];
    if (value === undefined || value === null) return undefined;
    return accepts(value) ? value : refuseType(pathTo(field.path, key), wanted, value);
  };
}

export const readText = reader("a string", (value): value is string => typeof value === "string");
export const readNumber = reader("a number", (value): value is number => typeof value === "number");
export const readInteger = reader("a whole number", (value): value is number => Number.isInteger(value));
export const readBoolean = reader("true or false", (value): value is boolean => typeof value === "boolean");
export const readList = reader("a list", (value): value is readonly unknown[] => Array.isArray(value));

/** An optional object. @throws {OllaError} when something else is there. */
export function readField(field: Field, key: string): Field | undefined {
  const value = field.value[key];
  return value === undefined || value === null ? undefined : fieldAt(value, pathTo(field.path, key));
}

/** The objects of an optional list; none when it is not given. @throws {OllaError} when an entry is no object. */
export function readFields(field: Field, key: string): Field[] {
  const path = pathTo(field.path, key);
  return (readList(field, key) ?? []).map((entry, index) => fieldAt(entry, pathTo(path, index)));
}

/** A text that must be there and hold something. @throws {OllaError} when it does not. */
export function requireText(field: Field, key: string): string {
  const text = readText(field, key);
  return text === undefined || text === "" ? refuse(pathTo(field.path, key), "is missing: give it a text") : text;
}

import { LONGEST_MODEL_NAME } from "../../lib/model_names.ts";
import type { Capability, StatedCapabilities } from "../capability.ts";

/**
 * Readers for fields of foreign JSON: each gives a usable value or undefined, and never throws.
 * @module
 */

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Unix times in seconds stay below this until the year 5138; above it they are milliseconds. */
const SECONDS_LIMIT = 1e11;

/** An object that is no list, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {};
}

/** A text that is not blank. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A name that may stand in a header and in a log line; the first of the values that is one. */
export function nameOf(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value);
    if (
      text !== undefined && text.length <= LONGEST_MODEL_NAME && text === text.trim() && !/\p{Cc}|\p{Cs}/u.test(text)
    ) {
      return text;
    }
  }
  return undefined;
}

/** A positive number, rounded down. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 1 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : undefined;
}

/** A time as Unix seconds: from a number of seconds or milliseconds, or from an ISO date. */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value === "string") return secondsOf(Date.parse(value));
  const number = countOf(value);
  return number !== undefined && number > SECONDS_LIMIT ? Math.floor(number / 1000) : number;
}

/** The texts of a list; undefined when there is none. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => textOf(item) !== undefined);
  return texts.length > 0 ? texts : undefined;
}

/** What a server says of a model's capabilities; undefined when it says nothing. */
export function statedOf(
  fields: Readonly<Partial<Record<Capability, boolean | undefined>>>,
): StatedCapabilities | undefined {
  const stated = compact<StatedCapabilities>(fields);
  return Object.keys(stated).length > 0 ? stated : undefined;
}

/** The object without its undefined fields. */
export function compact<T extends object>(fields: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  // A plain loop: this is the larger part of what reading a list of ten thousand models costs.
  const given: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) given[key] = fields[key];
  return given as T;
}

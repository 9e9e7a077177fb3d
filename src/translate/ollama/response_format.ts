import type { JsonObject } from "../chat/chat_request.ts";
import { objectOf } from "../chat/json_object.ts";
import { badField } from "./request_field.ts";

/**
 * `format` as `response_format`: `"json"`, or a JSON Schema. It is not called `strict`, since OpenAI then refuses any
 * schema that leaves a field optional; local servers hold to it anyway.
 */
export function formatFields({ format }: JsonObject): JsonObject {
  if (format === undefined || format === null || format === "") return {};
  if (format === "json") return { response_format: { type: "json_object" } };
  const schema = objectOf(format);
  if (schema === undefined) throw badField("format", `"json" or a JSON Schema object`, format);
  return { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } };
}

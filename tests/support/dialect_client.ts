import { type JsonObject, objectOf } from "../../src/models/parsers/fields.ts";

/** The dialects that are translated for servers that only know chat completions. */
export const DIALECTS = ["anthropic", "responses", "ollama"] as const;
export type ClientDialect = typeof DIALECTS[number];

/** Where a client of each dialect sends its requests. */
export const PATHS: Readonly<Record<ClientDialect, string>> = {
  anthropic: "/v1/messages",
  responses: "/v1/responses",
  ollama: "/api/chat",
};

/** An answer as a client of its dialect understands it. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  /** What the answer itself says of its end: that it is whole, that it failed, or nothing. */
  readonly end: "whole" | "failed" | "nothing";
  /** The message of an error, in the answer or in its place. */
  readonly error: string | undefined;
  /** As it came. */
  readonly raw: string;
}

/** The request of a client. `tools` offers one; `more` adds or replaces keys. */
export function requestIn(
  dialect: ClientDialect,
  { model, stream, tools = false, text = "Hi", more = {} }: {
    readonly model: string;
    readonly stream: boolean;
    readonly tools?: boolean;
    readonly text?: string;
    readonly more?: JsonObject;
  },
): JsonObject {
  const message = { role: "user", content: text };
  const parameters = { type: "object", properties: { city: { type: "string" } } };
  switch (dialect) {
    case "anthropic": {
      const tool = { name: "weather", input_schema: parameters };
      return { model, stream, max_tokens: 100, messages: [message], ...(tools ? { tools: [tool] } : {}), ...more };
    }
    case "responses": {
      const tool = { type: "function", name: "weather", parameters };
      return { model, stream, input: [message], ...(tools ? { tools: [tool] } : {}), ...more };
    }
    case "ollama": {
      const tool = { type: "function", function: { name: "weather", parameters } };
      return { model, stream, messages: [message], ...(tools ? { tools: [tool] } : {}), ...more };
    }
  }
}

/** Sends a request in a dialect. */
export function sendIn(
  dialect: ClientDialect,
  base: string,
  body: unknown,
  { signal, headers = {} }: { readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return fetch(`${base}${PATHS[dialect]}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Reads an answer to its end. An aborted connection counts as an answer that says nothing of its end. */
export async function readIn(dialect: ClientDialect, response: Response): Promise<Told> {
  let raw = "";
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) raw += decoder.decode(chunk, { stream: true });
  } catch {
    // What came is judged as it is.
  }
  const reading = new Reading();
  for (const value of valuesOf(raw, response.headers.get("content-type") ?? "")) READERS[dialect](reading, value);
  const { text, end, error } = reading;
  return { status: response.status, headers: response.headers, text, calls: reading.calls, end, error, raw };
}

/** Sends a request in a dialect and reads the answer. */
export async function askIn(
  dialect: ClientDialect,
  base: string,
  options: Parameters<typeof requestIn>[1],
): Promise<Told> {
  return await readIn(dialect, await sendIn(dialect, base, requestIn(dialect, options)));
}

class Reading {
  text = "";
  readonly calls: { name: string; input: unknown }[] = [];
  /** Arguments of the call that is being written. */
  argumentsText = "";
  end: Told["end"] = "nothing";
  error: string | undefined;

  fail(message: unknown): void {
    this.end = "failed";
    this.error = String(message);
  }
}

/** The JSON values of a body: its events, its lines, or the whole of it. */
function valuesOf(raw: string, type: string): JsonObject[] {
  if (type.startsWith("text/event-stream")) {
    const data = raw.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length));
    return data.filter((text) => text.trim() !== "[DONE]").map(parsed);
  }
  return (type.startsWith("application/x-ndjson") ? raw.split("\n") : [raw]).filter((text) => text !== "").map(parsed);
}

function parsed(text: string): JsonObject {
  return objectOf(JSON.parse(text));
}

const READERS: Readonly<Record<ClientDialect, (reading: Reading, value: JsonObject) => void>> = {
  anthropic: (reading, value) => {
    switch (value.type) {
      case "message":
        for (const block of objectsIn(value.content)) readBlock(reading, block);
        reading.end = "whole";
        break;
      case "content_block_start":
        readBlock(reading, objectOf(value.content_block));
        break;
      case "content_block_delta": {
        const { text = "", partial_json = "" } = objectOf(value.delta);
        reading.text += text;
        reading.argumentsText += partial_json;
        break;
      }
      case "content_block_stop": {
        const call = reading.calls.at(-1);
        if (call !== undefined && reading.argumentsText !== "") call.input = JSON.parse(reading.argumentsText);
        reading.argumentsText = "";
        break;
      }
      case "message_stop":
        reading.end = "whole";
        break;
      case "error":
        reading.fail(objectOf(value.error).message);
    }
  },
  responses: (reading, value) => {
    const { status } = value;
    if (value.type === "error" || (value.error !== undefined && value.error !== null)) {
      return reading.fail(value.message ?? objectOf(value.error).message);
    }
    if (value.type === "response.failed") return reading.fail(objectOf(objectOf(value.response).error).message);
    if (value.type === "response.output_text.delta") reading.text += String(value.delta);
    if (value.type === "response.output_item.done") readItem(reading, objectOf(value.item), false);
    if (value.type === "response.completed") reading.end = "whole";
    if (value.object !== "response") return;
    for (const item of objectsIn(value.output)) readItem(reading, item, true);
    if (status === "completed") reading.end = "whole";
  },
  ollama: (reading, value) => {
    if (value.error !== undefined) return reading.fail(value.error);
    const message = objectOf(value.message);
    reading.text += String(message.content ?? "");
    for (const call of objectsIn(message.tool_calls)) {
      const { name, arguments: input } = objectOf(call.function);
      reading.calls.push({ name: String(name), input });
    }
    if (value.done === true) reading.end = "whole";
  },
};

function readBlock(reading: Reading, block: JsonObject): void {
  if (block.type === "text") reading.text += String(block.text);
  if (block.type === "tool_use") reading.calls.push({ name: String(block.name), input: block.input });
}

function readItem(reading: Reading, item: JsonObject, withText: boolean): void {
  if (item.type === "function_call") {
    reading.calls.push({ name: String(item.name), input: JSON.parse(String(item.arguments)) });
  }
  if (!withText) return;
  for (const part of objectsIn(item.content)) reading.text += String(part.text ?? "");
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

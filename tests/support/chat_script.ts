import { type JsonObject, objectOf } from "../../src/models/parsers/fields.ts";
import { json, sse } from "./answers.ts";
import type { Answer } from "./fake_backend.ts";

/** What the scripted model thinks when it is told to think. */
export const THOUGHT = "Let me think";

/** What it answers where it is given a JSON schema. */
export const STRUCTURED = '{"city":"Oslo","degrees":7}';

/** What it calls a tool with. */
export const ARGUMENTS = '{"city":"Oslo","note":"smørbrød ✓"}';

/** What it calls a tool with that takes one free text. */
export const FREE_INPUT = "*** Begin Patch\n*** End Patch";

/** Tokens of each of its answers; a part of the prompt came from a cache. */
export const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 5,
  total_tokens: 17,
  prompt_tokens_details: { cached_tokens: 4 },
} as const;

/** What it says when nothing else is wanted of it. */
export function greeting(server: string): string {
  return `Hello from ${server}, ✓ done`;
}

interface Reply {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

/**
 * A model behind `/v1/chat/completions` that does what a request asks for: it calls the first tool that it is given, says
 * what a tool has answered, thinks, fills in a schema, or greets. Streams in small pieces.
 */
export function chatScript(server: string): Answer {
  return (exchange) => {
    const body = objectOf(JSON.parse(exchange.request.body.toString()));
    const reply = replyTo(body, server);
    return (body.stream === true ? streamed(reply, body) : whole(reply))(exchange);
  };
}

function replyTo(body: JsonObject, server: string): Reply {
  const template = objectOf(body.chat_template_kwargs);
  const thinks = body.reasoning_effort !== undefined || template.enable_thinking === true;
  const reasoning = thinks ? THOUGHT : "";
  const last = objectOf(listOf(body.messages).at(-1));
  if (last.role === "tool") return { reasoning, text: `The tool says: ${textOf(last.content)}`, calls: [] };
  const [tool] = listOf(body.tools).map((entry) => objectOf(objectOf(entry).function));
  if (tool !== undefined) {
    const takesText = "input" in objectOf(objectOf(tool.parameters).properties);
    const given = takesText ? JSON.stringify({ input: FREE_INPUT }) : ARGUMENTS;
    return { reasoning, text: "", calls: [{ id: "call_1", name: String(tool.name), arguments: given }] };
  }
  const isStructured = objectOf(body.response_format).type === "json_schema";
  return { reasoning, text: isStructured ? STRUCTURED : greeting(server), calls: [] };
}

const HEAD = { id: "chatcmpl-1", created: 1700000000, model: "the backend's own name" };

function whole({ reasoning, text, calls }: Reply): Answer {
  const tool_calls = calls.map(({ id, ...made }) => ({ id, type: "function", function: made }));
  const message = {
    role: "assistant",
    content: text === "" ? null : text,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls }),
  };
  const choices = [{ index: 0, message, finish_reason: calls.length === 0 ? "stop" : "tool_calls" }];
  return json({ ...HEAD, object: "chat.completion", choices, usage: USAGE });
}

function streamed({ reasoning, text, calls }: Reply, body: JsonObject): Answer {
  const deltas: JsonObject[] = [{ role: "assistant", content: "" }];
  for (const piece of pieces(reasoning)) deltas.push({ reasoning_content: piece });
  for (const piece of pieces(text)) deltas.push({ content: piece });
  calls.forEach(({ id, name, arguments: given }, index) => {
    deltas.push({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
    for (const piece of pieces(given)) deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
  });
  const chunks = deltas.map((delta) => chatDelta(delta));
  chunks.push(chatDelta({}, calls.length === 0 ? "stop" : "tool_calls"));
  if (objectOf(body.stream_options).include_usage === true) {
    chunks.push({ ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE });
  }
  return sse(chunks);
}

/** One event of a chat stream. */
export function chatDelta(delta: JsonObject, finish_reason: string | null = null): JsonObject {
  return { ...HEAD, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] };
}

/** A text in pieces of a few characters. */
function pieces(text: string): string[] {
  return text.match(/.{1,7}/gsu) ?? [];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content).map((part) => String(objectOf(part).text ?? "")).join("");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The answer to chat completions of a server that knows no other dialect. */
export function chatOnly(answer: Answer): Answer {
  return (exchange) => (exchange.request.target === "/v1/chat/completions" ? answer : UNKNOWN_PATH)(exchange);
}

const UNKNOWN_PATH = json({ detail: "Not Found" }, { status: 404 });

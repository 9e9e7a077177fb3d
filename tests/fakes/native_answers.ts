/**
 * How servers answer that speak Anthropic's Messages and OpenAI's Responses themselves: shortly, and with the word
 * "native", so that a test sees that nothing was translated. Shapes follow the types of the npm packages
 * `@anthropic-ai/sdk` and `openai`.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json, stream } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import type { Call } from "./fake_server.ts";

/** What a server without translation says: its own name, and that it understood. */
export function nativeText(server: string): string {
  return `native from ${server}`;
}

/** What every native server counts for every request. */
export const NATIVE_TOKENS = 4242;

/** The answer to `/v1/messages`, streamed or not. */
export function nativeMessage(call: Call, server: string): Answer {
  const text = nativeText(server);
  const head = { id: "msg_native", type: "message", role: "assistant", model: call.model };
  const usage = { input_tokens: 7, output_tokens: 3 };
  if (call.body.stream !== true) {
    const content = [{ type: "text", text }];
    return json({ ...head, content, stop_reason: "end_turn", stop_sequence: null, usage });
  }
  return named([
    { type: "message_start", message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 3 } },
    { type: "message_stop" },
  ]);
}

/** The answer to `/v1/messages/count_tokens`. */
export function nativeCount(): Answer {
  return json({ input_tokens: NATIVE_TOKENS });
}

/** The answer to `/v1/responses`, streamed or not. */
export function nativeResponse(call: Call, server: string): Answer {
  const text = nativeText(server);
  const part = { type: "output_text", text, annotations: [], logprobs: [] };
  const item = { id: "msg_native", type: "message", role: "assistant", status: "completed", content: [part] };
  const head = { id: "resp_native", object: "response", created_at: 1700000000, model: call.model, error: null };
  const done = { ...head, status: "completed", output: [item], parallel_tool_calls: true, tools: [], metadata: {} };
  if (call.body.stream !== true) return json(done);
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const events: JsonObject[] = [
    { type: "response.created", response: { ...done, status: "in_progress", output: [] } },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", content: [] } },
    { type: "response.content_part.added", ...place, part: { ...part, text: "" } },
    { type: "response.output_text.delta", ...place, delta: text, logprobs: [] },
    { type: "response.output_text.done", ...place, text, logprobs: [] },
    { type: "response.content_part.done", ...place, part },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: done },
  ];
  return named(events.map((event, index) => ({ ...event, sequence_number: index })));
}

/** Events whose name stands before their data. */
function named(events: readonly JsonObject[]): Answer {
  return stream(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}

import { malformed } from "./chat_ending.ts";
import type { ChatEvent, ChatResult, ChatUsage, FinishReason, TokenLogprob } from "./chat_event.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { type NewId, objectOf } from "./json_object.ts";

/**
 * What a whole answer says: a chat completion or a legacy completion.
 *
 * @throws {AnswerError} It reports an error, or has no choice.
 */
export function resultOf(json: unknown, { newId }: { readonly newId: NewId }): ChatResult {
  const answer = objectOf(json);
  if (answer === undefined) throw malformed("The backend's answer is not a JSON object");
  const reader = new ChunkReader(newId);
  const events: ChatEvent[] = [];
  reader.read(answer, events);
  if (!reader.started) throw malformed("The backend's answer has no choices");
  reader.close(events);
  return collect(events);
}

/** The whole answer that events tell of. Arguments that never came are `{}`: a call without arguments. */
export function collect(events: Iterable<ChatEvent>): ChatResult {
  const texts = { reasoning: "", text: "", refusal: "" };
  const calls: { id: string; name: string; arguments: string }[] = [];
  let start = { id: "", model: "" };
  let end: { reason: FinishReason; stopSequence?: string | undefined } = { reason: "stop" };
  const logprobs: TokenLogprob[] = [];
  let usage: ChatUsage | undefined;
  for (const event of events) {
    switch (event.kind) {
      case "start":
        start = event;
        break;
      case "text":
        texts.text += event.text;
        for (const logprob of event.logprobs ?? []) logprobs.push(logprob);
        break;
      case "reasoning":
      case "refusal":
        texts[event.kind] += event.text;
        break;
      case "tool_call":
        calls[event.index] = { id: event.id, name: event.name, arguments: "" };
        break;
      case "tool_arguments": {
        const call = calls[event.index];
        if (call !== undefined) call.arguments += event.text;
        break;
      }
      case "finish":
        end = event;
        break;
      case "usage":
        usage = event.usage;
        break;
    }
  }
  return {
    id: start.id,
    model: start.model,
    ...texts,
    toolCalls: calls.map((call) => call.arguments === "" ? { ...call, arguments: "{}" } : call),
    finish: end.reason,
    ...(end.stopSequence === undefined ? {} : { stopSequence: end.stopSequence }),
    ...(logprobs.length === 0 ? {} : { logprobs }),
    usage,
  };
}

/** The events of a whole answer, for a client that wants a stream. */
export function eventsOf(result: ChatResult): ChatEvent[] {
  const events: ChatEvent[] = [{ kind: "start", id: result.id, model: result.model }];
  const { reasoning, text, refusal, logprobs } = result;
  if (reasoning !== "") events.push({ kind: "reasoning", text: reasoning });
  if (text !== "") events.push(logprobs === undefined ? { kind: "text", text } : { kind: "text", text, logprobs });
  if (refusal !== "") events.push({ kind: "refusal", text: refusal });
  for (const [index, call] of result.toolCalls.entries()) {
    events.push({ kind: "tool_call", index, id: call.id, name: call.name });
    if (call.arguments !== "") events.push({ kind: "tool_arguments", index, text: call.arguments });
  }
  const { finish: reason, stopSequence, usage } = result;
  events.push(stopSequence === undefined ? { kind: "finish", reason } : { kind: "finish", reason, stopSequence });
  if (usage !== undefined) events.push({ kind: "usage", usage });
  return events;
}

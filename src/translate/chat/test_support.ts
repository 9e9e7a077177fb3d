import { ChatDecoder } from "./chat_decoder.ts";
import type { ChatEnding } from "./chat_ending.ts";
import type { ChatEvent } from "./chat_event.ts";

/** Ids in the order in which they are asked for: `call_1`, `chatcmpl-2`. */
export function countedIds(): (prefix: string) => string {
  let asked = 0;
  return (prefix) => prefix + ++asked;
}

/** The JSON of a chat chunk with one choice. */
export function chunk(delta: unknown, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: "chatcmpl-a",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  };
}

/** The chunk that says why the model stopped. */
export function lastChunk(reason: unknown, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return chunk({}, { finish_reason: reason, ...more });
}

/** Events as a server writes them: a text stands as it is, all else as the JSON of a `data:` line. */
export function streamText(events: readonly unknown[]): string {
  return events.map((event) => typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`).join("");
}

export const DONE = "data: [DONE]\n\n";

/** What comes of an answer's bytes, in pieces of `size`, or in one. */
export function decode(answer: string | Uint8Array, size?: number): { events: ChatEvent[]; ending: ChatEnding } {
  const bytes = typeof answer === "string" ? new TextEncoder().encode(answer) : answer;
  const step = size ?? Math.max(bytes.length, 1);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
  return decodePieces(pieces);
}

/** What comes of the pieces of an answer. */
export function decodePieces(pieces: readonly Uint8Array[]): { events: ChatEvent[]; ending: ChatEnding } {
  const decoder = new ChatDecoder({ newId: countedIds() });
  const events = pieces.flatMap((piece) => decoder.push(piece));
  events.push(...decoder.end());
  if (decoder.ending === undefined) throw new Error("An answer that was closed has no ending");
  return { events, ending: decoder.ending };
}

/** Events without the start and with neighbouring pieces of one text or call put together, to compare what was said. */
export function joined(events: readonly ChatEvent[]): ChatEvent[] {
  const out: ChatEvent[] = [];
  for (const event of events) {
    const last = out.at(-1);
    if (last !== undefined && "text" in event && "text" in last && last.kind === event.kind) {
      if (event.kind !== "tool_arguments" || (last.kind === "tool_arguments" && last.index === event.index)) {
        out[out.length - 1] = { ...last, text: last.text + event.text };
        continue;
      }
    }
    if (event.kind !== "start") out.push(event);
  }
  return out;
}

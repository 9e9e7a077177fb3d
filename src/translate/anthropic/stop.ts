import type { FinishReason } from "../chat/chat_event.ts";
import type { Stop } from "./wire.ts";

/** What is known of an answer when it ends. */
export interface Ending {
  readonly finish: FinishReason;
  readonly stopSequence?: string | undefined;
  readonly refusal: string;
  readonly hasCalls: boolean;
}

export const NOT_STOPPED: Stop = { stop_reason: null, stop_sequence: null, stop_details: null };

/**
 * Why a message ended, in Anthropic's words.
 *
 * 1. `length`: `max_tokens`, also in the middle of a call, which then must not be run.
 * 2. `content_filter`: `refusal`.
 * 3. Any call: `tool_use`, whatever the backend says; some say `stop`, and clients run tools only on this word.
 * 4. A refusal's text: `refusal`.
 * 5. A stop sequence that the backend names: `stop_sequence`.
 * 6. Else `end_turn`.
 */
export function stopOf({ finish, stopSequence = "", refusal, hasCalls }: Ending): Stop {
  if (finish === "length") return { ...NOT_STOPPED, stop_reason: "max_tokens" };
  if (finish !== "content_filter" && hasCalls) return { ...NOT_STOPPED, stop_reason: "tool_use" };
  if (finish === "content_filter" || refusal !== "") {
    const explanation = refusal === "" ? null : refusal;
    return {
      stop_reason: "refusal",
      stop_sequence: null,
      stop_details: { type: "refusal", category: null, explanation },
    };
  }
  if (stopSequence === "") return { ...NOT_STOPPED, stop_reason: "end_turn" };
  return { ...NOT_STOPPED, stop_reason: "stop_sequence", stop_sequence: stopSequence };
}

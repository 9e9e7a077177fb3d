import type { TokenLogprob } from "../chat/chat_event.ts";
import type { OutputLogprob } from "./response_types.ts";

const encoder = new TextEncoder();

/** Clients count on the bytes, which not every server sends; those of a whole token follow from it. */
function bytesOf({ token, bytes }: Pick<TokenLogprob, "token" | "bytes">): number[] {
  return bytes ? [...bytes] : [...encoder.encode(token)];
}

/** Log probabilities of tokens as this API has them. */
export function outputLogprobs(logprobs: readonly TokenLogprob[]): OutputLogprob[] {
  return logprobs.map((entry) => ({
    token: entry.token,
    logprob: entry.logprob,
    bytes: bytesOf(entry),
    top_logprobs: (entry.top_logprobs ?? []).map((top) => ({
      token: top.token,
      logprob: top.logprob,
      bytes: bytesOf(top),
    })),
  }));
}

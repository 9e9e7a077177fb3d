import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collect, eventsOf, resultOf } from "./chat_answer.ts";
import type { TokenLogprob } from "./chat_event.ts";
import { chunk, countedIds, decode, DONE, lastChunk, streamText } from "./test_support.ts";

const HI: TokenLogprob = { token: "Hi", logprob: -0.1, bytes: [72, 105], top_logprobs: [{ token: "Ho", logprob: -2 }] };
const YOU: TokenLogprob = { token: " you", logprob: -0.5 };

/** The texts of a stream with their tokens. */
function told(...chunks: unknown[]): unknown[] {
  return decode(streamText([...chunks, lastChunk("stop"), DONE])).events.flatMap((event) =>
    event.kind === "text" ? [[event.text, event.logprobs]] : []
  );
}

describe("log probabilities", () => {
  const cases: readonly (readonly [string, readonly unknown[], unknown])[] = [
    ["stand with their text", [
      chunk({ content: "Hi" }, { logprobs: { content: [HI] } }),
      chunk({ content: " you" }, { logprobs: { content: [YOU] } }),
    ], [["Hi", [HI]], [" you", [YOU]]]],
    ["are none when the backend sends none", [chunk({ content: "Hi" }, { logprobs: null })], [["Hi", undefined]]],
    ["without a list are none", [chunk({ content: "Hi" }, { logprobs: { content: null } })], [["Hi", undefined]]],
    ["wait for the text of a character that takes two tokens", [
      chunk({ content: "" }, { logprobs: { content: [HI] } }),
      chunk({ content: "👋" }, { logprobs: { content: [YOU] } }),
    ], [["👋", [HI, YOU]]]],
    ["of thoughts are not those of the text", [
      chunk({ reasoning: "hm" }, { logprobs: { content: [HI] } }),
      chunk({ content: " you" }, { logprobs: { content: [YOU] } }),
    ], [[" you", [YOU]]]],
    ["that are none are left out", [
      chunk({ content: "Hi" }, { logprobs: { content: [{ token: 1, logprob: 1 }, null, { token: "a" }, YOU] } }),
    ], [["Hi", [YOU]]]],
    ["of a legacy completion come in lists", [{
      choices: [{
        text: "Hi you",
        logprobs: { tokens: ["Hi", " you", "x"], token_logprobs: [-0.1, -0.5, null], top_logprobs: [{ Ho: -2 }, null] },
      }],
    }], [["Hi you", [{ token: "Hi", logprob: -0.1, top_logprobs: [{ token: "Ho", logprob: -2 }] }, YOU]]]],
  ];
  for (const [name, chunks, expected] of cases) test(name, () => assert.deepEqual(told(...chunks), expected));

  test("are the same in a whole answer, and survive becoming events", () => {
    const choice = { message: { content: "Hi you" }, finish_reason: "stop", logprobs: { content: [HI, YOU] } };
    const result = resultOf({ id: "a", choices: [choice] }, { newId: countedIds() });
    assert.deepEqual(result.logprobs, [HI, YOU]);
    assert.deepEqual(collect(eventsOf(result)), result);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatEvent } from "./chat_event.ts";
import { chunk, decode, DONE, joined, lastChunk, streamText } from "./test_support.ts";

/** What a stream of these chunks says, without its start; a clean end is part of the expectation. */
function told(...chunks: unknown[]): ChatEvent[] {
  const { events, ending } = decode(streamText([...chunks, DONE]));
  assert.deepEqual(ending, { kind: "clean" });
  return joined(events);
}

const STOP: ChatEvent = { kind: "finish", reason: "stop" };
const text = (text: string): ChatEvent => ({ kind: "text", text });
const reasoning = (text: string): ChatEvent => ({ kind: "reasoning", text });

describe("the texts of a chunk", () => {
  const cases: readonly (readonly [string, unknown, readonly ChatEvent[]])[] = [
    ["content", { content: "Hi" }, [text("Hi")]],
    ["null content", { content: null }, []],
    ["empty content", { content: "" }, []],
    ["parts", { content: [{ type: "text", text: "a" }, "b", null, { type: "text", text: "c" }] }, [text("abc")]],
    ["parts without a type", { content: [{ text: "a" }] }, [text("a")]],
    ["parts that are no text", { content: [{ type: "image_url", image_url: { url: "x" } }] }, []],
    ["think tags stay", { content: "<think>x</think>y" }, [text("<think>x</think>y")]],
    ["reasoning_content", { reasoning_content: "hm", content: null }, [reasoning("hm")]],
    ["reasoning", { reasoning: "hm" }, [reasoning("hm")]],
    ["thinking", { thinking: "hm" }, [reasoning("hm")]],
    ["the same in two fields", { reasoning: "hm", reasoning_content: "hm" }, [reasoning("hm")]],
    [
      "reasoning_details",
      {
        reasoning_details: [{ type: "reasoning.text", text: "h" }, { type: "reasoning.summary", summary: "m" }, {
          data: "x",
        }],
      },
      [reasoning("hm")],
    ],
    [
      "reasoning beside its details",
      { reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
      [reasoning("hm")],
    ],
    [
      "Mistral's thinking parts",
      { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }, { type: "text", text: "a" }] },
      [reasoning("hm"), text("a")],
    ],
    ["reasoning and content in one chunk", { content: "a", reasoning_content: "hm" }, [reasoning("hm"), text("a")]],
    ["a refusal", { refusal: "No" }, [{ kind: "refusal", text: "No" }]],
    ["a refusal as a part", { content: [{ type: "refusal", refusal: "No" }] }, [{ kind: "refusal", text: "No" }]],
    ["fields of other types", { content: 5, reasoning: { a: 1 }, refusal: false, reasoning_details: "x" }, []],
  ];
  for (const [name, delta, expected] of cases) {
    test(name, () => assert.deepEqual(told(chunk(delta), lastChunk("stop")), [...expected, STOP]));
  }
});

describe("the start", () => {
  test("comes with the first choice, before any text", () => {
    const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
    const { events } = decode(streamText([azure, chunk({ role: "assistant" })]));
    assert.deepEqual(events, [{ kind: "start", id: "chatcmpl-a", model: "m" }]);
  });

  test("has an id of ours and no model where the backend names none", () => {
    const { events } = decode(streamText([{ choices: [{ delta: { content: "a" } }] }]));
    assert.deepEqual(events, [{ kind: "start", id: "chatcmpl-1", model: "" }, text("a")]);
  });
});

describe("choices", () => {
  test("other than the first are ignored, in any order", () => {
    const two = {
      ...chunk({}),
      choices: [{ index: 1, delta: { content: "B" } }, { index: 0, delta: { content: "A" } }],
    };
    const other = { ...chunk({}), choices: [{ index: 1, delta: { content: "B" }, finish_reason: "length" }] };
    assert.deepEqual(told(two, other, lastChunk("stop")), [text("A"), STOP]);
  });

  test("of a legacy completion say their text", () => {
    const legacy = (text: string, reason: string | null = null) => ({
      choices: [{ index: 0, text, finish_reason: reason }],
    });
    assert.deepEqual(told(legacy("a"), legacy("b"), legacy("", "length")), [text("ab"), {
      kind: "finish",
      reason: "length",
    }]);
  });

  test("that are not there, or are no objects, say nothing", () => {
    const odd = [{ choices: null }, { choices: [null, 3] }, { choices: {} }, { type: "ping" }, chunk(null)];
    assert.deepEqual(told(...odd, chunk({ content: "a" }), lastChunk("stop")), [text("a"), STOP]);
  });
});

describe("the finish reason", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["stop", "stop"],
    ["eos", "stop"],
    ["STOP", "stop"],
    ["end_turn", "stop"],
    ["something new", "stop"],
    ["length", "length"],
    ["max_tokens", "length"],
    ["content_filter", "content_filter"],
    ["safety", "content_filter"],
    // No call came, so none can be waited for.
    ["tool_calls", "stop"],
  ];
  for (const [said, reason] of cases) {
    test(`"${said}" is ${reason}`, () => {
      assert.deepEqual(told(chunk({ content: "a" }), lastChunk(said)), [text("a"), { kind: "finish", reason }]);
    });
  }

  test("that never comes is a stop once [DONE] is there", () => {
    for (const none of [null, "", undefined, 3]) {
      assert.deepEqual(told(chunk({ content: "a" }), lastChunk(none)), [text("a"), STOP]);
    }
  });

  test("counts once, and text after it is ignored", () => {
    const chunks = [chunk({ content: "a" }, { finish_reason: "length" }), chunk({ content: "b" }), lastChunk("stop")];
    assert.deepEqual(told(...chunks), [text("a"), { kind: "finish", reason: "length" }]);
  });
});

describe("the stop sequence", () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string | undefined])[] = [
    ["vLLM's text", { stop_reason: "###" }, "###"],
    ["vLLM's token", { stop_reason: 128009 }, undefined],
    ["vLLM's null", { stop_reason: null }, undefined],
    ["SGLang's text", { matched_stop: "###" }, "###"],
    ["SGLang's token", { matched_stop: 2 }, undefined],
    ["stop_sequence", { stop_sequence: "###" }, "###"],
    ["a finish reason in other words", { stop_reason: "end_turn" }, undefined],
  ];
  for (const [name, fields, stopSequence] of cases) {
    test(name, () => {
      const finish = stopSequence === undefined ? STOP : { ...STOP, stopSequence };
      assert.deepEqual(told(lastChunk("stop", fields)), [finish]);
    });
  }

  test("is not told when the answer was cut off for its length", () => {
    assert.deepEqual(told(lastChunk("length", { stop_reason: "###" })), [{ kind: "finish", reason: "length" }]);
  });
});

describe("token counts", () => {
  const usage = (input: number, output: number) => ({ prompt_tokens: input, completion_tokens: output });
  const cases: readonly (readonly [string, readonly unknown[], unknown])[] = [
    ["in a chunk without choices", [lastChunk("stop"), { choices: [], usage: usage(5, 2) }], {
      inputTokens: 5,
      outputTokens: 2,
    }],
    [
      "in each chunk: the last ones",
      [{ ...chunk({}), usage: usage(5, 1) }, { ...lastChunk("stop"), usage: usage(5, 2) }, {
        choices: [],
        usage: null,
      }],
      { inputTokens: 5, outputTokens: 2 },
    ],
    ["the last that are counts", [{ ...lastChunk("stop"), usage: usage(5, 2) }, { choices: [], usage: {} }], {
      inputTokens: 5,
      outputTokens: 2,
    }],
    ["before the finish", [{ ...chunk({}), usage: usage(5, 2) }, lastChunk("stop")], {
      inputTokens: 5,
      outputTokens: 2,
    }],
    ["in the choice", [lastChunk("stop", { usage: usage(5, 2) })], { inputTokens: 5, outputTokens: 2 }],
    [
      "with details",
      [lastChunk("stop"), {
        choices: [],
        usage: {
          ...usage(5, 2),
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      }],
      { inputTokens: 5, outputTokens: 2, cachedTokens: 4, reasoningTokens: 1 },
    ],
    [
      "with DeepSeek's cache",
      [lastChunk("stop"), { choices: [], usage: { ...usage(5, 2), prompt_cache_hit_tokens: 4 } }],
      { inputTokens: 5, outputTokens: 2, cachedTokens: 4 },
    ],
    [
      "llama.cpp's timings",
      [{ ...lastChunk("stop"), timings: { cache_n: 10, prompt_n: 5, predicted_n: 7 } }],
      { inputTokens: 15, outputTokens: 7, cachedTokens: 10 },
    ],
    [
      "llama.cpp's timings without a cache",
      [{ ...lastChunk("stop"), timings: { prompt_n: 5, predicted_n: 7 } }],
      { inputTokens: 5, outputTokens: 7 },
    ],
    [
      "usage wins over timings",
      [{ ...lastChunk("stop"), usage: usage(5, 2), timings: { prompt_n: 1, predicted_n: 7 } }],
      { inputTokens: 5, outputTokens: 2 },
    ],
    ["that are no counts", [{ ...lastChunk("stop"), usage: { prompt_tokens: "5", completion_tokens: -1 } }], undefined],
    ["only of the prompt", [{ ...lastChunk("stop"), usage: { prompt_tokens: 5 } }], {
      inputTokens: 5,
      outputTokens: 0,
    }],
  ];
  for (const [name, chunks, expected] of cases) {
    test(name, () => {
      const events = told(...chunks);
      assert.deepEqual(events, expected === undefined ? [STOP] : [STOP, { kind: "usage", usage: expected }]);
    });
  }
});

describe("tool calls", () => {
  const CALL: ChatEvent = { kind: "tool_call", index: 0, id: "a", name: "f" };
  const ARGUMENTS: ChatEvent = { kind: "tool_arguments", index: 0, text: "{}" };
  const delta = { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "{}" } }] };

  for (const said of ["tool_calls", "function_call", "stop"]) {
    test(`end an answer that says "${said}" as tool_calls`, () => {
      assert.deepEqual(told(chunk(delta), lastChunk(said)), [CALL, ARGUMENTS, {
        kind: "finish",
        reason: "tool_calls",
      }]);
    });
  }

  test("that were cut off for their length say so", () => {
    assert.deepEqual(told(chunk(delta), lastChunk("length")), [CALL, ARGUMENTS, { kind: "finish", reason: "length" }]);
  });

  test("that wait for an id are told before the finish, also when it never comes", () => {
    const waiting = chunk({ tool_calls: [{ index: 0, function: { name: "f" } }] });
    const kinds = (events: readonly ChatEvent[]) => events.map((event) => event.kind);
    assert.deepEqual(kinds(told(waiting, lastChunk("tool_calls"))), ["tool_call", "finish"]);
    assert.deepEqual(kinds(told(waiting)), ["tool_call", "finish"]);
  });

  test("of old come as function_call", () => {
    const events = told(
      chunk({ function_call: { name: "f", arguments: "{" } }),
      chunk({ function_call: { arguments: "}" } }),
      lastChunk("function_call"),
    );
    assert.deepEqual(events, [{ ...CALL, id: "call_1" }, ARGUMENTS, { kind: "finish", reason: "tool_calls" }]);
  });

  test("that are null or no list say nothing", () => {
    for (const none of [null, "x", [null], {}]) {
      assert.deepEqual(told(chunk({ content: "a", tool_calls: none, function_call: null }), lastChunk("stop")), [
        text("a"),
        STOP,
      ]);
    }
  });
});

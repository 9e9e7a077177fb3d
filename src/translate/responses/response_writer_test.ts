import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OllaError } from "../../errors.ts";
import type { ChatEvent } from "../chat/chat_event.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { responseWriter } from "./response_writer.ts";
import { contextOf, streamOf, wholeOf, type WireEvent, wireEvents } from "./responses_test_support.ts";

const text = (value: string): ChatEvent => ({ kind: "text", text: value });
const thought = (value: string): ChatEvent => ({ kind: "reasoning", text: value });
const call = (index: number, id: string, name: string): ChatEvent => ({ kind: "tool_call", index, id, name });
const args = (index: number, value: string): ChatEvent => ({ kind: "tool_arguments", index, text: value });
const finish = (reason: "stop" | "length" | "tool_calls" | "content_filter"): ChatEvent => ({ kind: "finish", reason });
const CUSTOM = { tools: [{ type: "custom", name: "apply_patch" }] };

/** The events without the lifecycle's, each as its name and what it says. */
function told(events: readonly ChatEvent[], request?: JsonObject): string[] {
  return wireEvents(streamOf(events, request)).map((event) => {
    const { type, delta, item, output_index } = event as WireEvent & { item?: { type: string; status: string } };
    const name = type.replace(/^response\./, "");
    if (item !== undefined) return `${output_index} ${name} ${item.type} ${item.status}`;
    if (output_index === undefined) return name;
    const said = delta ?? event["text"] ?? event["arguments"] ?? event["input"] ?? event["refusal"];
    return said === undefined ? `${output_index} ${name}` : `${output_index} ${name} ${said}`;
  });
}

describe("a streamed response", () => {
  test("goes through the states of a text", () => {
    assert.deepEqual(told([{ kind: "start", id: "x", model: "y" }, text("Hel"), text("lo"), finish("stop")]), [
      "created",
      "in_progress",
      "0 output_item.added message in_progress",
      "0 content_part.added",
      "0 output_text.delta Hel",
      "0 output_text.delta lo",
      "0 output_text.done Hello",
      "0 content_part.done",
      "0 output_item.done message completed",
      "completed",
    ]);
  });

  test("ends the thinking before the text, and the text before a call", () => {
    assert.deepEqual(
      told([thought("hm"), text("a"), call(0, "c", "find"), args(0, "{}"), finish("tool_calls")]).slice(2),
      [
        "0 output_item.added reasoning in_progress",
        "0 content_part.added",
        "0 reasoning_text.delta hm",
        "0 reasoning_text.done hm",
        "0 content_part.done",
        "0 output_item.done reasoning completed",
        "1 output_item.added message in_progress",
        "1 content_part.added",
        "1 output_text.delta a",
        "1 output_text.done a",
        "1 content_part.done",
        "1 output_item.done message completed",
        "2 output_item.added function_call in_progress",
        "2 function_call_arguments.delta {}",
        "2 function_call_arguments.done {}",
        "2 output_item.done function_call completed",
        "completed",
      ],
    );
  });

  test("tells the thinking as a summary when one was asked for", () => {
    const events = told([thought("hm"), text("a")], { reasoning: { summary: "auto" } });
    assert.deepEqual(events.slice(2, 8), [
      "0 output_item.added reasoning in_progress",
      "0 reasoning_summary_part.added",
      "0 reasoning_summary_text.delta hm",
      "0 reasoning_summary_text.done hm",
      "0 reasoning_summary_part.done",
      "0 output_item.done reasoning completed",
    ]);
  });

  test("keeps calls open whose arguments come in turns", () => {
    const events = [call(0, "c0", "a"), call(1, "c1", "b"), args(0, "{"), args(1, "["), args(0, "}"), args(1, "]")];
    assert.deepEqual(told([...events, finish("tool_calls")]).slice(2), [
      "0 output_item.added function_call in_progress",
      "1 output_item.added function_call in_progress",
      "0 function_call_arguments.delta {",
      "1 function_call_arguments.delta [",
      "0 function_call_arguments.delta }",
      "1 function_call_arguments.delta ]",
      "0 function_call_arguments.done {}",
      "0 output_item.done function_call completed",
      "1 function_call_arguments.done []",
      "1 output_item.done function_call completed",
      "completed",
    ]);
  });

  test("tells the free text of a custom tool while it is written", () => {
    const pieces = ['{"in', 'put": "a\\', "nb", '"}'].map((piece) => args(0, piece));
    assert.deepEqual(told([call(0, "c", "apply_patch"), ...pieces, finish("tool_calls")], CUSTOM).slice(2), [
      "0 output_item.added custom_tool_call in_progress",
      "0 custom_tool_call_input.delta a",
      "0 custom_tool_call_input.delta \nb",
      "0 custom_tool_call_input.done a\nb",
      "0 output_item.done custom_tool_call completed",
      "completed",
    ]);
  });

  test("tells a text after a call as a message of its own, and a refusal as a part", () => {
    const events: ChatEvent[] = [call(0, "c", "find"), text("a"), { kind: "refusal", text: "No" }, finish("stop")];
    assert.deepEqual(told(events).slice(2), [
      "0 output_item.added function_call in_progress",
      "1 output_item.added message in_progress",
      "1 content_part.added",
      "1 output_text.delta a",
      "1 output_text.done a",
      "1 content_part.done",
      "1 content_part.added",
      "1 refusal.delta No",
      "0 function_call_arguments.delta {}",
      "0 function_call_arguments.done {}",
      "0 output_item.done function_call completed",
      "1 refusal.done No",
      "1 content_part.done",
      "1 output_item.done message completed",
      "completed",
    ]);
  });

  test("counts its events from 0 without gaps", () => {
    const events = wireEvents(streamOf([thought("a"), text("b"), finish("stop")]));
    assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, at) => at));
  });

  test("has a message even when the model said nothing", () => {
    const events = told([finish("stop")]);
    assert.deepEqual(events.filter((event) => event.startsWith("0 output_item")).length, 2);
    assert.ok(!events.some((event) => event.includes("delta")), events.join());
  });

  test("ends its items at the end when no finish came, and only once when it did", () => {
    const count = (events: readonly ChatEvent[]) =>
      told(events).filter((event) => /output_item\.done/.test(event)).length;
    assert.equal(count([text("a")]), 1);
    assert.equal(count([text("a"), finish("stop")]), 1);
  });

  test("gives log probabilities with their texts, and all of them at the end, with bytes", () => {
    const top = { token: "u", logprob: -2, bytes: [117] };
    const given = { token: "ü", logprob: -1, top_logprobs: [top] };
    const written = [{ token: "ü", logprob: -1, bytes: [0xc3, 0xbc], top_logprobs: [top] }];
    const events = wireEvents(streamOf([{ kind: "text", text: "ü", logprobs: [given] }, text("b"), finish("stop")]));
    const texts = events.filter(({ type }) => type.startsWith("response.output_text"));
    assert.deepEqual(texts.map((event) => event["logprobs"]), [written, [], written]);
    const [whole] = wholeOf({ text: "üb", logprobs: [given] }).output;
    assert.ok(whole?.type === "message" && whole.content[0]?.type === "output_text");
    assert.deepEqual(whole.content[0].logprobs, written);
  });

  test("gives the count of tokens that comes after the finish", () => {
    const usage = { inputTokens: 5, outputTokens: 3, cachedTokens: 2, reasoningTokens: 1 };
    const last = wireEvents(streamOf([text("a"), finish("stop"), { kind: "usage", usage }])).at(-1);
    assert.deepEqual((last?.["response"] as JsonObject)["usage"], {
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 8,
    });
  });

  test("says that the limit of tokens stopped it", () => {
    const [itemDone, last] = wireEvents(streamOf([thought("hm"), text("a"), finish("length")])).slice(-2);
    assert.equal((itemDone?.["item"] as JsonObject)["status"], "incomplete");
    assert.equal(last?.type, "response.incomplete");
    const { status, incomplete_details, completed_at, output } = last?.["response"] as JsonObject;
    assert.deepEqual([status, incomplete_details, completed_at], ["incomplete", { reason: "max_output_tokens" }, null]);
    assert.deepEqual((output as JsonObject[]).map((item) => item["status"]), ["completed", "incomplete"]);
  });

  test("takes only the last call for unfinished when the limit of tokens stopped it", () => {
    const events = [call(0, "c0", "a"), args(0, "{}"), call(1, "c1", "b"), args(1, '{"x'), finish("length")];
    const done = told(events).filter((event) => event.includes("output_item.done"));
    assert.deepEqual(done, [
      "0 output_item.done function_call completed",
      "1 output_item.done function_call incomplete",
    ]);
  });

  test("hands calls out with the finish, not only at the end of the stream", () => {
    const writer = responseWriter(contextOf());
    writer.event(call(0, "c", "find"));
    assert.match(writer.event(finish("tool_calls")), /response\.output_item\.done/);
    assert.deepEqual(wireEvents(writer.end()).map((event) => event.type), ["response.completed"]);
  });

  test("says that a filter stopped it, and invents no message then", () => {
    const last = wireEvents(streamOf([finish("content_filter")])).at(-1);
    const { incomplete_details, output } = last?.["response"] as JsonObject;
    assert.deepEqual([incomplete_details, output], [{ reason: "content_filter" }, []]);
  });
});

describe("a stream that broke off", () => {
  const cut = new OllaError("upstream_error", "The server broke off its answer; try again");

  test("fails the response with what there was, and then raises in SDKs", () => {
    const writer = responseWriter(contextOf());
    writer.event(text("Hel"));
    const [failed, raised, ...more] = wireEvents(writer.fail(cut, "req_1"));
    assert.deepEqual(more, []);
    assert.equal(failed?.type, "response.failed");
    const { status, error, output } = failed?.["response"] as JsonObject;
    assert.deepEqual([status, error], ["failed", { code: "server_error", message: cut.message }]);
    const [message] = output as JsonObject[];
    assert.deepEqual([message?.["status"], (message?.["content"] as JsonObject[])[0]?.["text"]], ["incomplete", "Hel"]);
    const detail = { code: "upstream_error", message: cut.message, param: null };
    assert.deepEqual(raised, {
      type: "error",
      ...detail,
      error: { type: "server_error", ...detail },
      sequence_number: 6,
    });
    assert.equal(writer.ended, undefined);
  });

  test("begins the response first when nothing had come", () => {
    const events = wireEvents(responseWriter(contextOf()).fail(cut, "req_1")).map((event) => event.type);
    assert.deepEqual(events, ["response.created", "response.in_progress", "response.failed", "error"]);
  });

  const codes: [status: number, code: string][] = [[429, "rate_limit_exceeded"], [400, "invalid_prompt"], [
    504,
    "server_error",
  ]];
  for (const [status, code] of codes) {
    test(`gives status ${status} as ${code}`, () => {
      const error = new OllaError("upstream_error", "x", { status });
      const failed = wireEvents(responseWriter(contextOf()).fail(error, "req_1")).at(-2);
      assert.equal(((failed?.["response"] as JsonObject)["error"] as JsonObject)["code"], code);
    });
  }
});

describe("a whole response", () => {
  test("says again what the request said", () => {
    const request = {
      instructions: "Be brief",
      max_output_tokens: 50,
      metadata: { a: "b" },
      parallel_tool_calls: false,
      prompt_cache_key: "k",
      reasoning: { effort: "high" },
      safety_identifier: "s",
      store: true,
      temperature: 0.2,
      text: { verbosity: "low" },
      tool_choice: "required",
      tools: [{ type: "function", name: "find" }],
      top_p: 0.9,
      truncation: "auto",
      user: "u",
    };
    const { output: _output, ...fields } = wholeOf({ text: "Hello" }, request);
    assert.deepEqual(fields, {
      ...request,
      id: "resp_1",
      object: "response",
      created_at: 1,
      completed_at: 2,
      model: "llama",
      status: "completed",
      error: null,
      incomplete_details: null,
      access_programs: null,
      background: false,
      max_tool_calls: null,
      previous_response_id: null,
      reasoning: { effort: "high", summary: null },
      store: false,
      text: { format: { type: "text" }, verbosity: "low" },
      top_logprobs: null,
      truncation: "disabled",
    });
  });

  test("has thinking, text, refusal and calls in this order", () => {
    const toolCalls = [
      { id: "c1", name: "crm__find", arguments: '{"n":1}' },
      { id: "c2", name: "apply_patch", arguments: '{"input":"x"}' },
      { id: "c3", name: "local_shell", arguments: '{"command":["ls"],"env":{"A":"b","C":1}}' },
      { id: "c4", name: "unheard_of", arguments: "" },
    ];
    const tools = [
      ...CUSTOM.tools,
      { type: "local_shell" },
      { type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }] },
    ];
    const { output } = wholeOf({ reasoning: "hm", text: "a", refusal: "No", toolCalls, finish: "tool_calls" }, {
      tools,
    });
    const status = "completed";
    assert.deepEqual(output, [
      { id: "rs_2", type: "reasoning", status, summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
      {
        id: "msg_3",
        type: "message",
        role: "assistant",
        status,
        content: [
          { type: "output_text", text: "a", annotations: [], logprobs: [] },
          { type: "refusal", refusal: "No" },
        ],
      },
      {
        id: "fc_4",
        type: "function_call",
        status,
        call_id: "c1",
        name: "find",
        namespace: "crm",
        arguments: '{"n":1}',
      },
      { id: "ctc_5", type: "custom_tool_call", status, call_id: "c2", name: "apply_patch", input: "x" },
      {
        id: "lsh_6",
        type: "local_shell_call",
        status,
        call_id: "c3",
        action: { type: "exec", command: ["ls"], env: { A: "b" }, timeout_ms: null, working_directory: null },
      },
      { id: "fc_7", type: "function_call", status, call_id: "c4", name: "unheard_of", arguments: "{}" },
    ]);
  });

  test("has the thinking as a summary, or carried as well, when the request asks", () => {
    const summary = wholeOf({ reasoning: "hm", text: "a" }, { reasoning: { summary: "concise" } }).output[0];
    assert.deepEqual(summary, {
      id: "rs_2",
      type: "reasoning",
      status: "completed",
      summary: [{ type: "summary_text", text: "hm" }],
    });
    const [carried] = wholeOf({ reasoning: "hm", text: "a" }, { include: ["reasoning.encrypted_content"] }).output;
    assert.ok(carried?.type === "reasoning" && carried.encrypted_content?.startsWith("olla1:"));
  });

  test("gives calls ids of their own where the server gave none, or one twice", () => {
    const toolCalls = ["", "c", "c"].map((id) => ({ id, name: "find", arguments: "{}" }));
    const ids = wholeOf({ toolCalls }).output.map((item) => item.type === "function_call" && item.call_id);
    assert.deepEqual(ids, ["call_2", "c", "call_5"]);
  });

  const shells: [kind: string, args: string, expected: JsonObject][] = [
    ["shell", '{"commands":["ls"],"timeout_ms":5}', {
      type: "shell_call",
      status: "completed",
      environment: null,
      action: { commands: ["ls"], timeout_ms: 5, max_output_length: null },
    }],
    ["shell", "ls", {
      type: "shell_call",
      status: "incomplete",
      environment: null,
      action: { commands: [], timeout_ms: null, max_output_length: null },
    }],
    ["local_shell", '{"command":"ls"}', {
      type: "local_shell_call",
      status: "completed",
      action: { type: "exec", command: ["ls"], env: {}, timeout_ms: null, working_directory: null },
    }],
    ["apply_patch", '{"type":"create_file","path":"a","diff":"+x"}', {
      type: "apply_patch_call",
      status: "completed",
      operation: { type: "create_file", path: "a", diff: "+x" },
    }],
    ["apply_patch", '{"type":"delete_file","path":"a"}', {
      type: "apply_patch_call",
      status: "completed",
      operation: { type: "delete_file", path: "a" },
    }],
    ["apply_patch", "+x", {
      type: "apply_patch_call",
      status: "completed",
      operation: { type: "update_file", path: "", diff: "+x" },
    }],
    ["tool_search", '{"query":"mail"}', {
      type: "tool_search_call",
      status: "completed",
      execution: "client",
      arguments: { query: "mail" },
    }],
  ];
  for (const [kind, written, expected] of shells) {
    test(`has the call of ${kind} with ${written}`, () => {
      const tools = [{ type: kind, execution: "client" }];
      const [{ id: _id, ...item } = { id: "" }] = wholeOf(
        { toolCalls: [{ id: "c", name: kind, arguments: written }], finish: "tool_calls" },
        { tools },
      ).output;
      assert.deepEqual(item, { ...expected, call_id: "c" });
    });
  }

  test("is no answer to a request for vectors", () => {
    const answer = { kind: "embeddings", vectors: [], model: "m", inputTokens: 1 } as const;
    assert.throws(() => responseWriter(contextOf()).whole(answer), { code: "internal" });
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";
import type {
  Response as SdkResponse,
  ResponseInputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { OllaError } from "../../errors.ts";
import type { ChatEvent } from "../chat/chat_event.ts";
import type { ResponseEvent } from "./response_events.ts";
import type { OutputItem, ResponseBody } from "./response_types.ts";
import { responseWriter } from "./response_writer.ts";
import { contextOf, streamOf, wholeOf } from "./responses_test_support.ts";

/** Fails to compile unless every value of the first type is one of the second. */
type Fits<Value extends Sdk, Sdk> = [Value, Sdk];
/** Sent back as the client wrote it, hence `unknown` to us; `output_text` is the SDK's own addition. */
type NotOurs = "metadata" | "output_text" | "reasoning" | "text" | "tool_choice" | "tools";
type Numbered<Event> = Event extends unknown ? Omit<Event, "response"> & { readonly sequence_number: number } : never;
type Known<Event> = Event extends unknown ? Omit<Event, "response"> : never;

/** What is written is what the SDK's types say. */
type _Checks = [
  Fits<Omit<ResponseBody, NotOurs>, Omit<SdkResponse, NotOurs>>,
  Fits<Numbered<ResponseEvent>, Known<ResponseStreamEvent>>,
  Fits<OutputItem, SdkResponse["output"][number]>,
  Fits<OutputItem, ResponseInputItem>,
];

const TOOLS = [{ type: "custom" as const, name: "edit" }, { type: "local_shell" as const }];
const EVENTS: ChatEvent[] = [
  { kind: "reasoning", text: "hm" },
  { kind: "text", text: "Hel" },
  { kind: "text", text: "lo" },
  { kind: "tool_call", index: 0, id: "c0", name: "find" },
  { kind: "tool_call", index: 1, id: "c1", name: "edit" },
  { kind: "tool_call", index: 2, id: "c2", name: "local_shell" },
  { kind: "tool_arguments", index: 1, text: '{"input":"a' },
  { kind: "tool_arguments", index: 0, text: '{"n":1}' },
  { kind: "tool_arguments", index: 1, text: 'b"}' },
  { kind: "tool_arguments", index: 2, text: '{"command":["ls"]}' },
  { kind: "finish", reason: "tool_calls" },
  { kind: "usage", usage: { inputTokens: 5, outputTokens: 3 } },
];

/** OpenAI's SDK against a server that sends this. */
function clientOf(body: string, type = "text/event-stream"): OpenAI {
  const fetch = () => Promise.resolve(new Response(body, { headers: { "content-type": type } }));
  return new OpenAI({ apiKey: "none", baseURL: "http://127.0.0.1:1/v1", fetch, maxRetries: 0 });
}

describe("OpenAI's SDK", () => {
  for (const reasoning of [null, { summary: "auto" as const }]) {
    test(`puts a stream together to what its last event says, with reasoning ${JSON.stringify(reasoning)}`, async () => {
      const request = { model: "llama", input: "Hi", tools: TOOLS, reasoning };
      const stream = clientOf(streamOf(EVENTS, request)).responses.stream(request);
      const deltas: string[] = [];
      stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
      const response = await stream.finalResponse();
      assert.deepEqual([response.output_text, deltas, response.status], ["Hello", ["Hel", "lo"], "completed"]);
      const types = ["reasoning", "message", "function_call", "custom_tool_call", "local_shell_call"];
      assert.deepEqual(response.output.map((item) => item.type), types);
      assert.equal(response.usage?.total_tokens, 8);
    });
  }

  test("has put the same together before the last event comes", async () => {
    const cut = streamOf(EVENTS, { tools: TOOLS }).split("event: response.completed")[0] ?? "";
    const { output } = await clientOf(cut).responses.stream({ model: "llama", input: "Hi" }).finalResponse();
    const [, , call, custom] = output;
    assert.ok(call?.type === "function_call" && custom?.type === "custom_tool_call");
    assert.deepEqual([call.arguments, custom.input], ['{"n":1}', "ab"]);
  });

  test("reads a whole answer", async () => {
    const body = JSON.stringify(wholeOf({ text: "Hello" }));
    const response = await clientOf(body, "application/json").responses.create({ model: "llama", input: "Hi" });
    assert.equal(response.output_text, "Hello");
  });

  const cut = new OllaError("upstream_error", "The server broke off its answer; try again");
  const broken = () => {
    const writer = responseWriter(contextOf());
    return writer.event({ kind: "text", text: "Hel" }) + writer.fail(cut, "req_1");
  };

  test("raises when a stream broke off, after it has told of the failure", async () => {
    const seen: string[] = [];
    const read = async () => {
      for await (
        const event of await clientOf(broken()).responses.create({ model: "llama", input: "Hi", stream: true })
      ) {
        seen.push(event.type);
      }
    };
    await assert.rejects(read(), (error) => error instanceof OpenAI.APIError && error.message.includes(cut.message));
    assert.equal(seen.at(-1), "response.failed");
  });

  test("raises from its own helper too", async () => {
    const final = clientOf(broken()).responses.stream({ model: "llama", input: "Hi" }).finalResponse();
    await assert.rejects(final, (error) => error instanceof OpenAI.APIError && error.code === "upstream_error");
  });
});

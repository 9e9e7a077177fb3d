import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { ARGUMENTS, FREE_INPUT, THOUGHT } from "../support/chat_script.ts";
import { modelOf, ServerKinds } from "../support/server_kinds.ts";

const MODEL = modelOf("openai-compatible");
const HEADERS = {
  "content-type": "application/json",
  "accept": "text/event-stream",
  "authorization": "Bearer sk-of-the-user",
  "openai-beta": "responses=experimental",
  "originator": "codex_cli_rs",
  "session_id": "0a1b2c3d-0000-4000-8000-000000000000",
  "user-agent": "codex_cli_rs/0.63.0 (Linux; x86_64)",
} as const;

const SHELL = {
  type: "function",
  name: "shell",
  description: "Runs a shell command and returns its output.",
  strict: false,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const APPLY_PATCH = {
  type: "custom",
  name: "apply_patch",
  description: "Use the `apply_patch` tool to edit files. This is a FREEFORM tool, so do not wrap the patch in JSON.",
  format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch" LF "*** End Patch" LF?' },
};
const PLAN = { type: "function", name: "update_plan", strict: false, parameters: { type: "object", properties: {} } };

const USER = { type: "message", role: "user", content: [{ type: "input_text", text: "What is the weather?" }] };
const CONTEXT = {
  type: "message",
  role: "user",
  content: [{ type: "input_text", text: "<environment_context><cwd>/home/me</cwd></environment_context>" }],
};

function turn(input: readonly unknown[], tools: readonly unknown[]): JsonObject {
  return {
    model: MODEL,
    instructions: "You are Codex, a coding agent in a terminal.",
    input,
    tools,
    tool_choice: "auto",
    parallel_tool_calls: false,
    reasoning: { effort: "medium", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "0a1b2c3d-0000-4000-8000-000000000000",
    text: { verbosity: "medium" },
  };
}

interface Item extends JsonObject {
  readonly type: string;
}
interface Event extends JsonObject {
  readonly type: string;
  readonly item?: Item;
  readonly response?: { readonly id: string; readonly output: Item[]; readonly usage: JsonObject };
}

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start(["openai-compatible"]);
after(async () => (await started)?.[Symbol.asyncDispose]());

/** One turn, read as Codex reads it: by the `data` of events, whose items count when they are done. */
async function run(body: JsonObject): Promise<{ events: Event[]; items: Item[] }> {
  const { olla } = await start();
  const init = { method: "POST", headers: HEADERS, body: JSON.stringify(body) };
  const response = await fetch(`${olla.url}/v1/responses`, init);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const blocks = (await response.text()).trimEnd().split("\n\n").map((block) => block.split("\n"));
  const events = blocks.map(([name, data]) => {
    const event = JSON.parse(data?.replace(/^data: /, "") ?? "") as Event;
    assert.equal(name, `event: ${event.type}`);
    return event;
  });
  const items = events.flatMap(({ type, item }) => type === "response.output_item.done" && item ? [item] : []);
  return { events, items };
}

async function sent() {
  return JSON.parse((await start()).lastOf("openai-compatible").body.toString());
}

describe("Codex", () => {
  test("runs a function tool, thinks, and goes on with its own items sent back", async () => {
    const tools = [SHELL, APPLY_PATCH, PLAN, { type: "web_search" }];
    const first = await run(turn([CONTEXT, USER], tools));
    assert.deepEqual(first.events.map(({ sequence_number }) => sequence_number), [...first.events.keys()]);
    assert.equal(first.events[0]?.type, "response.created");
    const completed = first.events.at(-1);
    assert.equal(completed?.type, "response.completed");
    assert.deepEqual(completed.response?.output, first.items);
    assert.equal(completed.response?.usage.total_tokens, 17);
    const [thought, call] = first.items;
    assert.equal(thought?.type, "reasoning");
    assert.ok(JSON.stringify(thought).includes(THOUGHT));
    assert.deepEqual([call?.type, call?.name, call?.arguments], ["function_call", "shell", ARGUMENTS]);
    const asked = await sent();
    assert.deepEqual(asked.tools.map((tool: { function: JsonObject }) => tool.function.name), [
      "shell",
      "apply_patch",
      "update_plan",
    ]);
    assert.equal(asked.reasoning_effort, "medium");
    assert.equal(asked.parallel_tool_calls, false);
    const names = (await start()).lastOf("openai-compatible").headers.map(([name]) => name.toLowerCase());
    assert.ok(!names.includes("openai-beta") && !names.includes("authorization"));
    for (const foreign of ["store", "include", "prompt_cache_key", "instructions", "input"]) {
      assert.ok(!(foreign in asked), `${foreign} has come to the backend`);
    }

    const output = { type: "function_call_output", call_id: call?.call_id, output: "7 degrees" };
    const second = await run(turn([CONTEXT, USER, ...first.items, output], tools));
    const [, message] = second.items;
    assert.equal(message?.type, "message");
    assert.ok(JSON.stringify(message).includes("The tool says: 7 degrees"));
    const roles = (await sent()).messages.map(({ role }: { role: string }) => role);
    assert.deepEqual(roles.slice(-2), ["assistant", "tool"]);
  });

  test("patches with a custom tool, whose input is free text", async () => {
    const first = await run(turn([USER], [APPLY_PATCH, SHELL]));
    const call = first.items.find(({ type }) => type === "custom_tool_call");
    assert.deepEqual([call?.name, call?.input], ["apply_patch", FREE_INPUT]);
    const done = first.events.find(({ type }) => type === "response.custom_tool_call_input.done");
    assert.equal(done?.input, FREE_INPUT);
    const deltas = first.events.filter(({ type }) => type === "response.custom_tool_call_input.delta");
    assert.equal(deltas.map(({ delta }) => delta).join(""), FREE_INPUT);
    const output = { type: "custom_tool_call_output", call_id: call?.call_id, output: "Success" };
    const second = await run(turn([USER, ...first.items, output], [APPLY_PATCH, SHELL]));
    assert.ok(JSON.stringify(second.items).includes("The tool says: Success"));
  });

  test("finds its model in the list", async () => {
    const { olla } = await start();
    const { data } = await olla.page<{ data: { id: string }[] }>("/v1/models");
    assert.deepEqual(data.map(({ id }) => id), [MODEL]);
  });
});

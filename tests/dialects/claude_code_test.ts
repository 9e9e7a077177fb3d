import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { NATIVE_TOKENS, nativeText } from "../fakes/native_answers.ts";
import { greeting } from "../support/chat_script.ts";
import { readIn } from "../support/dialect_client.ts";
import { type KindName, modelOf, ServerKinds } from "../support/server_kinds.ts";

const BETA = "claude-code-20250219,interleaved-thinking-2025-05-14,fine-grained-tool-streaming-2025-05-14";

/** What Claude Code sends with every request. */
const HEADERS = {
  "content-type": "application/json",
  "accept": "application/json",
  "user-agent": "claude-cli/2.0.55 (external, cli)",
  "authorization": "Bearer sk-ant-oat-of-the-user",
  "x-app": "cli",
  "x-stainless-lang": "js",
  "anthropic-version": "2023-06-01",
  "anthropic-beta": BETA,
  "anthropic-dangerous-direct-browser-access": "true",
} as const;

const EPHEMERAL = { cache_control: { type: "ephemeral" } };
const TOOL_NAMES = [
  ..."Task Bash Glob Grep LS ExitPlanMode Read Edit MultiEdit Write NotebookEdit WebFetch TodoWrite".split(" "),
  ..."WebSearch BashOutput KillShell SlashCommand mcp__github__create_issue mcp__ide__getDiagnostics Skill".split(" "),
];
const TOOLS = TOOL_NAMES.map((name) => ({
  name,
  description: `What ${name} does, at length. `.repeat(20),
  input_schema: {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { city: { type: "string", description: "A text" }, timeout: { type: "number" } },
    required: ["city"],
    additionalProperties: false,
  },
}));

function turn(model: string, messages: readonly unknown[]): Record<string, unknown> {
  return {
    model,
    messages,
    system: [
      { type: "text", text: "You are Claude Code, Anthropic's official CLI for Claude.", ...EPHEMERAL },
      { type: "text", text: "You are an interactive CLI tool that helps users.", ...EPHEMERAL },
    ],
    tools: TOOLS,
    metadata: { user_id: `user_${"a".repeat(64)}_account__session_0a1b2c3d-0000-4000-8000-000000000000` },
    max_tokens: 32000,
    thinking: { type: "enabled", budget_tokens: 31999 },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    stream: true,
  };
}

const FIRST = {
  role: "user",
  content: [
    { type: "text", text: "<system-reminder>\nAs you answer, use this context.\n</system-reminder>" },
    { type: "text", text: "What is the weather in Oslo?", ...EPHEMERAL },
  ],
};

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start(["openai-compatible", "llamacpp"]);
after(async () => (await started)?.[Symbol.asyncDispose]());

async function post(path: string, body: unknown): Promise<Response> {
  const { olla } = await start();
  return await fetch(`${olla.url}${path}`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
}

async function lastOf(kind: KindName) {
  const received = (await start()).lastOf(kind);
  return { received, body: JSON.parse(received.body.toString()) };
}

for (const base of ["", "/olla/anthropic"]) {
  describe(`Claude Code at "${base}"`, () => {
    test("works through a tool with a model that only speaks chat completions", async () => {
      const model = modelOf("openai-compatible");
      const first = await post(`${base}/v1/messages?beta=true`, turn(model, [FIRST]));
      assert.equal(first.headers.get("content-type"), "text/event-stream");
      assert.equal(first.headers.get("x-olla-mode"), null);
      const asked = await readIn("anthropic", first);
      assert.deepEqual([asked.end, asked.calls.map(({ name }) => name)], ["whole", ["Task"]], asked.raw);
      assert.match(asked.raw, /"stop_reason":"tool_use"/);
      assert.match(asked.raw, /event: ping\n/);
      const { received, body } = await lastOf("openai-compatible");
      assert.equal(received.target, "/v1/chat/completions", "without ?beta=true");
      const foreign = received.headers.filter(([name]) => /^(?:anthropic-|authorization|x-api-key)/i.test(name));
      assert.deepEqual(foreign, []);
      assert.equal(body.messages[0].role, "system");
      assert.match(body.messages[0].content, /You are Claude Code[^]*interactive CLI tool/);
      assert.deepEqual(body.tools.map((tool: { function: { name: string } }) => tool.function.name), TOOL_NAMES);
      assert.deepEqual(body.tools[0].function.parameters, TOOLS[0]?.input_schema);
      assert.ok(body.user.length <= 64);
      assert.equal(body.max_tokens, 32000);
      const text = JSON.stringify(body);
      for (const foreign of ["cache_control", "context_management", "thinking", "metadata"]) {
        assert.ok(!text.includes(`"${foreign}"`), `${foreign} has come to the backend`);
      }

      const id = /"type":"tool_use","id":"([^"]+)"/.exec(asked.raw)?.[1];
      const thought = { type: "thinking", thinking: "Let me think", signature: "" };
      const called = { type: "tool_use", id, name: "Task", input: asked.calls[0]?.input };
      const result = { type: "tool_result", tool_use_id: id, content: "7 degrees", is_error: false, ...EPHEMERAL };
      const follow = [FIRST, { role: "assistant", content: [thought, called] }, { role: "user", content: [result] }];
      const answer = await readIn("anthropic", await post(`${base}/v1/messages?beta=true`, turn(model, follow)));
      assert.deepEqual([answer.end, answer.text], ["whole", "The tool says: 7 degrees"], answer.raw);
      assert.match(answer.raw, /"stop_reason":"end_turn"/);
      const sent = (await lastOf("openai-compatible")).body.messages;
      assert.deepEqual(sent.map((message: { role: string }) => message.role), ["system", "user", "assistant", "tool"]);
    });

    test("gets a title of a conversation without tools", async () => {
      const model = modelOf("openai-compatible");
      const { tools: _tools, thinking: _thinking, ...rest } = turn(model, [{ role: "user", content: "Title?" }]);
      const told = await readIn("anthropic", await post(`${base}/v1/messages?beta=true`, { ...rest, stream: false }));
      assert.deepEqual([told.end, told.text], ["whole", greeting("openai-compatible")], told.raw);
    });

    test("passes through to a model that speaks Anthropic's dialect, query, headers and every byte", async () => {
      const request = turn(modelOf("llamacpp"), [FIRST]);
      const response = await post(`${base}/v1/messages?beta=true`, request);
      assert.equal(response.headers.get("x-olla-mode"), "passthrough");
      const told = await readIn("anthropic", response);
      assert.deepEqual([told.end, told.text], ["whole", nativeText("llamacpp")], told.raw);
      const { received } = await lastOf("llamacpp");
      assert.equal(received.target, "/v1/messages?beta=true");
      assert.equal(received.header("anthropic-version"), "2023-06-01");
      assert.equal(received.header("anthropic-beta"), BETA);
      assert.equal(received.header("authorization"), undefined);
      assert.equal(received.body.toString(), JSON.stringify(request));
    });

    test("counts tokens, by the server where it can", async () => {
      const { stream: _stream, max_tokens: _max, ...request } = turn(modelOf("llamacpp"), [FIRST]);
      const native = await post(`${base}/v1/messages/count_tokens?beta=true`, request);
      assert.deepEqual(await native.json(), { input_tokens: NATIVE_TOKENS });
      assert.equal(native.headers.get("x-olla-token-count"), null);
      const { received } = await lastOf("llamacpp");
      assert.equal(received.target, "/v1/messages/count_tokens?beta=true");
    });

    test("counts tokens, by olla where no server can, and no server is asked", async () => {
      const kinds = await start();
      const asked = kinds.server("openai-compatible").backend.requests.length;
      const { stream: _stream, max_tokens: _max, ...request } = turn(modelOf("openai-compatible"), [FIRST]);
      const response = await post(`${base}/v1/messages/count_tokens?beta=true`, request);
      assert.equal(response.status, 200);
      const { input_tokens } = await response.json() as { input_tokens: number };
      assert.ok(input_tokens > 2000 && input_tokens < 12000, `${input_tokens} tokens`);
      assert.equal(response.headers.get("x-olla-token-count"), "estimated");
      const less = await post(`${base}/v1/messages/count_tokens?beta=true`, { ...request, tools: [] });
      assert.ok((await less.json() as { input_tokens: number }).input_tokens < input_tokens / 4);
      assert.equal(kinds.server("openai-compatible").backend.requests.length, asked);
    });

    test("lists models in Anthropic's format", async () => {
      const { olla } = await start();
      const response = await fetch(`${olla.url}${base}/v1/models?limit=1000`, { headers: HEADERS });
      const list = await response.json() as { data: { id: string; type: string }[]; has_more: boolean };
      assert.deepEqual(list.data.map(({ id, type }) => [id, type]), [
        [modelOf("llamacpp"), "model"],
        [modelOf("openai-compatible"), "model"],
      ]);
      assert.equal(list.has_more, false);
    });
  });
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chatOf, refusalOf } from "./responses_test_support.ts";

const text = (value: string) => ({ type: "input_text", text: value });
const user = (content: unknown) => ({ role: "user", content });
const call = (id: string, name = "find", args = "{}") => ({
  type: "function_call",
  call_id: id,
  name,
  arguments: args,
});
const output = (id: string, said: unknown) => ({ type: "function_call_output", call_id: id, output: said });
const chatCall = (id: string, name = "find", args = "{}") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const said = (value: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: value, annotations: [] }],
});
const thought = (value: string) => ({
  type: "reasoning",
  id: "rs_1",
  summary: [],
  content: [{ type: "reasoning_text", text: value }],
});

describe("the messages of a conversation", () => {
  const cases: [what: string, body: Record<string, unknown>, messages: unknown[]][] = [
    ["a text", { input: "Hi" }, [{ role: "user", content: "Hi" }]],
    ["instructions and a text", { instructions: "Be brief", input: "Hi" }, [
      { role: "system", content: "Be brief" },
      { role: "user", content: "Hi" },
    ]],
    ["a message with its type", { input: [{ type: "message", ...user("Hi") }] }, [{ role: "user", content: "Hi" }]],
    ["one text part as a text", { input: [user([text("Hi")])] }, [{ role: "user", content: "Hi" }]],
    ["several parts apart", { input: [user([text("a"), text("b")])] }, [
      { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
    ]],
    ["the first words of system and developer in one", {
      instructions: "One",
      input: [
        { role: "developer", content: [text("Two"), text("Three")] },
        { role: "system", content: "Four" },
        user("Hi"),
      ],
    }, [{ role: "system", content: "One\n\nTwo\nThree\n\nFour" }, { role: "user", content: "Hi" }]],
    ["later words of the developer at their place", {
      input: [user("a"), { role: "developer", content: "b" }, user("c")],
    }, [
      { role: "user", content: "a" },
      { role: "system", content: "b" },
      { role: "user", content: "c" },
    ]],
    ["a turn of the model in one message", {
      input: [
        user("a"),
        thought("hm"),
        said("b"),
        call("c1"),
        call("c2", "add", '{"n":1}'),
        output("c1", "x"),
        output("c2", "y"),
      ],
    }, [
      { role: "user", content: "a" },
      {
        role: "assistant",
        content: "b",
        tool_calls: [chatCall("c1"), chatCall("c2", "add", '{"n":1}')],
        reasoning_content: "hm",
      },
      { role: "tool", tool_call_id: "c1", content: "x" },
      { role: "tool", tool_call_id: "c2", content: "y" },
    ]],
    ["calls alone, thought between them", { input: [call("c1"), thought("hm"), call("c2"), output("c1", "x")] }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1"), chatCall("c2")], reasoning_content: "hm" },
      { role: "tool", tool_call_id: "c1", content: "x" },
    ]],
    ["turns apart where tools spoke between them", {
      input: [call("c1"), output("c1", "x"), call("c2"), output("c2", "y")],
    }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1")] },
      { role: "tool", tool_call_id: "c1", content: "x" },
      { role: "assistant", content: null, tool_calls: [chatCall("c2")] },
      { role: "tool", tool_call_id: "c2", content: "y" },
    ]],
    ["neighbouring messages of the model in one", { input: [said("a"), { role: "assistant", content: "b" }] }, [
      { role: "assistant", content: "a\n\nb" },
    ]],
    ["a refusal", {
      input: [user("a"), { role: "assistant", content: [{ type: "refusal", refusal: "No" }] }, user("b")],
    }, [
      { role: "user", content: "a" },
      { role: "assistant", content: "", refusal: "No" },
      { role: "user", content: "b" },
    ]],
    ["thought alone", { input: [user("a"), thought("hm")] }, [
      { role: "user", content: "a" },
      { role: "assistant", content: "", reasoning_content: "hm" },
    ]],
    ["thought as a summary", {
      input: [user("a"), {
        type: "reasoning",
        summary: [{ type: "summary_text", text: "x" }, { type: "summary_text", text: "y" }],
      }],
    }, [{ role: "user", content: "a" }, { role: "assistant", content: "", reasoning_content: "x\n\ny" }]],
    ["encrypted thought of another service as none", {
      input: [user("a"), {
        type: "reasoning",
        id: "rs_1",
        summary: [],
        encrypted_content: "gAAAAABpX2Zvcm1lciB0aG91Z2h0cw==",
      }],
    }, [{ role: "user", content: "a" }]],
    ["a call without arguments", { input: [{ ...call("c1"), arguments: "" }] }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1")] },
    ]],
    ["arguments that came as an object", { input: [{ ...call("c1"), arguments: { n: 1 } }] }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1", "find", '{"n":1}')] },
    ]],
    ["a custom tool's call and output", {
      input: [
        { type: "custom_tool_call", call_id: "c1", name: "apply_patch", input: 'a "b"\n' },
        { type: "custom_tool_call_output", call_id: "c1", output: "Done" },
      ],
    }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1", "apply_patch", '{"input":"a \\"b\\"\\n"}')] },
      { role: "tool", tool_call_id: "c1", content: "Done" },
    ]],
    ["a call in a namespace", {
      tools: [{ type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }] }],
      input: [{ ...call("c1"), namespace: "crm" }],
    }, [{ role: "assistant", content: null, tool_calls: [chatCall("c1", "crm__find")] }]],
    ["texts of a tool as one", { input: [call("c1"), output("c1", [text("a"), text("b")])] }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1")] },
      { role: "tool", tool_call_id: "c1", content: "a\nb" },
    ]],
    ["an image of a tool", {
      input: [call("c1"), output("c1", [text("a"), { type: "input_image", image_url: "data:x" }])],
    }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1")] },
      {
        role: "tool",
        tool_call_id: "c1",
        content: [{ type: "text", text: "a" }, { type: "image_url", image_url: { url: "data:x" } }],
      },
    ]],
    ["an output that is an object", { input: [call("c1"), output("c1", { ok: true })] }, [
      { role: "assistant", content: null, tool_calls: [chatCall("c1")] },
      { role: "tool", tool_call_id: "c1", content: '{"ok":true}' },
    ]],
    ["a call to a hosted server with its output", {
      input: [{ type: "mcp_call", id: "mcp_1", name: "fetch", server_label: "s", arguments: "{}", output: "page" }],
    }, [
      { role: "assistant", content: null, tool_calls: [chatCall("mcp_1", "fetch")] },
      { role: "tool", tool_call_id: "mcp_1", content: "page" },
    ]],
    ["traces of hosted tools, settings and what carries nothing as nothing", {
      input: [
        { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } },
        { type: "code_interpreter_call", id: "ci_1", code: "1", outputs: [], container_id: "c", status: "completed" },
        { type: "additional_tools", role: "developer", tools: [] },
        { type: "ghost_snapshot", ghost_commit: { id: "a" } },
        user("Hi"),
      ],
    }, [{ role: "user", content: "Hi" }]],
  ];
  for (const [what, body, messages] of cases) {
    test(`has ${what}`, () => assert.deepEqual(chatOf(body).messages, messages));
  }

  test("has the calls of tools that the client runs, and their outputs", () => {
    const input = [
      {
        type: "local_shell_call",
        id: "lsh_1",
        call_id: "c1",
        status: "completed",
        action: { type: "exec", command: ["ls", "-l"], env: {}, timeout_ms: null, working_directory: "/tmp" },
      },
      { type: "local_shell_call_output", id: "lsh_1", output: "{}" },
      { type: "shell_call", call_id: "c2", action: { commands: ["ls", "pwd"], timeout_ms: 5 } },
      {
        type: "shell_call_output",
        call_id: "c2",
        output: [
          { stdout: "a", stderr: "", outcome: { type: "exit", exit_code: 0 } },
          { stdout: "", stderr: "b", outcome: { type: "timeout" } },
        ],
      },
      { type: "apply_patch_call", call_id: "c3", status: "completed", operation: { type: "delete_file", path: "x" } },
      { type: "apply_patch_call_output", call_id: "c3", status: "failed", output: "no such file" },
      { type: "tool_search_call", call_id: "c4", execution: "client", arguments: { query: "mail" } },
      { type: "tool_search_output", call_id: "c4", tools: [{ type: "function", name: "send_mail" }] },
      { type: "tool_search_call", call_id: null, execution: "server", arguments: {} },
      { type: "tool_search_output", call_id: null, tools: [] },
    ];
    const chat = chatOf({ input });
    assert.deepEqual(chat.messages.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []), [
      chatCall("c1", "local_shell", '{"command":["ls","-l"],"working_directory":"/tmp"}'),
      chatCall("c2", "shell", '{"commands":["ls","pwd"],"timeout_ms":5}'),
      chatCall("c3", "apply_patch", '{"type":"delete_file","path":"x"}'),
      chatCall("c4", "tool_search", '{"query":"mail"}'),
    ]);
    assert.deepEqual(chat.messages.filter((message) => message.role === "tool"), [
      { role: "tool", tool_call_id: "c1", content: "{}" },
      { role: "tool", tool_call_id: "c2", content: "a\n[exit code 0]\nb\n[timed out]" },
      { role: "tool", tool_call_id: "c3", content: "Failed: no such file" },
      { role: "tool", tool_call_id: "c4", content: "Tools now usable: send_mail" },
    ]);
    assert.deepEqual(chat.tools?.map((tool) => tool.function.name), ["send_mail"]);
  });

  const wrong: [what: string, item: unknown, param: string, says: RegExp][] = [
    [
      "a reference",
      { type: "item_reference", id: "msg_1" },
      "input[0]",
      /"msg_1", which is not kept here; send the item/,
    ],
    ["a reference that does not say so", { id: "msg_1" }, "input[0]", /not kept here/],
    ["a compacted conversation", { type: "compaction", encrypted_content: "x" }, "input[0]", /compacted/],
    ["a request to compact", { type: "compaction_trigger" }, "input[0]", /leave it out/],
    ["a screenshot", { type: "computer_call_output", call_id: "c", output: {} }, "input[0]", /computer tool/],
    ["an unknown item with content", { type: "novelty", content: "x" }, "input[0]", /cannot be sent/],
    ["a text among items", "Hi", "input[0]", /object/],
    ["an unknown role", { role: "critic", content: "x" }, "input[0].role", /must be user/],
    ["a message without a role", { type: "message", content: "x" }, "input[0].role", /missing/],
    [
      "an image of the system",
      { role: "system", content: [{ type: "input_image", image_url: "x" }] },
      "input[0].content",
      /text only/,
    ],
    [
      "an image of the model",
      { role: "assistant", content: [{ type: "input_image", image_url: "x" }] },
      "input[0].content",
      /text only/,
    ],
    ["a call without a name", { type: "function_call", call_id: "c" }, "input[0].name", /missing/],
    ["a call without an id", { type: "function_call", name: "n" }, "input[0].call_id", /missing/],
    ["an output without an id", { type: "function_call_output", output: "x" }, "input[0].call_id", /missing/],
    ["an output that is a number", output("c", 5), "input[0].output", /string or a list/],
    [
      "a custom call whose input is no text",
      { type: "custom_tool_call", call_id: "c", name: "n", input: {} },
      "input[0].input",
      /string/,
    ],
  ];
  for (const [what, item, param, says] of wrong) {
    test(`refuses ${what}`, () => assert.match(refusalOf(() => chatOf({ input: [item] }), param), says));
  }
});

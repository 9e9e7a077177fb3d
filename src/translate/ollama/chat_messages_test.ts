import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "ollama";
import { chatMessages } from "./chat_messages.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAA";
const PNG_PART = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } };

const call = (name: string, more: object = {}) => ({ function: { name, arguments: {} }, ...more });
const said = (...calls: object[]) => ({ role: "assistant", content: "", tool_calls: calls });

describe("chatMessages", () => {
  const cases: [string, Message[] | object[], unknown[]][] = [
    ["keeps texts of all roles", [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ], [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ]],
    ["reads roles ignoring case", [{ role: "User", content: "Hi" }], [{ role: "user", content: "Hi" }]],
    ["takes a developer for the system", [{ role: "developer", content: "x" }], [{ role: "system", content: "x" }]],
    ["takes a missing content for an empty one", [{ role: "user" }, { role: "assistant", content: null }], [
      { role: "user", content: "" },
      { role: "assistant", content: "" },
    ]],
    ["puts images after the text", [{ role: "user", content: "What is it?", images: [PNG, PNG] }], [
      { role: "user", content: [{ type: "text", text: "What is it?" }, PNG_PART, PNG_PART] },
    ]],
    ["needs no text beside images", [{ role: "user", content: "", images: [PNG] }], [
      { role: "user", content: [PNG_PART] },
    ]],
    ["keeps a text a text when the list of images is empty", [{ role: "user", content: "Hi", images: [] }], [
      { role: "user", content: "Hi" },
    ]],
    ["keeps images of a tool's result", [
      said(call("shoot")),
      { role: "tool", content: "done", images: [PNG], tool_name: "shoot" },
    ], [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call00001", type: "function", function: { name: "shoot", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "call00001", content: [{ type: "text", text: "done" }, PNG_PART] },
    ]],
    ["keeps what was thought", [{ role: "assistant", content: "4", thinking: "2 and 2" }], [
      { role: "assistant", content: "4", reasoning_content: "2 and 2" },
    ]],
    ["writes arguments as text", [{
      role: "assistant",
      content: "Let me see",
      tool_calls: [{ function: { name: "weather", arguments: { city: "Paris" } } }],
    }], [{
      role: "assistant",
      content: "Let me see",
      tool_calls: [{
        id: "call00001",
        type: "function",
        function: { name: "weather", arguments: `{"city":"Paris"}` },
      }],
    }]],
  ];
  for (const [title, messages, expected] of cases) {
    test(title, () => assert.deepEqual(chatMessages(messages), expected));
  }

  /** Conversations, and the ids of calls and results in them, in order. */
  const links: [string, object[], string[]][] = [
    ["numbers calls through the conversation", [
      said(call("a"), call("b")),
      { role: "tool", content: "1", tool_name: "a" },
      { role: "tool", content: "2", tool_name: "b" },
      said(call("a")),
      { role: "tool", content: "3", tool_name: "a" },
    ], ["call00001", "call00002", "call00001", "call00002", "call00003", "call00003"]],
    ["links by name when results come in another order", [
      said(call("a"), call("b")),
      { role: "tool", content: "2", tool_name: "b" },
      { role: "tool", content: "1", tool_name: "a" },
    ], ["call00001", "call00002", "call00002", "call00001"]],
    ["links by order without names", [
      said(call("a"), call("b")),
      { role: "tool", content: "1" },
      { role: "tool", content: "2" },
    ], ["call00001", "call00002", "call00001", "call00002"]],
    ["links two calls of one name by order", [
      said(call("a"), call("a")),
      { role: "tool", content: "1", tool_name: "a" },
      { role: "tool", content: "2", tool_name: "a" },
    ], ["call00001", "call00002", "call00001", "call00002"]],
    ["links by order when the name is of no call", [
      said(call("a")),
      { role: "tool", content: "1", tool_name: "x" },
    ], ["call00001", "call00001"]],
    ["reads the name from `name` as older clients write it", [
      said(call("a"), call("b")),
      { role: "tool", content: "2", name: "b" },
    ], ["call00001", "call00002", "call00002"]],
    ["keeps ids that the client sends", [
      said(call("a", { id: "x1" }), call("b", { id: "x2" })),
      { role: "tool", content: "2", tool_call_id: "x2" },
      { role: "tool", content: "1", tool_call_id: "x1" },
    ], ["x1", "x2", "x2", "x1"]],
    ["links by order after ids that lead nowhere", [
      said(call("a")),
      { role: "tool", content: "1", tool_call_id: "lost" },
    ], ["call00001", "call00001"]],
    ["gives no id that the conversation has already", [
      said(call("a")),
      said(call("b", { id: "call00001" })),
      { role: "tool", content: "1", tool_call_id: "call00001" },
      { role: "tool", content: "2" },
    ], ["call00002", "call00001", "call00001", "call00002"]],
    ["links the calls of a turn that a client has cut into messages", [
      said(call("a")),
      said(call("b")),
      { role: "tool", content: "1" },
      { role: "tool", content: "2" },
    ], ["call00001", "call00002", "call00001", "call00002"]],
    ["takes a call without a result for given up when others follow", [
      said(call("a"), call("b")),
      { role: "tool", content: "1" },
      said(call("c")),
      { role: "tool", content: "3" },
    ], ["call00001", "call00002", "call00001", "call00003", "call00003"]],
    ["takes a call without a result for given up when the user speaks", [
      said(call("a")),
      { role: "user", content: "stop" },
      said(call("b")),
      { role: "tool", content: "2" },
    ], ["call00001", "call00002", "call00002"]],
    ["keeps a result without a call, under an id of its own", [
      { role: "tool", content: "1" },
      { role: "tool", content: "2", tool_call_id: "x" },
    ], ["call00001", "x"]],
    ["links a second result of one call to the same call", [
      said(call("a", { id: "x" })),
      { role: "tool", content: "1", tool_call_id: "x" },
      { role: "tool", content: "2", tool_call_id: "x" },
    ], ["x", "x", "x"]],
  ];
  for (const [title, messages, ids] of links) {
    test(title, () => {
      const found = chatMessages(messages).flatMap((message) => {
        if (message.role === "tool") return message.tool_call_id;
        return message.role === "assistant" ? message.tool_calls?.map(({ id }) => id) ?? [] : [];
      });
      assert.deepEqual(found, ids);
    });
  }

  const wrong: [unknown, string][] = [
    ["Hi", "messages[1]"],
    [{ content: "Hi" }, "messages[1].role"],
    [{ role: "narrator", content: "Hi" }, "messages[1].role"],
    [{ role: "user", content: [{ type: "text", text: "Hi" }] }, "messages[1].content"],
    [{ role: "user", content: "Hi", images: PNG }, "messages[1].images"],
    [{ role: "user", content: "Hi", images: [PNG, 7] }, "messages[1].images[1]"],
    [{ role: "assistant", content: "Hi", images: [PNG] }, "messages[1].images"],
    [{ role: "system", content: "Hi", images: [PNG] }, "messages[1].images"],
    [{ role: "assistant", tool_calls: {} }, "messages[1].tool_calls"],
    [{ role: "assistant", tool_calls: [7] }, "messages[1].tool_calls[0]"],
    [{ role: "assistant", tool_calls: [{}] }, "messages[1].tool_calls[0].function"],
    [{ role: "assistant", tool_calls: [{ function: {} }] }, "messages[1].tool_calls[0].function.name"],
    [said(call("a"), { function: { name: "b", arguments: 7 } }), "messages[1].tool_calls[1].function.arguments"],
  ];
  for (const [message, param] of wrong) {
    test(`refuses ${JSON.stringify(message)} naming ${param}`, () => {
      assert.throws(() => chatMessages([{ role: "user", content: "Hi" }, message]), { code: "invalid_request", param });
    });
  }

  test("tells which roles there are", () => {
    assert.throws(() => chatMessages([{ role: "narrator" }]), {
      message: `"messages[0].role" must be "system", "user", "assistant" or "tool", received "narrator"`,
    });
  });
});

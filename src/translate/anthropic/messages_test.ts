import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { chatMessages } from "./messages.ts";

function messagesFor(request: Record<string, unknown>) {
  return chatMessages({ value: request, path: "" });
}

const text = (words: string) => ({ type: "text", text: words });
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const use = (id: string, name = "add") => ({ type: "tool_use", id, name, input: {} });
const result = (id: string, content: unknown) => ({ type: "tool_result", tool_use_id: id, content });
const call = (id: string, name = "add") => ({ id, type: "function", function: { name, arguments: "{}" } });
const tool = (id: string, content: string) => ({ role: "tool", tool_call_id: id, content });
const image = { type: "image", source: { type: "url", url: "https://e/p" } };
const picture = { type: "image_url", image_url: { url: "https://e/p" } };

describe("Messages", () => {
  const cases: [name: string, messages: unknown[], expected: unknown[]][] = [
    ["of one user", [user("Hi")], [user("Hi")]],
    ["with several texts keep them apart", [user([text("One"), text("Two")])], [user("One\n\nTwo")]],
    ["with a picture keep the order", [user([text("See"), image, text("?")])], [
      user([text("See"), picture, text("?")]),
    ]],
    [
      "with results put them directly behind the calls, whatever stands before them",
      [user("Hi"), assistant([use("1"), use("2")]), user([text("Well?"), result("1", "a"), result("2", "b")])],
      [
        user("Hi"),
        { ...assistant(null), tool_calls: [call("1"), call("2")] },
        tool("1", "a"),
        tool("2", "b"),
        user("Well?"),
      ],
    ],
    [
      "with results in two messages of the user put them all before his words",
      [assistant([use("1"), use("2")]), user([result("1", "a"), text("So?")]), user([result("2", "b")])],
      [{ ...assistant(null), tool_calls: [call("1"), call("2")] }, tool("1", "a"), tool("2", "b"), user("So?")],
    ],
    [
      "with pictures in a result show them behind all results",
      [assistant([use("1", "look"), use("2")]), user([result("1", [image]), result("2", "b"), text("Go on")])],
      [
        { ...assistant(null), tool_calls: [call("1", "look"), call("2")] },
        tool("1", "The result is attached to the next message."),
        tool("2", "b"),
        user([text("Attached by the tool call 1 (look):"), picture, text("Go on")]),
      ],
    ],
    [
      "with a result that answers no call of the turn before keep it as text",
      [assistant([use("1")]), user([result("1", "a")]), assistant("Ok"), user([result("1", "again")])],
      [
        { ...assistant(null), tool_calls: [call("1")] },
        tool("1", "a"),
        assistant("Ok"),
        user("Result of the tool call 1:\nagain"),
      ],
    ],
    ["of one role in a row become one", [user("One"), user("Two"), assistant("a"), assistant("b")], [
      user("One\n\nTwo"),
      assistant("a\n\nb"),
    ]],
    [
      "that end with the assistant's words keep them for the model to go on",
      [user("Greek sun?"), assistant("It is (")],
      [user("Greek sun?"), assistant("It is (")],
    ],
    ["that are empty are left out, and their neighbours joined", [user("One"), assistant([]), user(""), user("Two")], [
      user("One\n\nTwo"),
    ]],
    ["with a system message first have it as the prompt", [{ role: "system", content: "Be kind" }, user("Hi")], [{
      role: "system",
      content: "Be kind",
    }, user("Hi")]],
    [
      "with a system message among them mark it in the user's words",
      [user("Hi"), { role: "system", content: [text("Be"), text("kind")] }, { role: "system", content: "" }],
      [user("Hi\n\n<system>\nBe\n\nkind\n</system>")],
    ],
    [
      "with a system message between call and result keep the result behind the call",
      [assistant([use("1")]), { role: "system", content: "Be kind" }, user([result("1", "a")])],
      [{ ...assistant(null), tool_calls: [call("1")] }, tool("1", "a"), user("<system>\nBe kind\n</system>")],
    ],
  ];
  for (const [name, messages, expected] of cases) {
    test(name, () => assert.deepEqual(messagesFor({ messages }), expected));
  }
});

describe("The system prompt", () => {
  const cases: [name: string, system: unknown, expected: string | undefined][] = [
    ["is a string", "Be kind", "Be kind"],
    ["is text blocks, with a blank line between", [{ ...text("Be"), cache_control: {} }, text("kind")], "Be\n\nkind"],
    ["is left out when empty", "", undefined],
    ["is left out when it has no text", [{ type: "image" }, text("")], undefined],
    ["is left out when null", null, undefined],
    [
      "loses Claude Code's billing line",
      [text("x-anthropic-billing-header: cc_version=2; cch=1a;"), text("You are")],
      "You are",
    ],
  ];
  for (const [name, system, expected] of cases) {
    test(name, () => {
      const first = expected === undefined ? [] : [{ role: "system", content: expected }];
      assert.deepEqual(messagesFor({ system, messages: [user("Hi")] }), [...first, user("Hi")]);
    });
  }

  test("comes before that of the messages", () => {
    const messages = [{ role: "system", content: "b" }, user("Hi")];
    assert.deepEqual(messagesFor({ system: "a", messages })[0], { role: "system", content: "a\n\nb" });
  });
});

describe("Messages are refused", () => {
  const cases: [name: string, request: Record<string, unknown>, path: string][] = [
    ["when there are none", {}, "messages"],
    ["when the list is empty", { messages: [] }, "messages"],
    ["when they are no list", { messages: "Hi" }, "messages"],
    ["when one is no object", { messages: ["Hi"] }, "messages.0"],
    ["with a role that does not exist", { messages: [{ role: "tool", content: "x" }] }, "messages.0.role"],
    ["with nothing left of them", { messages: [assistant("")] }, "messages"],
    ["with a system message alone", { messages: [{ role: "system", content: "x" }] }, "messages"],
    ["when the last one is empty", { messages: [user("Hi"), assistant("a"), user("")] }, "messages.2.content"],
    [
      "when nothing in the last can be read",
      { messages: [user("Hi"), user([{ type: "hologram" }])] },
      "messages.1.content",
    ],
    ["for a system prompt that is a number", { system: 7, messages: [user("Hi")] }, "system"],
    [
      "for a system text that is a number",
      { system: [{ type: "text", text: 7 }], messages: [user("Hi")] },
      "system.0.text",
    ],
  ];
  for (const [name, request, path] of cases) {
    test(name, () => assert.equal(refusalOf(() => messagesFor(request))[0], path));
  }

  test("but an unreadable one before the last is left out", () => {
    const messages = [user([{ type: "hologram" }]), assistant("Ah"), user("Hi")];
    assert.deepEqual(messagesFor({ messages }), [assistant("Ah"), user("Hi")]);
  });

  test("with the types named that cannot be read", () => {
    const [, message] = refusalOf(() => messagesFor({ messages: [user([{ type: "hologram" }])] }));
    assert.equal(
      message,
      'messages.0.content has nothing that this model\'s server can read, only "hologram". Add a text',
    );
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { chatTools } from "./tools.ts";

function toolsFor(request: Record<string, unknown>) {
  return chatTools({ value: request, path: "" });
}

const schema = { type: "object", properties: { a: { type: "number" } } };
const add = { name: "add", description: "Adds", input_schema: schema };
const search = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
const addFunction = { type: "function", function: { name: "add", description: "Adds", parameters: schema } };

describe("Tools", () => {
  const cases: [name: string, tools: unknown, names: unknown[] | undefined][] = [
    ["keep name, description and schema", [add], [addFunction]],
    [
      "of the type custom, with marks that only Anthropic knows",
      [{ ...add, type: "custom", cache_control: {}, defer_loading: true, eager_input_streaming: true }],
      [addFunction],
    ],
    ["keep strict", [{ ...add, strict: true }], [{
      type: "function",
      function: { ...addFunction.function, strict: true },
    }]],
    [
      "have no description or schema when they were given none",
      [{ name: "now", description: null }],
      [{ type: "function", function: { name: "now" } }],
    ],
    ["that only Anthropic could run are left out", [search, add, { type: "mcp_toolset", mcp_server_name: "m" }], [
      addFunction,
    ]],
    ["of an unknown type with a schema are kept", [{ ...add, type: "custom_20300101" }], [addFunction]],
    ["are not there when none is left", [search], undefined],
    ["are not there when the list is empty", [], undefined],
    ["are not there when null", null, undefined],
  ];
  for (const [name, tools, expected] of cases) test(name, () => assert.deepEqual(toolsFor({ tools }).tools, expected));

  test("that Anthropic defines and the client runs are described", () => {
    const [tool] = toolsFor({ tools: [{ type: "bash_20250124", name: "bash" }] }).tools ?? [];
    assert.equal(tool?.function.name, "bash");
    assert.deepEqual(Object.keys((tool?.function.parameters as typeof schema).properties), ["command", "restart"]);
  });
});

describe("The choice of a tool", () => {
  const cases: [choice: unknown, expected: unknown][] = [
    [undefined, undefined],
    [null, undefined],
    [{ type: "auto" }, "auto"],
    ["auto", "auto"],
    [{ type: "any" }, "required"],
    ["any", "required"],
    ["required", "required"],
    [{ type: "none" }, "none"],
    ["none", "none"],
    [{ type: "tool", name: "add" }, { type: "function", function: { name: "add" } }],
  ];
  for (const [choice, expected] of cases) {
    test(`${JSON.stringify(choice)} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(toolsFor({ tools: [add], tool_choice: choice }), {
        tools: [addFunction],
        ...(expected !== undefined && { tool_choice: expected }),
      });
    });
  }

  test("is left out with the tools", () => {
    for (const tool_choice of ["auto", { type: "any" }, { type: "none" }]) {
      assert.deepEqual(toolsFor({ tools: [search], tool_choice }), {});
      assert.deepEqual(toolsFor({ tool_choice }), {});
    }
  });

  test("says when one call at a time is wanted", () => {
    const one = { type: "any", disable_parallel_tool_use: true };
    assert.equal(toolsFor({ tools: [add], tool_choice: one }).parallel_tool_calls, false);
    const many = { type: "any", disable_parallel_tool_use: false };
    assert.equal("parallel_tool_calls" in toolsFor({ tools: [add], tool_choice: many }), false);
  });
});

describe("Tools are refused", () => {
  const cases: [name: string, request: Record<string, unknown>, path: string, message: RegExp][] = [
    ["without a name", { tools: [add, { input_schema: schema }] }, "tools.1.name", /is missing/],
    ["with a schema that is none", { tools: [{ name: "a", input_schema: "x" }] }, "tools.0.input_schema", /an object/],
    ["with a wrong description", { tools: [{ name: "a", description: 1 }] }, "tools.0.description", /a string/],
    ["that are no list", { tools: {} }, "tools", /a list/],
    [
      "when the chosen one is not there",
      { tools: [add], tool_choice: { type: "tool", name: "b" } },
      "tool_choice.name",
      /"b"/,
    ],
    [
      "when the chosen one runs at Anthropic",
      { tools: [search], tool_choice: { type: "tool", name: "web_search" } },
      "tool_choice.name",
      /Define it in tools, with an input_schema/,
    ],
    ["when the choice names none", { tools: [add], tool_choice: { type: "tool" } }, "tool_choice.name", /is missing/],
    ["when the choice is an unknown word", { tools: [add], tool_choice: "some" }, "tool_choice.type", /"auto", "any"/],
    ["when the choice is a list", { tools: [add], tool_choice: [] }, "tool_choice", /an object/],
  ];
  for (const [name, request, path, message] of cases) {
    test(name, () => {
      const [param, complaint] = refusalOf(() => toolsFor(request));
      assert.equal(param, path);
      assert.match(complaint, message);
    });
  }
});

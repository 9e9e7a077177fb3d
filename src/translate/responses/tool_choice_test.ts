import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./responses_test_support.ts";
import { chooseTools } from "./tool_choice.ts";
import { toolTable } from "./tool_table.ts";

const TOOLS = toolTable([
  { type: "function", name: "find" },
  { type: "custom", name: "patch" },
  { type: "local_shell" },
  { type: "web_search" },
  { type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }, { type: "function", name: "add" }] },
].map((tool, at) => ({ tool, path: `tools[${at}]` }))).tools;
const ALL = ["find", "patch", "local_shell", "crm__find", "crm__add"];

const forced = (name: string) => ({ type: "function", function: { name } });
const allowed = (mode: string, ...tools: unknown[]) => ({ type: "allowed_tools", mode, tools });

describe("chooseTools", () => {
  const cases: [choice: unknown, tools: string[], chosen: unknown][] = [
    [undefined, ALL, undefined],
    [null, ALL, undefined],
    ["auto", ALL, "auto"],
    ["none", ALL, "none"],
    ["required", ALL, "required"],
    [{ type: "function", name: "find" }, ALL, forced("find")],
    [{ type: "function", name: "find", namespace: "crm" }, ALL, forced("crm__find")],
    [{ type: "function", name: "add" }, ALL, forced("crm__add")],
    [{ type: "custom", name: "patch" }, ALL, forced("patch")],
    [{ type: "local_shell" }, ALL, forced("local_shell")],
    [allowed("auto", { type: "custom", name: "patch" }, { type: "web_search" }), ["patch"], "auto"],
    [allowed("required", { type: "local_shell" }), ["local_shell"], "required"],
    [allowed("auto", { type: "namespace", name: "crm" }), ["crm__find", "crm__add"], "auto"],
    [allowed("auto", { type: "web_search" }), [], undefined],
    [allowed("auto", null), [], undefined],
  ];
  for (const [choice, tools, chosen] of cases) {
    test(`reads ${JSON.stringify(choice)}`, () => {
      const found = chooseTools(TOOLS, choice);
      assert.deepEqual([found.tools.map((tool) => tool.chatName), found.choice], [tools, chosen]);
    });
  }

  test("has nothing to choose without tools", () => {
    assert.deepEqual(chooseTools([], "auto"), { tools: [], choice: undefined });
    assert.deepEqual(chooseTools([], "none"), { tools: [], choice: undefined });
  });

  const wrong: [choice: unknown, param: string, says: RegExp][] = [
    [{ type: "web_search" }, "tool_choice", /asks for "web_search"/],
    [{ type: "mcp", server_label: "s", name: "fetch" }, "tool_choice", /the mcp "fetch"/],
    [{ type: "function", name: "other" }, "tool_choice", /the function "other"/],
    [{ type: "function", function: { name: "find" } }, "tool_choice.name", /missing/],
    [allowed("required", { type: "web_search" }), "tool_choice", /asks for a call/],
    [{ type: "allowed_tools", tools: "all" }, "tool_choice.tools", /list/],
    [{}, "tool_choice.type", /missing/],
    ["always", "tool_choice", /"none", "auto", "required"/],
    [5, "tool_choice", /string or an object/],
  ];
  for (const [choice, param, says] of wrong) {
    test(`refuses ${JSON.stringify(choice)}`, () => {
      assert.match(refusalOf(() => chooseTools(TOOLS, choice), param), says);
    });
  }

  test("refuses a required call when no tool is left", () => {
    assert.match(refusalOf(() => chooseTools([], "required"), "tool_choice"), /functions, custom tools/);
  });
});

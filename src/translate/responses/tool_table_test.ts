import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./responses_test_support.ts";
import { toolTable } from "./tool_table.ts";

function tableOf(...tools: unknown[]) {
  return toolTable(tools.map((tool, at) => ({ tool, path: `tools[${at}]` })));
}

const lookUp = { type: "function", name: "look_up", parameters: { type: "object" }, strict: true };
const namespace = (name: string, ...tools: unknown[]) => ({ type: "namespace", name, description: "", tools });

describe("toolTable", () => {
  test("writes a function as chat completions know it", () => {
    const table = tableOf({ ...lookUp, description: "Looks up" });
    const known = { name: "look_up", description: "Looks up", parameters: { type: "object" }, strict: true };
    assert.deepEqual(table.tools.map((tool) => tool.chat), [{ type: "function", function: known }]);
  });

  test("gives a function without parameters an empty schema, and leaves null out", () => {
    const table = tableOf({ type: "function", name: "now", parameters: null, strict: null, description: null });
    const known = { name: "now", parameters: { type: "object", properties: {} } };
    assert.deepEqual(table.tools.map((tool) => tool.chat.function), [known]);
  });

  test("offers a custom tool as a function of one text, with its grammar in the description", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: x" };
    const [tool] = tableOf({ type: "custom", name: "apply_patch", description: "Patches files", format }).tools;
    const { description, parameters } = tool?.chat.function ?? {};
    assert.equal(description, "Patches files\n\nThe input must follow this lark grammar:\nstart: x");
    assert.deepEqual(Object.keys((parameters as { properties: object }).properties), ["input"]);
  });

  test("offers the tools that the client runs, and leaves hosted and unknown ones out", () => {
    const table = tableOf(
      ...["local_shell", "shell", "apply_patch", "web_search", "mcp", "tool_search", "new_thing"].map((type) => ({
        type,
      })),
      { type: "tool_search", execution: "client", description: "Finds tools", parameters: { type: "object" } },
    );
    assert.deepEqual(table.tools.map((tool) => tool.chatName), ["local_shell", "shell", "apply_patch", "tool_search"]);
    assert.equal(table.tools.at(-1)?.chat.function.description, "Finds tools");
  });

  test("offers a shell only where the client runs it", () => {
    assert.equal(tableOf({ type: "shell", environment: { type: "local" } }).tools.length, 1);
    assert.equal(tableOf({ type: "shell", environment: { type: "container_auto" } }).tools.length, 0);
  });

  test("joins namespaces and names, and finds the way back", () => {
    const table = tableOf(
      namespace("crm", lookUp),
      namespace("mcp__files__", lookUp, { type: "custom", name: "edit" }),
    );
    assert.deepEqual(table.tools.map((t) => t.chatName), ["crm__look_up", "mcp__files__look_up", "mcp__files__edit"]);
    const { name, namespace: found } = table.called("mcp__files__look_up") ?? {};
    assert.deepEqual([name, found], ["look_up", "mcp__files__"]);
    assert.equal(table.chatName("function", "look_up", "crm"), "crm__look_up");
    assert.equal(table.chatName("function", "gone", "crm"), "crm__gone");
  });

  test("takes a name without its namespace for the sole tool that has it", () => {
    const table = tableOf(namespace("crm", lookUp, { type: "custom", name: "edit" }), namespace("erp", lookUp));
    assert.equal(table.called("edit")?.chatName, "crm__edit");
    assert.equal(table.called("look_up"), undefined);
    assert.equal(table.called("nothing"), undefined);
  });

  test("keeps names apart that would be the same, also long ones", () => {
    const long = "x".repeat(80);
    const table = tableOf(
      { ...lookUp, name: "crm__look_up" },
      namespace("crm", lookUp),
      { type: "custom", name: "look_up" },
      { type: "function", name: "look_up" },
      namespace("a", { type: "function", name: long }, { type: "custom", name: long }),
    );
    const names = table.tools.map((tool) => tool.chatName);
    assert.equal(new Set(names).size, 6);
    assert.ok(names.every((name) => name.length <= 64), names.join());
    assert.equal(table.chatName("function", "look_up", "crm"), "crm__look_up_2");
    assert.equal(table.called("crm__look_up_2")?.namespace, "crm");
  });

  test("offers a tool that is given twice once", () => {
    assert.equal(tableOf(lookUp, lookUp).tools.length, 1);
  });

  const wrong: [tool: unknown, param: string][] = [
    [null, "tools[0]"],
    ["web_search", "tools[0]"],
    [{ type: "function" }, "tools[0].name"],
    [{ type: "function", name: "" }, "tools[0].name"],
    [{ type: "custom", name: 3 }, "tools[0].name"],
    [{ type: 1 }, "tools[0].type"],
    [{ ...lookUp, strict: "yes" }, "tools[0].strict"],
    [{ ...lookUp, description: {} }, "tools[0].description"],
    [namespace("a", { type: "function" }), "tools[0].tools[0].name"],
    [{ type: "namespace", name: "a", tools: {} }, "tools[0].tools"],
  ];
  for (const [tool, param] of wrong) {
    test(`refuses ${JSON.stringify(tool)}, naming ${param}`, () => void refusalOf(() => tableOf(tool), param));
  }
});

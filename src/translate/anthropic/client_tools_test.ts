import type { BetaToolUnion } from "@anthropic-ai/sdk/resources/beta/messages";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clientTool } from "./client_tools.ts";

function propertiesOf(tool: BetaToolUnion): Record<string, { enum?: string[] }> {
  return clientTool({ ...tool })?.parameters.properties as Record<string, { enum?: string[] }>;
}

const screen = { name: "computer", display_width_px: 1024, display_height_px: 768 } as const;

describe("A tool that the client runs is described", () => {
  const cases: [tool: BetaToolUnion, choice: string, values: string[] | undefined, fields: string[]][] = [
    [{ type: "bash_20241022", name: "bash" }, "command", undefined, ["command", "restart"]],
    [{ type: "bash_20250124", name: "bash" }, "command", undefined, ["command", "restart"]],
    [
      { type: "text_editor_20250124", name: "str_replace_editor" },
      "command",
      ["view", "create", "str_replace", "insert", "undo_edit"],
      ["command", "path", "file_text", "view_range", "old_str", "new_str", "insert_line"],
    ],
    [
      { type: "text_editor_20250429", name: "str_replace_based_edit_tool" },
      "command",
      ["view", "create", "str_replace", "insert"],
      ["command", "path", "file_text", "view_range", "old_str", "new_str", "insert_line"],
    ],
    [
      { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
      "command",
      ["view", "create", "str_replace", "insert"],
      ["command", "path", "file_text", "view_range", "old_str", "new_str", "insert_line", "insert_text"],
    ],
    [
      { type: "memory_20250818", name: "memory" },
      "command",
      ["view", "create", "str_replace", "insert", "delete", "rename"],
      [
        ...["command", "path", "view_range", "file_text", "old_str", "new_str", "insert_line", "insert_text"],
        ...["old_path", "new_path"],
      ],
    ],
  ];
  for (const [tool, choice, values, fields] of cases) {
    test(tool.type ?? "custom", () => {
      const properties = propertiesOf(tool);
      assert.deepEqual(Object.keys(properties), fields);
      assert.deepEqual(properties[choice]?.enum, values);
    });
  }
});

test("A computer has the size of its display, and the actions of its version", () => {
  const first = clientTool({ type: "computer_20241022", ...screen });
  assert.match(first?.description ?? "", / of 1024x768 pixels/);
  const actions = (tool: BetaToolUnion) => propertiesOf(tool).action?.enum ?? [];
  assert.equal(actions({ type: "computer_20241022", ...screen }).includes("scroll"), false);
  assert.equal(actions({ type: "computer_20250124", ...screen }).includes("scroll"), true);
  assert.equal(actions({ type: "computer_20251124", ...screen }).includes("zoom"), false);
  assert.equal(actions({ type: "computer_20251124", ...screen, enable_zoom: true }).includes("zoom"), true);
});

test("Tools that Anthropic runs, and sets of tools, are not known", () => {
  for (const type of ["web_search_20250305", "code_execution_20250825", "computer_toolset_20260801", "bash_", "", 7]) {
    assert.equal(clientTool({ type, name: "x" }), undefined);
  }
});

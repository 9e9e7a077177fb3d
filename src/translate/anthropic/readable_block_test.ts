import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { documentText, resultBlockText, searchResultText, serverBlockText } from "./readable_block.ts";

describe("What Anthropic's servers found is text", () => {
  const cases: [name: string, block: Record<string, unknown>, text: string | undefined][] = [
    [
      "search results by title and address",
      {
        type: "web_search_tool_result",
        content: [{ type: "web_search_result", title: "A", url: "https://a", encrypted_content: "x" }, {
          url: "https://b",
        }],
      },
      "<web_search_results>\n- A (https://a)\n- https://b (https://b)\n</web_search_results>",
    ],
    [
      "nothing for a search that failed",
      { type: "web_search_tool_result", content: { error_code: "unavailable" } },
      undefined,
    ],
    [
      "a page that was fetched",
      {
        type: "web_fetch_tool_result",
        content: { url: "https://a", content: { title: "A", source: { type: "text", data: "Words" } } },
      },
      "<web_page>\n<title>A</title>\n<url>https://a</url>\nWords\n</web_page>",
    ],
    [
      "nothing for a fetched PDF",
      { type: "web_fetch_tool_result", content: { content: { source: { type: "base64", data: "AA" } } } },
      undefined,
    ],
    [
      "what a program wrote",
      { type: "bash_code_execution_tool_result", content: { stdout: "4", stderr: "warning", return_code: 0 } },
      "<program_output>\n4\nwarning\n</program_output>",
    ],
    [
      "the result of an MCP tool",
      { type: "mcp_tool_result", content: [{ type: "text", text: "4" }] },
      "<tool_output>\n4\n</tool_output>",
    ],
    ["the summary of a conversation", { type: "compaction", content: "They met." }, "They met."],
    ["nothing for a call", { type: "server_tool_use", id: "s", name: "web_search", input: {} }, undefined],
    ["nothing for redacted thinking", { type: "redacted_thinking", data: "x" }, undefined],
  ];
  for (const [name, block, text] of cases) test(name, () => assert.equal(serverBlockText(block), text));
});

test("The tabs of a browser are a list", () => {
  const tabs = [{ tab_id: "1", title: "A", url: "https://a", active: true }, { tab_id: "2" }];
  assert.equal(
    resultBlockText({ type: "browser_state", tabs }),
    "<browser_tabs>\n- 1, A, https://a, active\n- 2\n</browser_tabs>",
  );
});

test("Reading never throws, whatever is in a block", () => {
  const types = fc.constantFrom(
    ...[
      "web_search_tool_result",
      "web_fetch_tool_result",
      "code_execution_tool_result",
      "mcp_tool_result",
      "compaction",
    ],
    ...["tool_reference", "browser_state", "other"],
  );
  const hostile = fc.constantFrom({ toString: 1 }, [{ toString: null, url: "u", title: { toString: 1 } }]);
  const value = fc.oneof(fc.jsonValue(), hostile);
  const block = fc.record({ type: types, content: value, tabs: value, tool_name: value, title: value, source: value });
  fc.assert(fc.property(block, (one) => {
    for (const read of [serverBlockText, resultBlockText, searchResultText]) {
      assert.ok(["string", "undefined"].includes(typeof read(one)));
    }
    assert.match(documentText(one, "Words"), /\nWords\n/);
  }));
});

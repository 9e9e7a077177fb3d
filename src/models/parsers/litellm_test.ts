import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function read(...data: object[]) {
  const fixed = { object: "model", created: 1677610602, owned_by: "openai" };
  return parseModelList("litellm", { object: "list", data: data.map((entry) => ({ ...fixed, ...entry })) });
}

describe("the parser of LiteLLM's list", () => {
  test("reads limits and mode, and not the time and the owner that are the same for all", () => {
    const known = { id: "claude", mode: "chat", max_input_tokens: 200000, max_output_tokens: 64000 };
    assert.deepEqual(read(known, { id: "openai/*" }), [
      { id: "claude", type: "chat", contextLength: 200000, maxOutputTokens: 64000, capabilities: { chat: true } },
      { id: "openai/*" },
    ]);
  });

  test("keeps an owner that says something", () => {
    assert.deepEqual(read({ id: "m", owned_by: "meta" }), [{ id: "m", ownedBy: "meta" }]);
  });

  test("knows by the mode what an embedding model cannot do, and denies a chat model no embeddings", () => {
    const [embedding, chat] = read({ id: "e", mode: "embedding" }, { id: "c", mode: "chat" });
    assert.equal(embedding?.capabilities?.embeddings, true);
    assert.equal(embedding?.capabilities?.chat, false);
    assert.equal(chat?.capabilities?.embeddings, undefined);
  });
});

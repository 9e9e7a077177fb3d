import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ARGUMENTS, greeting } from "../support/chat_script.ts";
import { litellmMissing, PYTHON } from "../support/litellm.ts";
import { cannotRun } from "../support/real_component.ts";
import { modelOf, ServerKinds } from "../support/server_kinds.ts";

const KIND = "openai-compatible";
const MODEL = modelOf(KIND);
const CALLED = JSON.parse(ARGUMENTS);
const ANSWER = "The tool says: 7 degrees";

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start([KIND]);

/** Runs a script beside this file, and returns what it printed. */
async function printed(script: string) {
  const { olla } = await start();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(PYTHON, [path, olla.url, MODEL], { timeout: 60_000 });
  return JSON.parse(stdout);
}

const missing = await litellmMissing();
if (missing !== undefined) cannotRun("The tests of the Python SDKs", missing);
else {
  after(async () => (await started)?.[Symbol.asyncDispose]());

  describe("the Python SDKs with a server that only speaks chat completions", () => {
    test(
      "Anthropic's creates, streams, calls tools, lists, counts, and knows our errors",
      { timeout: 90_000 },
      async () => {
        const out = await printed("anthropic_sdk.py");
        const { created, streamed, error } = out;
        assert.deepEqual([created.text, created.stop_reason, created.usage], [greeting(KIND), "end_turn", [8, 4, 5]]);
        assert.match(created.request_id, /^req_[a-z0-9]{20}$/);
        assert.deepEqual([streamed.text, streamed.stop_reason], [greeting(KIND), "end_turn"]);
        assert.ok(streamed.pieces > 2);
        const called = { stop_reason: "tool_use", name: "weather", input: CALLED, answer: ANSWER };
        assert.deepEqual([out.tool_whole, out.tool_stream], [called, called]);
        assert.deepEqual(out.models, [MODEL]);
        assert.ok(out.counted > 0 && out.counted < 30);
        assert.deepEqual([error.status, error.type], [404, "not_found_error"]);
        assert.match(error.request_id, /^req_[a-z0-9]{20}$/);
      },
    );

    test("OpenAI's chats and responds, streams, calls tools, and knows our errors", { timeout: 90_000 }, async () => {
      const out = await printed("openai_sdk.py");
      assert.deepEqual([out.chat, out.chat_streamed, out.chat_tool], [greeting(KIND), greeting(KIND), CALLED]);
      assert.deepEqual(out.created, { text: greeting(KIND), status: "completed", usage: [12, 4, 5] });
      assert.deepEqual(out.streamed, {
        text: greeting(KIND),
        first: "response.created",
        last: "response.completed",
      });
      const called = { name: "weather", input: CALLED, answer: ANSWER };
      assert.deepEqual([out.tool_whole, out.tool_stream], [called, called]);
      assert.deepEqual(out.models, [MODEL]);
      assert.deepEqual(out.error, { status: 404, code: "model_not_found" });
      assert.deepEqual(out.previous, { status: 400, param: "previous_response_id" });
    });
  });
}

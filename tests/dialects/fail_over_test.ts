import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { nativeText } from "../fakes/native_answers.ts";
import type { FakeServer } from "../fakes/fake_server.ts";
import { chatScript, greeting } from "../support/chat_script.ts";
import { askIn, readIn, requestIn, sendIn } from "../support/dialect_client.ts";
import { failure, json, reset, stream } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import { OllaProcess } from "../support/olla_process.ts";

const MODEL = "shared-model";
const SPOKEN = ["anthropic", "responses"] as const;
const PATHS = { anthropic: "/v1/messages", responses: "/v1/responses" } as const;

/** One model on a server that speaks all dialects and on one that only speaks chat completions. */
class Pair implements AsyncDisposable {
  readonly olla: OllaProcess;
  readonly native: FakeServer;
  readonly chat: FakeServer;

  private constructor(olla: OllaProcess, native: FakeServer, chat: FakeServer) {
    this.olla = olla;
    this.native = native;
    this.chat = chat;
  }

  static async start(preferred: "native" | "chat"): Promise<Pair> {
    const models = [{ name: MODEL, tools: true, reasoning: true }];
    const native = await FakeVllm.start({ name: "native", models });
    const chat = await FakeOpenAi.start({ name: "chat", models });
    chat.instead.set("/v1/chat/completions", chatScript("chat"));
    const endpoints = [native, chat].map((server) =>
      server.endpoint({ priority: server.name === preferred ? 100 : 50, check_interval: "30s" })
    );
    const olla = await OllaProcess.start({ config: { endpoints }, models: [MODEL] });
    const both = () => olla.page<{ endpoints: { status: string }[] }>("/internal/status/endpoints");
    await eventually("both serve", async () => (await both()).endpoints.every(({ status }) => status === "healthy"));
    return new Pair(olla, native, chat);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.olla[Symbol.asyncDispose]();
    await Promise.all([this.native, this.chat].map((server) => server[Symbol.asyncDispose]()));
  }
}

const FAILURES: readonly (readonly [string, Answer])[] = [
  ["answers 500", failure(500, "CUDA out of memory")],
  ["is busy", failure(429, "Slow down", { "Retry-After": "1" })],
  ["resets the connection", reset()],
];

for (const dialect of SPOKEN) {
  describe(`fail-over for a client of ${dialect}`, () => {
    for (const streaming of [true, false]) {
      const how = streaming ? "streamed" : "whole";
      test(`goes from a native to a translated server that has the model, ${how}`, async () => {
        await using pair = await Pair.start("native");
        const first = await askIn(dialect, pair.olla.url, { model: MODEL, stream: streaming });
        assert.deepEqual([first.text, first.headers.get("x-olla-endpoint")], [nativeText("native"), "native"]);
        for (const [what, answer] of FAILURES) {
          pair.native.instead.set(PATHS[dialect], answer);
          const told = await askIn(dialect, pair.olla.url, { model: MODEL, stream: streaming });
          assert.deepEqual(
            [told.status, told.end, told.text],
            [200, "whole", greeting("chat")],
            `${what}: ${told.raw}`,
          );
          assert.equal(told.headers.get("x-olla-endpoint"), "chat");
        }
        await pair.native.backend.refuse();
        const last = await askIn(dialect, pair.olla.url, { model: MODEL, stream: streaming });
        assert.deepEqual([last.end, last.text], ["whole", greeting("chat")], last.raw);
      });

      test(`goes from a translated to a native server, which gets the client's own bytes, ${how}`, async () => {
        await using pair = await Pair.start("chat");
        const body = JSON.stringify(
          requestIn(dialect, { model: MODEL, stream: streaming, more: { unknown_field: [1] } }),
        );
        for (const [what, answer] of FAILURES) {
          pair.chat.instead.set("/v1/chat/completions", answer);
          const told = await readIn(dialect, await sendIn(dialect, pair.olla.url, body));
          assert.deepEqual(
            [told.status, told.end, told.text],
            [200, "whole", nativeText("native")],
            `${what}: ${told.raw}`,
          );
          assert.equal(pair.native.backend.requests.at(-1)?.body.toString(), body);
        }
        pair.chat.instead.set("/v1/chat/completions", chatScript("chat"));
        await eventually("the translated server serves again", async () => {
          const told = await askIn(dialect, pair.olla.url, { model: MODEL, stream: streaming });
          return told.text === greeting("chat");
        });
      });
    }

    test("never happens once something has been sent, and a native stream ends in an error of its own dialect", async () => {
      await using pair = await Pair.start("native");
      const begun = dialect === "anthropic"
        ? 'event: message_start\ndata: {"type":"message_start","message":{"usage":{}}}\n\n'
        : 'event: response.created\ndata: {"type":"response.created","response":{}}\n\n';
      pair.native.instead.set(PATHS[dialect], stream([begun], { ending: "cut" }));
      const told = await askIn(dialect, pair.olla.url, { model: MODEL, stream: true });
      assert.equal(told.end, "failed", told.raw);
      assert.ok(told.raw.startsWith(begun));
      assert.equal(pair.chat.asked("/v1/chat/completions"), 0);
    });
  });
}

describe("a native path that a server does not have after all", () => {
  const missing: readonly (readonly [string, Answer])[] = [
    ["404", json({ detail: "Not Found" }, { status: 404 })],
    ["405", json({ detail: "Method Not Allowed" }, { status: 405 })],
    ["501", failure(501, "not implemented")],
    ["200 and LM Studio's words", json({ error: "Unexpected endpoint or method. (POST /v1/messages)" })],
  ];
  for (const dialect of SPOKEN) {
    for (const [what, answer] of missing) {
      test(`is found out by ${what}, once, and the same server is asked otherwise (${dialect})`, async () => {
        const models = [{ name: MODEL, tools: true }];
        await using server = await FakeVllm.start({ name: "odd", models });
        server.instead.set(PATHS[dialect], answer);
        server.instead.set("/v1/chat/completions", chatScript("odd"));
        const config = { endpoints: [server.endpoint({ check_interval: "30s" })] };
        await using olla = await OllaProcess.start({ config, models: [MODEL] });
        for (let round = 0; round < 3; round++) {
          const told = await askIn(dialect, olla.url, { model: MODEL, stream: round === 1 });
          assert.deepEqual([told.status, told.end, told.text], [200, "whole", greeting("odd")], told.raw);
          assert.equal(told.headers.get("x-olla-attempts"), null);
        }
        assert.equal(server.asked(PATHS[dialect]), 1);
      });
    }
  }

  test("is not concluded from a model that the server does not have", async () => {
    await using pair = await Pair.start("native");
    pair.native.instead.set("/v1/messages", failure(404, "The model `shared-model` does not exist."));
    assert.equal((await askIn("anthropic", pair.olla.url, { model: MODEL, stream: false })).text, greeting("chat"));
    pair.native.instead.delete("/v1/messages");
    await eventually("the native server is asked natively again", async () => {
      const told = await askIn("anthropic", pair.olla.url, { model: MODEL, stream: false });
      return told.text === nativeText("native");
    });
  });
});

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { bytes, closeSilently, failure, json, reset, sse, stream, wrongLength } from "../support/answers.ts";
import { chatDelta, chatOnly, chatScript, greeting } from "../support/chat_script.ts";
import { askIn, DIALECTS } from "../support/dialect_client.ts";
import { assertErrorIn } from "../support/dialect_errors.ts";
import type { Answer } from "../support/fake_backend.ts";
import { FakeLlm } from "../support/fake_llm.ts";
import { OllaProcess } from "../support/olla_process.ts";

const MODEL = "gemma";
const TYPE_OF_OPENAI = { type: "invalid_request_error", param: null, code: null };

/** Chat-only servers in falling priority, and olla in front of them. */
class Chain implements AsyncDisposable {
  readonly olla: OllaProcess;
  readonly llms: readonly FakeLlm[];

  private constructor(olla: OllaProcess, llms: readonly FakeLlm[]) {
    this.olla = olla;
    this.llms = llms;
  }

  static async start(...answers: readonly Answer[]): Promise<Chain> {
    const llms = await Promise.all(
      answers.map((answer, index) =>
        FakeLlm.start({ name: `server-${index}`, kind: "openai", models: [MODEL], inference: chatOnly(answer) })
      ),
    );
    const endpoints = llms.map((llm, index) => llm.endpoint({ priority: 100 - index, check_interval: "30s" }));
    const proxy = { circuit_breaker: { failures: 1000 } };
    return new Chain(await OllaProcess.start({ config: { proxy, endpoints }, models: [MODEL] }), llms);
  }

  get first(): FakeLlm {
    return this.#llm(0);
  }

  get second(): FakeLlm {
    return this.#llm(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.olla[Symbol.asyncDispose]();
    await Promise.all(this.llms.map((llm) => llm[Symbol.asyncDispose]()));
  }

  #llm(index: number): FakeLlm {
    const llm = this.llms[index];
    if (llm === undefined) throw new Error(`The chain has no server number ${index}`);
    return llm;
  }
}

let started: Promise<Chain> | undefined;
const start = () => started ??= Chain.start(chatScript("server-0"));
after(async () => (await started)?.[Symbol.asyncDispose]());

const html = { headers: { "Content-Type": "text/html" } };
const ERRORS: readonly (readonly [string, Answer, number, RegExp])[] = [
  ["a 400 in OpenAI's shape", failure(400, "The context is too long"), 400, /The context is too long/],
  [
    "a 400 in vLLM's old shape",
    json({ object: "error", message: "max_tokens is too large", ...TYPE_OF_OPENAI }, { status: 400 }),
    400,
    /max_tokens is too large/,
  ],
  [
    "a 422 of FastAPI",
    json({ detail: [{ loc: ["body", "messages"], msg: "field required" }] }, { status: 422 }),
    422,
    /field required/,
  ],
  [
    "a compressed 400",
    bytes(gzipSync('{"error":{"message":"zipped"}}'), {
      status: 400,
      headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    }),
    400,
    /^zipped$/,
  ],
  ["a 413 in words", bytes("Payload Too Large", { status: 413, ...html }), 413, /./],
  ["a 500", failure(500, "CUDA out of memory"), 500, /CUDA out of memory/],
  ["a 502 of a proxy, with a page", bytes("<html><h1>Bad Gateway</h1></html>", { status: 502, ...html }), 502, /./],
  ["a 500 that shows an address", failure(500, "dial tcp 127.0.0.1:11434: refused"), 500, /refused/],
  ["a 503 while a model loads", json({ error: { message: "Loading model", code: 503 } }, { status: 503 }), 503, /oad/],
  ["a 404 for a model", failure(404, "The model `gemma` does not exist"), 404, /does not exist/],
];

for (const dialect of DIALECTS) {
  describe(`a backend's error for a client of ${dialect}`, () => {
    for (const [what, answer, status, message] of ERRORS) {
      for (const streaming of [true, false]) {
        test(`${what}, asked for ${streaming ? "a stream" : "a whole answer"}`, async () => {
          const { olla, first } = await start();
          first.inference = chatOnly(answer);
          const told = await askIn(dialect, olla.url, { model: MODEL, stream: streaming });
          assertErrorIn(dialect, told, { status, message });
          assert.equal(told.headers.get("x-olla-endpoint"), "server-0");
        });
      }
    }

    const broken: readonly (readonly [string, Answer, RegExp])[] = [
      ["that resets every connection", reset(), /gemma.*server-0/],
      ["that closes every connection", closeSilently(), /gemma.*server-0/],
      ["that sends half of an answer", wrongLength('{"choices":[', 500), /gemma.*server-0/],
      ["that sends what is no JSON", bytes("<html>", { headers: { "Content-Type": "application/json" } }), /JSON/],
      ["that sends nothing at all", bytes("", { headers: { "Content-Type": "application/json" } }), /empty/],
      ["that answers without choices", json({ id: "x", object: "chat.completion", choices: [] }), /choice/],
      ["that answers null", json(null), /JSON|answer/],
      ["that reports its error with 200", json({ error: { message: "no memory left" } }), /no memory left/],
    ];
    for (const [what, answer, message] of broken) {
      test(`comes of a backend ${what}, and is no 200`, async () => {
        const { olla, first } = await start();
        first.inference = chatOnly(answer);
        const told = await askIn(dialect, olla.url, { model: MODEL, stream: false });
        assertErrorIn(dialect, told, { status: 502, message });
      });
    }

    const errorFirst = sse([{ error: { message: "no memory left", type: "server_error", code: 500 } }]);
    for (const streaming of [true, false]) {
      test(`comes of a stream that begins with one, asked for ${streaming ? "a stream" : "a whole answer"}`, async () => {
        const { olla, first } = await start();
        first.inference = chatOnly(errorFirst);
        const told = await askIn(dialect, olla.url, { model: MODEL, stream: streaming });
        assertErrorIn(dialect, told, { status: 500, message: /no memory left/ });
      });
    }

    test("of 429 goes to the next server; when all say it, it is a 429 with the shortest wait", async () => {
      const busy = (seconds: string) => failure(429, "Slow down", { "Retry-After": seconds });
      await using chain = await Chain.start(busy("60"), chatScript("server-1"));
      const served = await askIn(dialect, chain.olla.url, { model: MODEL, stream: true });
      assert.deepEqual([served.end, served.text], ["whole", greeting("server-1")]);
      assert.equal(served.headers.get("x-olla-attempts"), "2");
      chain.second.inference = chatOnly(busy("30"));
      const told = await askIn(dialect, chain.olla.url, { model: MODEL, stream: true });
      assertErrorIn(dialect, told, { status: 429, message: /./ });
      assert.match(told.headers.get("retry-after") ?? "", /^(?:30|29)$/);
      const resting = await askIn(dialect, chain.olla.url, { model: MODEL, stream: false });
      assertErrorIn(dialect, resting, { status: 429, message: /gemma/ });
      assert.match(resting.headers.get("retry-after") ?? "", /^(?:30|29)$/);
    });

    const failing: readonly (readonly [string, Answer])[] = [
      ["500", failure(500, "CUDA out of memory")],
      ["503 while loading", json({ error: { message: "Loading model" } }, { status: 503 })],
      ["a reset", reset()],
      ["a cut whole answer", wrongLength('{"choices":[', 500)],
      ["a stream that begins with an error", errorFirst],
      ["a stream that is cut before its first event", stream([": hello\n\n"], { ending: "cut" })],
    ];
    test("goes to the next server, in every dialect's name, while nothing has been sent", async () => {
      await using chain = await Chain.start(reset(), chatScript("server-1"));
      for (const [what, answer] of failing) {
        for (const streaming of [true, false]) {
          chain.first.inference = chatOnly(answer);
          const told = await askIn(dialect, chain.olla.url, { model: MODEL, stream: streaming });
          assert.deepEqual(
            [told.status, told.end, told.text],
            [200, "whole", greeting("server-1")],
            `${what}: ${told.raw}`,
          );
        }
      }
    });

    test("when all refuse is 502 or 503, and never a 200", async () => {
      await using chain = await Chain.start(chatScript("server-0"), chatScript("server-1"));
      await Promise.all(chain.llms.map((llm) => llm.backend.refuse()));
      for (const streaming of [true, false]) {
        const told = await askIn(dialect, chain.olla.url, { model: MODEL, stream: streaming });
        assert.ok(told.status === 502 || told.status === 503, told.raw);
        assertErrorIn(dialect, told, { status: told.status, message: /gemma/ });
      }
    });
  });
}

describe("a field that a backend refuses", () => {
  const refusal = failure(400, "Unrecognized request argument supplied: stream_options");
  const strict: Answer = (exchange) => {
    const body = JSON.parse(exchange.request.body.toString());
    return ("stream_options" in body ? refusal : sse([chatDelta({ content: "fine" }), chatDelta({}, "stop")]))(
      exchange,
    );
  };
  for (const dialect of DIALECTS) {
    test(`is left out at once, and from then on, for a client of ${dialect}`, async () => {
      await using chain = await Chain.start(strict);
      const first = await askIn(dialect, chain.olla.url, { model: MODEL, stream: true });
      assert.deepEqual([first.end, first.text], ["whole", "fine"], first.raw);
      const asked = chain.first.inferences.length;
      const second = await askIn(dialect, chain.olla.url, { model: MODEL, stream: true });
      assert.deepEqual([second.end, second.text], ["whole", "fine"], second.raw);
      assert.equal(chain.first.inferences.length, asked + 1);
    });
  }
});

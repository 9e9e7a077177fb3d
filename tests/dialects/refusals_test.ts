import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { askIn, type ClientDialect, DIALECTS, PATHS, readIn, requestIn, sendIn } from "../support/dialect_client.ts";
import { assertErrorIn } from "../support/dialect_errors.ts";
import { modelOf, ServerKinds } from "../support/server_kinds.ts";

const MODEL = modelOf("openai-compatible");
const LIMIT = 64 * 1024;

let started: Promise<ServerKinds> | undefined;
const start = () =>
  started ??= ServerKinds.start(["openai-compatible"], { server: { request_limits: { max_body_size: LIMIT } } });
after(async () => (await started)?.[Symbol.asyncDispose]());

/** Sends a body, of which no model may see anything, and reads the refusal. */
async function refused(dialect: ClientDialect, body: unknown) {
  const kinds = await start();
  const server = kinds.server("openai-compatible");
  const before = server.asked("/v1/chat/completions");
  const told = await readIn(dialect, await sendIn(dialect, kinds.olla.url, body));
  assert.equal(server.asked("/v1/chat/completions"), before);
  return told;
}

function ask(dialect: ClientDialect, more: Readonly<Record<string, unknown>> = {}) {
  return requestIn(dialect, { model: MODEL, stream: true, more });
}

for (const dialect of DIALECTS) {
  describe(`what olla refuses by itself, to a client of ${dialect}`, () => {
    test("an unknown model, with a name that is close", async () => {
      const told = await refused(dialect, ask(dialect, { model: "model-of-openai-compatibel" }));
      assertErrorIn(dialect, told, { status: 404, message: /model-of-openai-compatibel.*model-of-openai-compatible/ });
    });

    const broken: readonly (readonly [string, string, RegExp])[] = [
      ["no body", "", /body|model/],
      ["no JSON", "hello", /JSON/],
      ["JSON that is cut off", JSON.stringify(ask(dialect)).slice(0, -5), /string/],
      ["a list", "[1, 2]", /JSON|object/],
      ["no model", JSON.stringify({ ...ask(dialect), model: undefined }), /model/],
      ["a model that is a number", JSON.stringify(ask(dialect, { model: 7 })), /model/],
      ["two models", JSON.stringify(ask(dialect)).replace("{", '{"model":"other",'), /model/],
      // The scan for the model does not see it; parsing does.
      ["JSON with a fault inside", JSON.stringify(ask(dialect)).replace('"stream":true', '"stream":tru'), /JSON/],
    ];
    for (const [what, body, message] of broken) {
      test(`${what}`, async () => {
        assertErrorIn(dialect, await refused(dialect, body), { status: 400, message });
      });
    }

    test("a body that is too large", async () => {
      const told = await refused(dialect, ask(dialect, { more: "x".repeat(LIMIT) }));
      assertErrorIn(dialect, told, { status: 413, message: /65536|64/ });
    });

    const wrong: Readonly<Record<ClientDialect, readonly (readonly [string, Record<string, unknown>, RegExp])[]>> = {
      anthropic: [
        ["messages that are no list", { messages: "Hi" }, /messages/],
        ["a message that is no object", { messages: ["Hi"] }, /messages/],
        ["a limit that is a text", { max_tokens: "many" }, /max_tokens/],
        ["a picture of an unknown source", {
          messages: [{ role: "user", content: [{ type: "image", source: { type: "carrier_pigeon" } }] }],
        }, /source/],
      ],
      responses: [
        ["no input", { input: [] }, /input/],
        ["tools that are no list", { tools: "all" }, /tools/],
        ["an earlier response", { previous_response_id: "resp_1" }, /previous_response_id/],
        ["a text format that nobody knows", { text: { format: { type: "yaml" } } }, /text\.format/],
      ],
      ollama: [
        ["messages that are no list", { messages: "Hi" }, /messages/],
        ["a picture that is no base64", { messages: [{ role: "user", content: "Hi", images: [7] }] }, /images/],
        ["think with an unknown word", { think: "sideways" }, /think/],
      ],
    };
    for (const [what, more, message] of wrong[dialect]) {
      test(`${what}`, async () => {
        assertErrorIn(dialect, await refused(dialect, ask(dialect, more)), { status: 400, message });
      });
    }

    for (const method of ["GET", "PUT", "DELETE"]) {
      test(`the method ${method}`, async () => {
        const { olla } = await start();
        const response = await fetch(`${olla.url}${PATHS[dialect]}`, { method });
        assert.equal(response.headers.get("allow"), "POST");
        assertErrorIn(dialect, await readIn(dialect, response), { status: 405, message: /POST/ });
      });
    }

    test("a request that has been here before", async () => {
      const kinds = await start();
      await askIn(dialect, kinds.olla.url, { model: MODEL, stream: false });
      const via = kinds.lastOf("openai-compatible").header("via") ?? "";
      const response = await sendIn(dialect, kinds.olla.url, ask(dialect), { headers: { via } });
      assertErrorIn(dialect, await readIn(dialect, response), { status: 508, message: /this olla before/ });
    });
  });
}

describe("a path that the servers of a prefix do not have", () => {
  const cases = [
    ["anthropic", "/olla/openai/v1/messages/batches"],
    ["responses", "/olla/openai/v1/responses/compact/all"],
    ["ollama", "/olla/ollama/api/reboot"],
  ] as const;
  for (const [dialect, path] of cases) {
    test(`${path} is 404 in its dialect, and names the profile`, async () => {
      const { olla } = await start();
      const response = await fetch(`${olla.url}${path}`, { method: "POST", body: JSON.stringify(ask(dialect)) });
      assertErrorIn(dialect, await readIn(dialect, response), { status: 404, message: /\.yaml/ });
    });
  }
});

describe("Anthropic's list of models", () => {
  test("refuses in Anthropic's shape", async () => {
    const { olla } = await start();
    const cases = [
      ["/olla/anthropic/v1/models/nobody", "GET", 404, /nobody/],
      ["/olla/anthropic/v1/models?limit=0", "GET", 400, /limit/],
      ["/olla/anthropic/v1/models?limit=5000", "GET", 400, /limit/],
      ["/olla/anthropic/v1/models/%E0%A4%A", "GET", 400, /./],
      ["/olla/anthropic/v1/models", "POST", 405, /GET/],
    ] as const;
    for (const [path, method, status, message] of cases) {
      const told = await readIn("anthropic", await fetch(`${olla.url}${path}`, { method }));
      assertErrorIn("anthropic", told, { status, message });
    }
  });
});

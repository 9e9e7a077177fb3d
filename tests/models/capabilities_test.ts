/**
 * A request that needs more than text goes to a copy of its model that can do it, and to no other.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { endAll, errorMessage, Gateway, routing, said } from "./gateway.ts";

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PICTURE: JsonObject = {
  messages: [{
    role: "user",
    content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: PIXEL } }],
  }],
};
const TOOLS: JsonObject = {
  tools: [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } }],
};

describe("two servers with the same models, of which the better one can do less", () => {
  let blind: FakeOllama;
  let seeing: FakeOllama;
  let studio: FakeLmStudio;
  let silent: FakeVllm;
  let gateway: Gateway;

  before(async () => {
    // Whether vision and tools are told by the list or only by /api/show makes no difference.
    blind = await FakeOllama.start({ name: "blind", models: ["gemma3:4b", "llama3.1:8b"], listsCapabilities: false });
    seeing = await FakeOllama.start({
      name: "seeing",
      models: [{ name: "gemma3:4b", vision: true }, { name: "llama3.1:8b", tools: true }, {
        name: "nomic-embed-text",
        embeddings: true,
      }],
    });
    studio = await FakeLmStudio.start({ name: "studio", models: ["qwen/qwen3-8b"] });
    // vLLM does not say what its models can do.
    silent = await FakeVllm.start({ name: "silent", models: ["unknown-model"] });
    const servers = [blind, seeing, studio, silent];
    gateway = await Gateway.start(servers, {
      endpoint: ({ name }) => ({ priority: name === "blind" ? 100 : 10 }),
      config: { model_aliases: { helper: ["qwen/qwen3-8b", "gemma3:4b"] } },
    });
    await eventually("what they can do is known", async () => {
      const gemma = await gateway.unified("gemma3:4b");
      return gemma?.olla.capabilities.includes("vision") && blind.asked("/api/show") === 2;
    });
  });

  after(() => endAll([blind, seeing, studio, silent, gateway]));

  beforeEach(() => {
    for (const { inferences } of [blind, seeing, studio, silent]) inferences.length = 0;
  });

  test("a plain chat goes to the better one", async () => {
    assert.equal(said(await gateway.chat("gemma3:4b")), "from blind");
  });

  const needs: [what: string, model: string, more: JsonObject][] = [
    ["with a picture", "gemma3:4b", PICTURE],
    ["with tools", "llama3.1:8b", TOOLS],
  ];
  for (const [what, model, more] of needs) {
    test(`a chat ${what} goes to the copy that can, although the other has the priority, and never to the other`, async () => {
      for (let round = 0; round < 5; round++) {
        const answer = await gateway.chat(model, more);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(said(answer), "from seeing");
        assert.equal(answer.headers.get("x-olla-attempts"), null);
      }
      assert.equal(blind.inferences.length, 0);
      assert.equal(seeing.inferences.length, 5);
    });
  }

  test("a chat with a picture in Ollama's own shape goes to the copy that can", async () => {
    const messages = [{ role: "user", content: "What is this?", images: ["iVBORw0KGgo="] }];
    const answer = await gateway.post("/api/chat", { model: "gemma3:4b", messages, stream: false });
    assert.equal(answer.endpoint, "seeing", answer.text);
    assert.equal(blind.inferences.length, 0);
  });

  test("the copy that can is not replaced by one that cannot when it is gone", async () => {
    await seeing.backend.refuse();
    try {
      const answer = await gateway.chat("gemma3:4b", PICTURE);
      assert.ok([502, 503].includes(answer.status), answer.text);
      assert.equal(blind.inferences.length, 0);
    } finally {
      await seeing.backend.listen();
      await gateway.settled("seeing", "healthy");
    }
  });

  test("what no copy can is refused, with the models that can", async () => {
    const cases: [path: string, body: JsonObject, word: string, hint: RegExp][] = [
      ["/v1/chat/completions", { model: "llama3.1:8b", ...PICTURE }, "take pictures", /"gemma3:4b"/],
      ["/v1/chat/completions", { model: "gemma3:4b", ...TOOLS }, "use tools", /"llama3\.1:8b"/],
      // The model of which one copy takes pictures is not said to take none.
      ["/v1/chat/completions", { model: "gemma3:4b", ...PICTURE, ...TOOLS }, "use tools", /no model here is known to/],
      ["/v1/embeddings", { model: "qwen/qwen3-8b", input: "text" }, "make embeddings", /"nomic-embed-text"/],
    ];
    for (const [path, body, word, hint] of cases) {
      const answer = await gateway.post(path, body);
      assert.deepEqual([answer.status, answer.code], [400, "capability_missing"], answer.text);
      assert.match(errorMessage(answer), new RegExp(`"${body.model}" cannot ${word}`));
      assert.match(errorMessage(answer), hint);
      assert.deepEqual(routing(answer).slice(1), ["rejected", "capability_missing"]);
    }
    for (const { name, inferences } of [blind, seeing, studio]) assert.equal(inferences.length, 0, name);
  });

  test("embeddings are made by the model that makes them, and by no other than the one named", async () => {
    const answer = await gateway.post("/v1/embeddings", { model: "nomic-embed-text", input: "text" });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.endpoint, "seeing");
  });

  test("an alias leads to the model behind it that can do what is asked", async () => {
    const answer = await gateway.chat("helper", PICTURE);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(seeing.inferences.map(({ model }) => model), ["gemma3:4b"]);
    assert.equal(studio.inferences.length, 0);
  });

  test("a server that does not say what its model can do is asked, and its own answer counts", async () => {
    const answer = await gateway.chat("unknown-model", PICTURE);
    assert.equal(answer.endpoint, "silent");
    assert.match(answer.text, /is not a multimodal model/);
  });
});

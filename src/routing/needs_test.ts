import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { DiscoveredModel } from "../models/model.ts";
import { inspectJson } from "./inspect.ts";
import { EMBEDDINGS, lackOf, type Needs, needsOf, NO_NEEDS, TOOLS, VISION } from "./needs.ts";

function inBody(body: unknown): Needs {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const result = inspectJson(new TextEncoder().encode(text));
  assert.equal(result.kind, "ok", JSON.stringify(result));
  return result.kind === "ok" ? result.needs : NO_NEEDS;
}

const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const user = (content: unknown, more = {}) => ({ role: "user", content, ...more });

describe("A body needs", () => {
  const cases: [name: string, body: unknown, needs: Needs][] = [
    ["nothing for plain text", { model: "a", messages: [user("Hi")] }, NO_NEEDS],
    ["nothing for text parts", { messages: [user([{ type: "text", text: '{"type":"image_url"}' }])] }, NO_NEEDS],
    ["vision for a picture in OpenAI's chat", { messages: [user("Hi"), user([{ type: "text" }, picture])] }, VISION],
    ["vision for a picture in Anthropic's messages", { messages: [user([{ source: {}, type: "image" }])] }, VISION],
    ["vision for a picture in Responses", { input: [user([{ type: "input_image", image_url: "u" }])] }, VISION],
    [
      "vision for a picture in a tool's result",
      { messages: [user([{ type: "tool_result", content: [{ type: "image" }] }])] },
      VISION,
    ],
    ["vision for a picture in Ollama's chat", { messages: [user("Hi", { images: ["AAAA"] })] }, VISION],
    ["vision for a picture in Ollama's generate", { prompt: "Hi", images: ["AAAA"] }, VISION],
    ["nothing for empty lists of pictures", { messages: [user("Hi", { images: [] })], images: [] }, NO_NEEDS],
    ["tools for tools", { messages: [user("Hi")], tools: [{ type: "function" }] }, TOOLS],
    ["tools for the older functions", { functions: [{ name: "f" }] }, TOOLS],
    ["nothing for an empty list of tools", '{"tools": [ ], "messages":[]}', NO_NEEDS],
    ["nothing for tools that are null", { tools: null }, NO_NEEDS],
    ["both for both, in any order", { tools: [{}], model: "a", messages: [user([picture])] }, TOOLS | VISION],
    [
      "nothing for a picture that a tool's schema speaks of",
      { tools: [], messages: [{ role: "assistant", tool_calls: [{ type: "image_url" }] }] },
      NO_NEEDS,
    ],
    ["nothing for a picture elsewhere", { metadata: { messages: [user([picture])] } }, NO_NEEDS],
  ];
  for (const [name, body, needs] of cases) test(name, () => assert.equal(inBody(body), needs));
});

test("What a body needs does not depend on what else is in it", () => {
  const words = fc.constantFrom("type", "image_url", "content", "images", "messages", "tools", "input");
  const noise = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, words, fc.boolean(), fc.constant(null), tie("array"), tie("object")),
    array: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(fc.oneof(words, fc.string({ maxLength: 9 })), tie("value"), { maxKeys: 4 }),
  })).object;
  fc.assert(fc.property(noise, (body) => assert.equal(inBody(body), needsOfTree(body as Tree))));
});

type Tree = { [key: string]: unknown };

/** The same by way of JSON.parse's tree: slow and plain. */
function needsOfTree(body: Tree): Needs {
  let needs = NO_NEEDS;
  const listOf = (value: unknown) => Array.isArray(value) ? value : [];
  const objectsOf = (value: unknown) =>
    listOf(value).filter((item): item is Tree => typeof item === "object" && item !== null && !Array.isArray(item));
  const lookAtParts = (content: unknown) => {
    for (const part of objectsOf(content)) {
      if (["image_url", "image", "input_image"].includes(part.type as string)) needs |= VISION;
      lookAtParts(part.content);
    }
  };
  for (const message of [...objectsOf(body.messages), ...objectsOf(body.input)]) {
    if (listOf(message.images).length > 0) needs |= VISION;
    lookAtParts(message.content);
  }
  if (listOf(body.images).length > 0) needs |= VISION;
  if (listOf(body.tools).length > 0 || listOf(body.functions).length > 0) needs |= TOOLS;
  return needs;
}

describe("The path decides what the needs of a body mean", () => {
  const cases: [path: string, inBody: Needs, needs: Needs][] = [
    ["/v1/chat/completions", VISION, VISION],
    ["/v1/messages", TOOLS | VISION, TOOLS | VISION],
    ["/v1/responses", TOOLS, TOOLS],
    ["/api/chat", VISION, VISION],
    ["/api/generate", VISION, VISION],
    ["/engines/llama.cpp/v1/chat/completions", VISION, VISION],
    ["/v1/embeddings", NO_NEEDS, EMBEDDINGS],
    ["/api/embed", VISION, EMBEDDINGS],
    ["/api/embeddings", NO_NEEDS, EMBEDDINGS],
    ["/v1/images/edits", VISION, NO_NEEDS],
    ["/v1/models", NO_NEEDS, NO_NEEDS],
  ];
  for (const [path, given, needs] of cases) {
    test(`${path} ${given}`, () => assert.equal(needsOf(path, given), needs));
  }
});

describe("A model lacks a capability", () => {
  const model = (capabilities?: DiscoveredModel["capabilities"]): DiscoveredModel =>
    capabilities === undefined ? { id: "m" } : { id: "m", capabilities };
  test("when its backend says so", () => {
    assert.equal(lackOf(model({ vision: false, tools: true }), VISION | TOOLS), "vision");
    assert.equal(lackOf(model({ vision: true, tools: false }), VISION | TOOLS), "tools");
    assert.equal(lackOf(model({ embeddings: false }), EMBEDDINGS), "embeddings");
  });
  test("never because nothing is known", () => {
    assert.equal(lackOf(model(), VISION), undefined);
    assert.equal(lackOf(model({ tools: false }), VISION), undefined);
    assert.equal(lackOf(undefined, VISION), undefined);
  });
  test("never when nothing is needed", () => assert.equal(lackOf(model({ vision: false }), NO_NEEDS), undefined));
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { demoEmbedding, demoReply, lastUserText, splitWords } from "./reply.ts";

describe("demoReply()", () => {
  test("names the server, says that it is a demo, and repeats what it heard", () => {
    const reply = demoReply("demo-ollama", "  why is\nthe sky blue? ");
    assert.match(reply, /demo-ollama/);
    assert.match(reply, /demo, and no real model was asked/);
    assert.match(reply, /You said: "why is the sky blue\?"/);
  });

  test("cuts a long message short", () => {
    assert.ok(demoReply("demo-openai", "word ".repeat(10_000)).length < 800);
  });

  test("says so when it heard nothing", () => {
    assert.match(demoReply("demo-openai", ""), /You sent no text/);
  });
});

describe("splitWords()", () => {
  test("gives parts that join to the whole text again", () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(splitWords(text).join(""), text)));
  });

  test("puts at most one word into a part", () => {
    assert.deepEqual(splitWords("a  bc d"), ["a", "  bc", " d"]);
  });
});

describe("lastUserText()", () => {
  const cases: [string, unknown, string][] = [
    ["plain text", [{ role: "user", content: "first" }, { role: "user", content: "second" }], "second"],
    ["the user's last message before an assistant's", [{ role: "user", content: "hi" }, { role: "assistant" }], "hi"],
    ["text parts", [{ role: "user", content: [{ type: "text", text: "a" }, { type: "image_url" }] }], "a "],
    ["no messages at all", undefined, ""],
    ["messages that are no objects", [null, 3, "user"], ""],
    ["a message without content", [{ role: "user" }], ""],
  ];
  for (const [name, messages, expected] of cases) {
    test(`reads ${name}`, () => assert.equal(lastUserText(messages), expected));
  }
});

describe("demoEmbedding()", () => {
  test("gives the same unit vector for the same text and another one for another text", () => {
    const vector = demoEmbedding("hello");
    assert.deepEqual(demoEmbedding("hello"), vector);
    assert.notDeepEqual(demoEmbedding("hallo"), vector);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-9);
  });
});

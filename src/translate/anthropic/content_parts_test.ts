import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import { blocksOf, contentParts, mergeParts } from "./content_parts.ts";

function partsOf(content: unknown) {
  return contentParts(blocksOf({ value: { content }, path: "messages.0" }, "content"));
}

const text = (words: string) => ({ type: "text", text: words });
const document = (source: unknown, more = {}) => [{ type: "document", source, ...more }];

describe("Content becomes parts", () => {
  const cases: [name: string, content: unknown, parts: unknown][] = [
    ["a string", "Hi", [text("Hi")]],
    ["a single block outside a list", text("Hi"), [text("Hi")]],
    ["a text without its cache mark", [{ ...text("Hi"), cache_control: { type: "ephemeral" } }], [text("Hi")]],
    ["nothing for empty texts", [text(""), { type: "text" }], []],
    ["nothing for unknown blocks", [{ type: "hologram", data: 1 }, { type: "container_upload" }, {}], []],
    [
      "a picture as data",
      [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
      [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
    ],
    [
      "a picture by address",
      [{ type: "image", source: { type: "url", url: "https://example.com/a.png" } }],
      [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }],
    ],
    [
      "a text document with title and context",
      document({ type: "text", media_type: "text/plain", data: "All of it" }, { title: "Deeds", context: "Old" }),
      [text("<document>\n<title>Deeds</title>\n<context>Old</context>\nAll of it\n</document>")],
    ],
    [
      "a document of blocks, its pictures behind it",
      document({
        type: "content",
        content: [text("One"), { type: "image", source: { type: "url", url: "https://e/p" } }, text("Two")],
      }),
      [text("<document>\nOne\n\nTwo\n</document>"), { type: "image_url", image_url: { url: "https://e/p" } }],
    ],
    [
      "a document of one string",
      document({ type: "content", content: "One" }),
      [text("<document>\nOne\n</document>")],
    ],
    [
      "a PDF as a file with its title as name",
      document({ type: "base64", media_type: "application/pdf", data: "JVBE" }, { title: "a.pdf", context: "Draft" }),
      [
        text("About a.pdf: Draft"),
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" } },
      ],
    ],
    [
      "a PDF by address",
      document({ type: "url", url: "https://example.com/a.pdf" }),
      [{ type: "file", file: { filename: "document.pdf", file_data: "https://example.com/a.pdf" } }],
    ],
    [
      "a search result",
      [{ type: "search_result", source: "https://e", title: "E", content: [text("One"), text("Two")], citations: {} }],
      [text("<search_result>\n<title>E</title>\n<source>https://e</source>\nOne\n\nTwo\n</search_result>")],
    ],
    ["a tool that a search has found", [{ type: "tool_reference", tool_name: "zoom" }], [text("Tool: zoom")]],
  ];
  for (const [name, content, parts] of cases) test(name, () => assert.deepEqual(partsOf(content), parts));
});

describe("Content is refused with its path", () => {
  const image = (source: unknown) => [text("Hi"), { type: "image", source }];
  const cases: [content: unknown, path: string, message: RegExp][] = [
    [
      image({ type: "base64", media_type: "image/png", data: 7 }),
      "messages.0.content.1.source.data",
      /must be a string/,
    ],
    [image({ type: "base64", data: "AAAA" }), "messages.0.content.1.source.media_type", /is missing/],
    [image({ type: "url" }), "messages.0.content.1.source.url", /is missing/],
    [image({ type: "file", file_id: "f" }), "messages.0.content.1.source", /Files API.*"base64" or "url"/],
    [image({ type: "beam" }), "messages.0.content.1.source.type", /"beam".*"base64" or "url"/],
    [image(undefined), "messages.0.content.1.source", /is missing/],
    [document({ type: "file", file_id: "f" }), "messages.0.content.0.source", /Files API/],
    [document({ type: "text", data: {} }), "messages.0.content.0.source.data", /must be a string, received an object/],
    [document({ type: "content", content: [4] }), "messages.0.content.0.source.content.0", /must be an object/],
    [7, "messages.0.content", /must be a string or a list of blocks, received a number/],
    [undefined, "messages.0.content", /received nothing/],
    [["Hi"], "messages.0.content.0", /must be an object, received a string/],
  ];
  for (const [content, path, message] of cases) {
    test(`${path}: ${JSON.stringify(content)}`, () => {
      const [param, complaint] = refusalOf(() => partsOf(content));
      assert.equal(param, path);
      assert.match(complaint, message);
      assert.ok(complaint.startsWith(path));
    });
  }
});

test("Neighbouring texts become one with a blank line between, and texts alone a string", () => {
  const picture = { type: "image_url", image_url: { url: "u" } } as const;
  const words = (value: string) => ({ type: "text", text: value } as const);
  assert.equal(mergeParts([words("a"), words("b")]), "a\n\nb");
  assert.deepEqual(mergeParts([words("a"), words("b"), picture, words("c")]), [words("a\n\nb"), picture, words("c")]);
  assert.deepEqual(mergeParts([picture]), [picture]);
});

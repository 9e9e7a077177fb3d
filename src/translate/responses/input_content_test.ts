import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { contentParts } from "./input_content.ts";
import { refusalOf } from "./responses_test_support.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("contentParts", () => {
  const image = (url: string, detail?: string) => ({
    type: "image_url",
    image_url: detail === undefined ? { url } : { url, detail },
  });
  const cases: [what: string, part: unknown, expected: unknown][] = [
    ["input_text", { type: "input_text", text: "a" }, { type: "text", text: "a" }],
    ["output_text", { type: "output_text", text: "a", annotations: [] }, { type: "text", text: "a" }],
    ["text", { type: "text", text: "a" }, { type: "text", text: "a" }],
    [
      "an image by URL",
      { type: "input_image", image_url: "https://a/b.png", detail: "auto" },
      image("https://a/b.png"),
    ],
    [
      "an image as data",
      { type: "input_image", image_url: "data:image/png;base64,AA", file_id: null },
      image(
        "data:image/png;base64,AA",
      ),
    ],
    ["a detail", { type: "input_image", image_url: "x", detail: "high" }, image("x", "high")],
    ["a detail of OpenAI's alone", { type: "input_image", image_url: "x", detail: "original" }, image("x")],
    [
      "an image as chat completions write it",
      { type: "image_url", image_url: { url: "x", detail: "low" } },
      image("x", "low"),
    ],
    ["a PDF", { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AA" }, {
      type: "file",
      file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" },
    }],
    ["a file as a data URL", { type: "input_file", file_url: "data:application/pdf;base64,AA" }, {
      type: "file",
      file: { file_data: "data:application/pdf;base64,AA" },
    }],
    ["a text file as text", {
      type: "input_file",
      filename: "ü.md",
      file_data: `data:text/markdown;base64,${base64("# ü")}`,
    }, {
      type: "text",
      text: "ü.md:\n# ü",
    }],
    ["a JSON file as text", {
      type: "input_file",
      file_data: `data:application/json;charset=utf-8;base64,${base64("{}")}`,
    }, {
      type: "text",
      text: "{}",
    }],
    ["audio", { type: "input_audio", input_audio: { data: "AA", format: "wav" } }, {
      type: "input_audio",
      input_audio: { data: "AA", format: "wav" },
    }],
  ];
  for (const [what, part, expected] of cases) {
    test(`reads ${what}`, () => assert.deepEqual(contentParts([part], "at"), [expected]));
  }

  test("reads a text, and nothing", () => {
    assert.deepEqual(contentParts("a", "at"), [{ type: "text", text: "a" }]);
    assert.deepEqual(contentParts(null, "at"), []);
  });

  const wrong: [what: string, content: unknown, param: string, says: RegExp][] = [
    ["an image by its id", [{ type: "input_image", file_id: "file-1" }], "at[0].file_id", /keeps no files, so send/],
    ["a file by its id", [{ type: "input_file", file_id: "file-1" }], "at[0].file_id", /keeps no files, so send/],
    [
      "a file by URL",
      [{ type: "input_file", file_url: "https://a/b.pdf" }],
      "at[0].file_url",
      /send the file as file_data/,
    ],
    ["a file of nothing", [{ type: "input_file" }], "at[0].file_data", /missing/],
    ["an image of nothing", [{ type: "input_image" }], "at[0].image_url", /missing/],
    ["audio of nothing", [{ type: "input_audio" }], "at[0].input_audio.data", /missing/],
    ["an unknown part", ["x", { type: "input_video" }], "at[0]", /object/],
    ["an unknown type", [{ type: "input_video" }], "at[0].type", /input_text, input_image/],
    ["a text that is none", [{ type: "input_text", text: 5 }], "at[0].text", /string/],
    ["a number", 5, "at", /string or a list/],
  ];
  for (const [what, content, param, says] of wrong) {
    test(`refuses ${what}`, () => assert.match(refusalOf(() => contentParts(content, "at"), param), says));
  }
});

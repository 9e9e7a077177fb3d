import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { splice } from "./inspect.ts";
import { boundaryOf, inspectMultipart } from "./inspect_multipart.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const TYPE = "multipart/form-data; boundary=XyZ";

function form(parts: readonly (readonly [headers: string, value: string])[], boundary = "XyZ"): string {
  return parts.map(([headers, value]) => `--${boundary}\r\n${headers}\r\n\r\n${value}\r\n`).join("") +
    `--${boundary}--\r\n`;
}

const FILE = [
  'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav',
  "RIFF\0\r\n--Xy",
] as const;
const field = (name: string, value: string) => [`Content-Disposition: form-data; name="${name}"`, value] as const;

describe("inspectMultipart finds the model field", () => {
  const cases: [name: string, body: string, model: string | undefined][] = [
    ["before the file", form([field("model", "whisper-1"), FILE]), "whisper-1"],
    ["behind the file", form([FILE, field("model", "whisper-1")]), "whisper-1"],
    [
      "without quotes around its name",
      form([["content-disposition: form-data; name=model", "whisper-1"]]),
      "whisper-1",
    ],
    ["not a field whose name only contains it", form([field("my_model", "x"), FILE]), undefined],
    ["an empty one counts as absent", form([field("model", ""), FILE]), undefined],
    ["absent", form([FILE]), undefined],
  ];
  for (const [name, body, model] of cases) {
    test(name, () => {
      const result = inspectMultipart(bytes(body), TYPE);
      assert.equal(result.kind === "ok" ? result.model : result.message, model);
    });
  }
});

test("inspectMultipart reads stream", () => {
  const result = inspectMultipart(bytes(form([field("model", "a"), field("stream", "true")])), TYPE);
  assert.equal(result.kind === "ok" && result.stream, true);
});

describe("inspectMultipart refuses", () => {
  const cases: [name: string, body: string, type: string][] = [
    ["a type without a boundary", form([FILE]), "multipart/form-data"],
    ["a body without its boundary", "hello", TYPE],
    ["a body that is cut", form([FILE]).slice(0, 40), TYPE],
    ["a body without its closing boundary", "--XyZ\r\nA: b\r\n\r\nvalue\r\n", TYPE],
    ["two models", form([field("model", "a"), field("model", "b")]), TYPE],
    ["a model of two thousand letters", form([field("model", "a".repeat(2000))]), TYPE],
  ];
  for (const [name, body, type] of cases) {
    test(name, () => assert.equal(inspectMultipart(bytes(body), type).kind, "invalid"));
  }
});

test("boundaryOf reads quoted and bare boundaries", () => {
  assert.equal(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"'), "a b");
  assert.equal(boundaryOf("multipart/form-data;boundary=ab;x=y"), "ab");
});

test("a model can be replaced without touching a byte of the file", () => {
  const before = form([FILE, field("model", "whisper"), field("language", "en")]);
  const found = inspectMultipart(bytes(before), TYPE);
  assert.ok(found.kind === "ok" && found.modelSpan !== undefined);
  const after = new TextDecoder().decode(splice(bytes(before), found.modelSpan, bytes("openai/whisper-large")));
  assert.equal(after, form([FILE, field("model", "openai/whisper-large"), field("language", "en")]));
});

test("inspectMultipart never throws, whatever the bytes are", () => {
  const soup = fc.string({
    unit: fc.constantFrom("--XyZ", "\r\n", "\r\n\r\n", "--", 'name="model"', "Content-Disposition: form-data; ", "a"),
  });
  fc.assert(fc.property(soup, (body) => void inspectMultipart(bytes(body), TYPE)));
});

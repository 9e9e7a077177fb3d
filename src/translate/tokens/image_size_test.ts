import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import fc from "fast-check";
import { imageSize } from "./image_size.ts";
import { imageTokens, pdfTokens, remoteImageTokens } from "./media_tokens.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");
const two = (value: number) => value.toString(16).padStart(4, "0");

const png = (width: number, height: number) =>
  hex(`89504e470d0a1a0a 0000000d 49484452 0000${two(width)} 0000${two(height)} 0806000000`);
const gif = hex("474946383961 4001 f000 800000");
const lossyWebp = hex("52494646 24000000 57454250 56503820 18000000 300100 9d012a 2003 5802 0000");
const losslessWebp = hex("52494646 24000000 57454250 5650384c 18000000 2f 1fc39500 0000000000000000");
const extendedWebp = hex("52494646 24000000 57454250 56503858 0a000000 10000000 ff0900 5f0600");
/** With a thumbnail's tables and 70 KB of notes of the camera before the size. */
const jpeg = Buffer.concat([
  hex("ffd8 ffe1 fffe"),
  Buffer.alloc(0xfffe - 2, 0xc0),
  hex("ffe2 0010 0000000000000000000000000000 ff ffdb 0004 0000 ffc4 0004 0000 ffc2 0011 08 0438 0780 03 0111000211"),
  hex("0003110100"),
]);

describe("imageSize()", () => {
  const cases: [kind: string, bytes: Uint8Array, size: [number, number] | undefined][] = [
    ["a PNG", png(640, 480), [640, 480]],
    ["a GIF", gif, [320, 240]],
    ["a lossy WebP", lossyWebp, [800, 600]],
    ["a lossless WebP", losslessWebp, [800, 600]],
    ["an extended WebP", extendedWebp, [2560, 1632]],
    ["a JPEG with much before its size", jpeg, [1920, 1080]],
    ["a PNG that is cut", png(640, 480).subarray(0, 20), undefined],
    ["a JPEG that is cut", jpeg.subarray(0, 1000), undefined],
    ["a PNG without width", png(0, 480), undefined],
    ["text", Buffer.from("no image at all, but long enough for a head"), undefined],
    ["nothing", new Uint8Array(), undefined],
  ];
  for (const [kind, bytes, size] of cases) {
    test(`of ${kind} is ${size?.join(" x ") ?? "unknown"}`, () => {
      assert.deepEqual(imageSize(bytes), size && { width: size[0], height: size[1] });
    });
  }

  test("never throws, however a file is broken", () => {
    const heads = fc.constantFrom(...cases.map(([, bytes]) => bytes));
    fc.assert(fc.property(heads, fc.nat(60), fc.uint8Array({ maxLength: 40 }), (head, kept, rest) => {
      imageSize(Buffer.concat([head.subarray(0, kept), rest]));
    }));
  });
});

describe("the tokens of an image", () => {
  const cases: [width: number, height: number, tokens: number][] = [
    [200, 200, 54],
    [1000, 1000, 1334],
    [1092, 1092, 1590],
    [4000, 4000, 1600],
    [3136, 1568, 1600],
    [3136, 100, 105],
    [1, 1, 1],
  ];
  for (const [width, height, tokens] of cases) {
    test(`${width} x ${height}: ${tokens}`, () => {
      assert.equal(imageTokens(png(width, height).toString("base64")), tokens);
    });
  }

  test("of an unknown size are those of a large one", () => {
    assert.equal(imageTokens("bm8gaW1hZ2U="), 1600);
    assert.equal(imageTokens("***"), 1600);
    assert.equal(remoteImageTokens(), 1600);
  });
});

describe("the tokens of a PDF", () => {
  const tokens = (pdf: string) => {
    const steps = pdfTokens(Buffer.from(pdf, "latin1").toString("base64"));
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  };

  test("go by its pages", () => {
    const pdf = "%PDF-1.4 <</Type /Pages /Count 3>> <</Type /Page /Parent 1 0 R>> <</Type/Page>> << /Type /Page>>";
    assert.equal(tokens(pdf), 3 * 2250);
  });

  test("go by its size where the pages are compressed", () => {
    assert.equal(tokens("%PDF-1.7 " + "x".repeat(99_000)), 2 * 2250);
    assert.equal(tokens(""), 2250);
  });
});

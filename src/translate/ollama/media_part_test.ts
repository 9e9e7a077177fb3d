import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OllaError } from "../../errors.ts";
import { mediaPart } from "./media_part.ts";

const base64 = (bytes: string) => btoa(bytes + "\0".repeat(24));

describe("mediaPart", () => {
  const cases: [string, string, string][] = [
    ["a PNG", "\x89PNG\r\n\x1a\n", "image/png"],
    ["a JPEG", "\xff\xd8\xff\xe0", "image/jpeg"],
    ["a GIF", "GIF89a", "image/gif"],
    ["a WebP", "RIFF\x0a\x0a\x0a\x0aWEBPVP8 ", "image/webp"],
    ["a BMP", "BM6", "image/bmp"],
    ["a TIFF", "II*\0", "image/tiff"],
    ["a TIFF of the other end", "MM\0*", "image/tiff"],
    ["an AVIF", "\0\0\0\x20ftypavif", "image/avif"],
    ["a HEIC", "\0\0\0\x20ftypheic", "image/heic"],
    ["what begins like nothing known", "hello", "image/png"],
  ];
  for (const [what, bytes, type] of cases) {
    test(`names the type of ${what} by its first bytes`, () => {
      const data = base64(bytes);
      assert.deepEqual(mediaPart(data, "x"), { type: "image_url", image_url: { url: `data:${type};base64,${data}` } });
    });
  }

  const sounds: [string, string][] = [
    ["RIFF\0\0\0\0WAVEfmt ", "wav"],
    ["ID3\x04", "mp3"],
    ["\xff\xfb\x90", "mp3"],
  ];
  for (const [bytes, format] of sounds) {
    test(`makes a part of sound of ${format}, which Ollama takes as an image, too`, () => {
      const data = base64(bytes);
      assert.deepEqual(mediaPart(data, "x"), { type: "input_audio", input_audio: { data, format } });
    });
  }

  for (const url of ["data:image/gif;base64,R0lGOD", "https://example.com/a.png", "HTTP://example.com/b"]) {
    test(`keeps the URL ${url}`, () => {
      assert.deepEqual(mediaPart(url, "x"), { type: "image_url", image_url: { url } });
    });
  }

  test("takes line breaks out of base64, since data URLs must not have any", () => {
    const data = base64("\x89PNG");
    const broken = data.replace(/(.{10})/g, "$1\r\n");
    assert.deepEqual(mediaPart(broken, "x"), mediaPart(data, "x"));
  });

  test("takes an image shorter than any sign", () => {
    assert.deepEqual(mediaPart("aGk=", "x"), { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } });
  });

  for (const value of ["no base64!", "", "=", 7, null, {}, "/home/me/cat.png?"]) {
    test(`refuses ${JSON.stringify(value)} by the place where it is`, () => {
      assert.throws(
        () => mediaPart(value, "images[0]"),
        (error) => error instanceof OllaError && error.code === "invalid_request" && error.param === "images[0]",
      );
    });
  }
});

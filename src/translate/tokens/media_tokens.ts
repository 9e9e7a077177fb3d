import { Buffer } from "node:buffer";
import { imageSize } from "./image_size.ts";

/** Anthropic scales what is larger down to so many pixels on the longer side, and so many tokens. */
const LONGEST_SIDE = 1568;
const MOST_TOKENS = 1600;
const PIXELS_A_TOKEN = 750;
/** An image of which the size is unknown counts as a large one: better too many than a prompt that does not fit. */
const UNKNOWN_IMAGE = MOST_TOKENS;
/** The size stands in the first bytes, in a JPEG behind what the camera wrote: up to 64 KB for each of a few segments. */
const HEAD_CHARS = 256 * 1024;

/** The tokens of an image in base64, as Anthropic documents it: an area of 750 pixels each. */
export function imageTokens(base64: string): number {
  const size = imageSize(Buffer.from(base64.slice(0, HEAD_CHARS), "base64"));
  if (size === undefined) return UNKNOWN_IMAGE;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(size.width, size.height));
  const area = size.width * size.height * scale * scale;
  return Math.max(1, Math.min(MOST_TOKENS, Math.ceil(area / PIXELS_A_TOKEN)));
}

/** The tokens of an image that lies elsewhere. */
export function remoteImageTokens(): number {
  return UNKNOWN_IMAGE;
}

/** Between Anthropic's figures for the text of a page, 1500 to 3000. */
const TOKENS_A_PAGE = 2250;
/** Where the pages cannot be counted, since a PDF may compress what tells of them: a usual size. */
const BYTES_A_PAGE = 50_000;
/** A multiple of four, so that each part is base64 by itself. */
const PDF_CHARS_A_STEP = 1024 * 1024;
const PAGE_MARK = /\/Type\s*\/Page(?![a-zA-Z])/g;

/** An estimate for a PDF in base64. Yields between steps. */
export function* pdfTokens(base64: string): Generator<void, number> {
  let pages = 0;
  for (let from = 0; from < base64.length; from += PDF_CHARS_A_STEP) {
    const text = Buffer.from(base64.slice(from, from + PDF_CHARS_A_STEP), "base64").toString("latin1");
    pages += text.match(PAGE_MARK)?.length ?? 0;
    yield;
  }
  const guessed = Math.ceil(base64.length * 3 / 4 / BYTES_A_PAGE);
  return TOKENS_A_PAGE * Math.max(1, pages === 0 ? guessed : pages);
}

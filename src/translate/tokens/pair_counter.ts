import type { Vocabulary } from "./vocabulary.ts";

/** The longest piece that is joined as a whole, in UTF-16 units. The work grows with the square of it. */
const LONGEST_PIECE = 160;
const MAX_BYTES_A_UNIT = 3;
const NO_RANK = 0x7fffffff;

/** Counts the tokens of short pieces of text by joining pairs of bytes, the lowest rank first. */
export class PairCounter {
  readonly #vocabulary: Vocabulary;
  readonly #bytes = new Uint8Array(LONGEST_PIECE * MAX_BYTES_A_UNIT);
  /** Where the parts of a piece begin; and the rank that each part has when it is joined with the next one. */
  readonly #starts = new Uint16Array(this.#bytes.length + 1);
  readonly #ranks = new Int32Array(this.#bytes.length + 1);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /**
   * The tokens of `text[start..end)`, which the encoding's pattern has found as one piece. One that is longer than any
   * word is cut, and may so be counted a token too high for each 160 characters.
   */
  count(text: string, start: number, end: number): number {
    let tokens = 0;
    let from = start;
    while (end - from > LONGEST_PIECE) {
      // Not between the halves of a surrogate pair.
      const next = from + LONGEST_PIECE - (isHighSurrogate(text.charCodeAt(from + LONGEST_PIECE - 1)) ? 1 : 0);
      tokens += this.#countShort(text, from, next);
      from = next;
    }
    return tokens + this.#countShort(text, from, end);
  }

  #countShort(text: string, start: number, end: number): number {
    const length = encodeUtf8(text, start, end, this.#bytes);
    if (length <= 1 || this.#vocabulary.rank(this.#bytes, 0, length) >= 0) return 1;
    return this.#join(length);
  }

  #join(length: number): number {
    const starts = this.#starts;
    const ranks = this.#ranks;
    let parts = length;
    for (let i = 0; i <= length; i++) starts[i] = i;
    for (let i = 0; i < parts; i++) ranks[i] = this.#rankAt(i, parts);
    while (parts > 1) {
      let best = 0;
      for (let i = 1; i < parts - 1; i++) if ((ranks[i] ?? 0) < (ranks[best] ?? 0)) best = i;
      if (ranks[best] === NO_RANK) break;
      starts.copyWithin(best + 1, best + 2, parts + 1);
      ranks.copyWithin(best + 1, best + 2, parts);
      parts--;
      ranks[best] = this.#rankAt(best, parts);
      if (best > 0) ranks[best - 1] = this.#rankAt(best - 1, parts);
    }
    return parts;
  }

  #rankAt(part: number, parts: number): number {
    if (part + 2 > parts) return NO_RANK;
    const rank = this.#vocabulary.rank(this.#bytes, this.#starts[part] ?? 0, this.#starts[part + 2] ?? 0);
    return rank < 0 ? NO_RANK : rank;
  }
}

function isHighSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xd800;
}

/** Writes text as UTF-8, half a surrogate pair as U+FFFD. Returns the length. For a few bytes faster than an encoder. */
function encodeUtf8(text: string, start: number, end: number, into: Uint8Array): number {
  let size = 0;
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      into[size++] = code;
      continue;
    }
    if (code < 0x800) {
      into[size++] = 0xc0 | (code >> 6);
      into[size++] = 0x80 | (code & 0x3f);
      continue;
    }
    if (isHighSurrogate(code) && i + 1 < end && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      const point = 0x10000 + ((code & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      into[size++] = 0xf0 | (point >> 18);
      into[size++] = 0x80 | ((point >> 12) & 0x3f);
      into[size++] = 0x80 | ((point >> 6) & 0x3f);
      into[size++] = 0x80 | (point & 0x3f);
      continue;
    }
    if ((code & 0xf800) === 0xd800) code = 0xfffd;
    into[size++] = 0xe0 | (code >> 12);
    into[size++] = 0x80 | ((code >> 6) & 0x3f);
    into[size++] = 0x80 | (code & 0x3f);
  }
  return size;
}

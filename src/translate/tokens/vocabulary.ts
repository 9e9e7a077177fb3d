/** Everything in flat arrays: about 4 MB for 200,000 tokens, where a `Map` of texts takes 70. */
interface Tables {
  /** The bytes of all tokens, one after the other, in the order of their ranks. */
  readonly bytes: Uint8Array;
  /** Where each token begins in `bytes`, and where the last one ends. */
  readonly offsets: Uint32Array;
  /** Open addressing: rank + 1, or 0 for a free slot. Its length is a power of two. */
  readonly slots: Uint32Array;
}

/** The tokens of a byte-pair encoding. Immutable. */
export class Vocabulary {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The rank of the token that is exactly `bytes[start..end)`: a lower one is joined earlier. -1 when there is none. */
  rank(bytes: Uint8Array, start: number, end: number): number {
    const { bytes: known, offsets, slots } = this.#tables;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hashOf(bytes, start, end) & mask;; slot = (slot + 1) & mask) {
      const rank = (slots[slot] ?? 0) - 1;
      if (rank < 0) return -1;
      const from = offsets[rank] ?? 0;
      if ((offsets[rank + 1] ?? 0) - from !== length) continue;
      let i = 0;
      while (i < length && known[from + i] === bytes[start + i]) i++;
      if (i === length) return rank;
    }
  }
}

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_START;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), FNV_PRIME);
  return hash ^ (hash >>> 15);
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_LETTER = 255;
/** Value of each base64 letter by its code. */
const BASE64 = new Uint8Array(256).fill(NO_LETTER);
for (let value = 0; value < LETTERS.length; value++) BASE64[LETTERS.charCodeAt(value)] = value;

const BYTES_A_CHAR = 3 / 4;
/** Two letters, two `=` and a space. */
const SHORTEST_WORD = 5;
const SPACE = 32;
/** So much is done at a time: a millisecond or two. */
const CHARS_A_STEP = 16 * 1024;
const TOKENS_A_STEP = 2 * 1024;

/**
 * Reads a vocabulary, a part of it in each step, so that others can run in between.
 *
 * @param ranks As the package `js-tiktoken` has them: `! 0` and then all tokens in base64 by rank, with spaces between.
 */
export function* readVocabulary(ranks: string): Generator<void, Vocabulary> {
  const begin = ranks.indexOf(" ", ranks.indexOf(" ") + 1) + 1;
  const room = new Uint8Array(Math.ceil(ranks.length * BYTES_A_CHAR));
  const starts = new Uint32Array(Math.ceil(ranks.length / SHORTEST_WORD) + 2);
  let size = 0;
  let count = 0;
  let held = 0;
  let bits = 0;
  for (let i = begin; i < ranks.length; i++) {
    if (i % CHARS_A_STEP === 0) yield;
    const code = ranks.charCodeAt(i);
    if (code === SPACE) {
      starts[++count] = size;
      bits = 0;
      continue;
    }
    const value = BASE64[code] ?? NO_LETTER;
    if (value === NO_LETTER) continue; // the `=` at the end
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    room[size++] = (held >> bits) & 255;
  }
  starts[++count] = size;
  const bytes = room.slice(0, size);
  const offsets = starts.slice(0, count + 1);
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 1.5)));
  const mask = slots.length - 1;
  for (let rank = 0; rank < count; rank++) {
    if (rank % TOKENS_A_STEP === 0) yield;
    let slot = hashOf(bytes, offsets[rank] ?? 0, offsets[rank + 1] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = rank + 1;
  }
  return new Vocabulary({ bytes, offsets, slots });
}

import { PairCounter } from "./pair_counter.ts";
import { isDigits, PIECE_CLASSES, pieceClass } from "./piece_class.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What texts come to, by class of their pieces: the indices are those of `PIECE_CLASSES`. */
export interface PieceTally {
  /** Pieces. Each is one token at least. */
  readonly pieces: Float64Array;
  /** Tokens beyond the first of each piece; for digits, the digits beyond the first instead. */
  readonly extra: Float64Array;
  /** Tokens in the encoding itself. */
  tokens: number;
}

/** An empty tally. */
export function emptyTally(): PieceTally {
  return {
    pieces: new Float64Array(PIECE_CLASSES.length),
    extra: new Float64Array(PIECE_CLASSES.length),
    tokens: 0,
  };
}

/** So many UTF-16 units are counted at a time: about a millisecond, ten before the code is compiled. */
const UNITS_A_STEP = 8 * 1024;
/** How far before the end of a step a space is looked for, where every encoding begins a new piece. */
const LOOK_BACK = 256;

/** A way to cut texts into tokens: a pattern that finds pieces, and a vocabulary within them. */
export class Encoding {
  readonly #pattern: RegExp;
  readonly #counter: PairCounter;

  /** @param pattern Source of a regular expression, of which some alternative matches wherever it is tried. */
  constructor(pattern: string, vocabulary: Vocabulary) {
    this.#pattern = new RegExp(pattern, "gu");
    this.#counter = new PairCounter(vocabulary);
  }

  /** Counts a text into a tally. Yields after each step how many UTF-16 units it was, so that others can run. */
  *tally(text: string, into: PieceTally): Generator<number, void> {
    for (let from = 0; from < text.length;) {
      const to = stepEnd(text, from);
      this.#tallyStep(from === 0 && to === text.length ? text : text.slice(from, to), into);
      yield to - from;
      from = to;
    }
  }

  #tallyStep(text: string, into: PieceTally): void {
    const pattern = this.#pattern;
    const { pieces, extra } = into;
    let start = 0;
    pattern.lastIndex = 0;
    while (pattern.test(text)) {
      const end = pattern.lastIndex;
      const index = pieceClass(text, start, end);
      const tokens = this.#counter.count(text, start, end);
      into.tokens += tokens;
      pieces[index] = (pieces[index] ?? 0) + 1;
      extra[index] = (extra[index] ?? 0) + (isDigits(index) ? end - start : tokens) - 1;
      start = end;
    }
  }
}

/** Where the step that begins at `from` ends: before a space after something else if there is one near. */
function stepEnd(text: string, from: number): number {
  const limit = from + UNITS_A_STEP;
  if (limit >= text.length) return text.length;
  for (let at = limit; at > limit - LOOK_BACK; at--) {
    if (text.charCodeAt(at) === 32 && /\S/.test(text.charAt(at - 1))) return at;
  }
  const code = text.charCodeAt(limit);
  return code >= 0xdc00 && code <= 0xdfff ? limit + 1 : limit; // not within a surrogate pair
}

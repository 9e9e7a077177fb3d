/**
 * What a piece of text consists of. Vocabularies agree much on some classes and little on others: one made in China has
 * more Chinese words, and some have a token for each digit.
 */
export const PIECE_CLASSES = [
  /** A space and ASCII letters, as in prose. */
  "word",
  /** ASCII letters behind anything else, as in code. */
  "name",
  /** Latin letters, not all of them ASCII. */
  "accented",
  "digits",
  "space",
  "symbols",
  "han",
  "kana",
  "hangul",
  "cyrillic",
  "greek",
  "hebrew",
  "arabic",
  "indic",
  "thai",
  "other",
  "emoji",
] as const;

export type PieceClass = (typeof PIECE_CLASSES)[number];

const WORD = PIECE_CLASSES.indexOf("word");
const NAME = PIECE_CLASSES.indexOf("name");
const ACCENTED = PIECE_CLASSES.indexOf("accented");
const DIGITS = PIECE_CLASSES.indexOf("digits");
const SPACE = PIECE_CLASSES.indexOf("space");
const SYMBOLS = PIECE_CLASSES.indexOf("symbols");

/** The first code of each range beyond ASCII, and its class; a range ends where the next one begins. */
const RANGES: readonly (readonly [from: number, name: PieceClass])[] = [
  [0x80, "symbols"],
  [0xc0, "accented"],
  [0x250, "other"],
  [0x300, "accented"],
  [0x370, "greek"],
  [0x400, "cyrillic"],
  [0x530, "other"],
  [0x590, "hebrew"],
  [0x600, "arabic"],
  [0x700, "other"],
  [0x750, "arabic"],
  [0x780, "other"],
  [0x900, "indic"],
  [0xe00, "thai"],
  [0xf00, "other"],
  [0x1100, "hangul"],
  [0x1200, "other"],
  [0x1e00, "accented"],
  [0x1f00, "greek"],
  [0x2000, "symbols"],
  [0x2600, "emoji"],
  [0x27c0, "symbols"],
  [0x2e80, "han"],
  [0x3000, "symbols"],
  [0x3040, "kana"],
  [0x3130, "hangul"],
  [0x3190, "han"],
  [0xa000, "other"],
  [0xac00, "hangul"],
  [0xd7b0, "other"],
  [0xd800, "emoji"], // nearly all that needs surrogates
  [0xf900, "han"],
  [0xfb00, "other"],
  [0xfb50, "arabic"],
  [0xfe00, "emoji"], // variation selectors
  [0xfe10, "symbols"],
  [0xfe70, "arabic"],
  [0xff00, "symbols"],
  [0xff66, "kana"],
  [0xffa0, "other"],
];

/** Class of each UTF-16 unit; letters are names. */
const CLASS_OF = new Uint8Array(0x10000);
for (let code = 0; code < 0x80; code++) {
  const text = String.fromCharCode(code);
  CLASS_OF[code] = /\s/.test(text) ? SPACE : /\d/.test(text) ? DIGITS : /[a-z]/i.test(text) ? NAME : SYMBOLS;
}
for (const [from, name] of RANGES) CLASS_OF.fill(PIECE_CLASSES.indexOf(name), from);

const BLANK = 32;

/**
 * The class of a piece that an encoding's pattern has found, as an index into {@link PIECE_CLASSES}. Such a piece is
 * letters with perhaps something before them, digits, white space, or others with perhaps a space before and line breaks
 * behind.
 */
export function pieceClass(text: string, start: number, end: number): number {
  const last = CLASS_OF[text.charCodeAt(end - 1)] ?? SYMBOLS;
  if (last === NAME) {
    for (let i = start; i < end; i++) if (text.charCodeAt(i) >= 0xc0) return ACCENTED;
    return text.charCodeAt(start) === BLANK ? WORD : NAME;
  }
  if (last !== SPACE && last !== SYMBOLS) return last;
  const first = CLASS_OF[text.charCodeAt(start)] ?? SYMBOLS;
  if (first !== SPACE || end - start === 1) return first;
  return CLASS_OF[text.charCodeAt(start + 1)] ?? SYMBOLS;
}

/** Whether a class is `digits`. */
export function isDigits(index: number): boolean {
  return index === DIGITS;
}

/**
 * Finds the top-level `model` and `stream` of a JSON body by a structural scan of its bytes. Strings are jumped over with
 * `indexOf('"')`, so a 3 MB image costs microseconds where `JSON.parse` would block the event loop for milliseconds.
 * @module
 */
import { ContentScan, isObject, isWord, Level, type TopKey } from "./inspect_content.ts";
import type { Needs } from "./needs.ts";

/** Where a value stands in the body, quotes included: `body.subarray(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What routing needs to know about a request body. */
export interface Inspection {
  readonly kind: "ok";
  /** The requested model as the client wrote it, escapes resolved. Undefined when there is none or it is null. */
  readonly model: string | undefined;
  /** The model's string literal in the body; what an alias replaces. */
  readonly modelSpan: Span | undefined;
  /** True when the client asked for a streamed answer; undefined when it did not say. */
  readonly stream: boolean | undefined;
  /** What it needs of its model, were it a request for a language model. */
  readonly needs: Needs;
}

/** Why a body was refused before any backend saw it. */
export interface InvalidBody {
  readonly kind: "invalid";
  /** `syntax`: not a whole JSON object. `model`: the `model` key itself is unusable. */
  readonly fault: "syntax" | "model";
  readonly message: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const T_OF_TRUE = 0x74;
const N_OF_NULL = 0x6e;

/** Nesting beyond this is refused; no API needs it and a backend's parser may not survive it. */
const MAX_DEPTH = 1000;

const MODEL = "model";
const STREAM = "stream";

const MODEL_NOT_STRING: InvalidBody = {
  kind: "invalid",
  fault: "model",
  message: 'The value of "model" must be a string',
};

function syntax(message: string): InvalidBody {
  return { kind: "invalid", fault: "syntax", message };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Index of the quote that ends the string opened before `from`, or -1. */
function endOfString(body: Buffer, from: number): number {
  let quote = body.indexOf(QUOTE, from);
  while (quote !== -1) {
    let backslashes = 0;
    for (let i = quote - 1; i >= from && body[i] === BACKSLASH; i--) backslashes++;
    if (backslashes % 2 === 0) return quote;
    quote = body.indexOf(QUOTE, quote + 1);
  }
  return -1;
}

/** The string literal `"…"` between two indexes of its quotes, unescaped; undefined when its escapes are broken. */
function decodeString(body: Buffer, open: number, close: number): string | undefined {
  const raw = body.toString("utf8", open + 1, close);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return undefined;
  }
}

/** The keys of the body itself that matter, by their first byte. */
const TOP_KEYS: readonly (readonly (typeof MODEL | typeof STREAM | TopKey)[] | undefined)[] = byFirstByte([
  MODEL,
  STREAM,
  "messages",
  "input",
  "tools",
  "functions",
  "images",
  "thinking",
]);

function byFirstByte<T extends string>(words: readonly T[]): (readonly T[] | undefined)[] {
  const table: T[][] = [];
  for (const word of words) (table[word.charCodeAt(0)] ??= []).push(word);
  return table;
}

/** The key between two quotes when it is one of ours; else its text when it might be ours behind escapes or another case. */
function keyAt(body: Buffer, open: number, close: number): string | undefined {
  const length = close - open - 1;
  for (const word of TOP_KEYS[body[open + 1] as number] ?? []) {
    if (word.length === length && isWord(body, open, word)) return word;
  }
  if (length < MODEL.length) return undefined;
  if (length === MODEL.length) return decodeString(body, open, close);
  const escape = body.indexOf(BACKSLASH, open + 1);
  return escape !== -1 && escape < close ? decodeString(body, open, close) : undefined;
}

/** What the scan has learnt from the top level so far; it is told of every token there. */
class TopLevel {
  model: string | undefined;
  modelSpan: Span | undefined;
  stream: boolean | undefined;
  #expectsKey = true;
  #modelSeen = false;
  /** The key whose value comes next, when it is one of ours. */
  #key: typeof MODEL | typeof STREAM | TopKey | undefined;
  readonly content: ContentScan;

  constructor(body: Buffer) {
    this.content = new ContentScan(body);
  }

  onString(body: Buffer, open: number, close: number): InvalidBody | undefined {
    if (this.#expectsKey) return this.#onKey(body, open, close);
    if (this.#key !== MODEL) return undefined;
    this.#key = undefined;
    this.model = decodeString(body, open, close);
    this.modelSpan = { start: open, end: close + 1 };
    return this.model === undefined ? syntax('The value of "model" has a broken escape sequence') : undefined;
  }

  onComma(): void {
    this.#expectsKey = true;
    this.#key = undefined;
  }

  /** An object or array begins as a value, at position `at`; what it holds. */
  onOpen(at: number, array: boolean): InvalidBody | Level {
    const key = this.#key;
    if (key === MODEL) return MODEL_NOT_STRING;
    this.#key = undefined;
    const known = key === STREAM ? undefined : key;
    return array ? this.content.onTopArray(at, known) : this.content.onTopObject(known);
  }

  /** A byte of a bare literal: true, false, null or a number. */
  onLiteral(byte: number): InvalidBody | undefined {
    const key = this.#key;
    this.#key = undefined;
    if (key === STREAM) this.stream = byte === T_OF_TRUE;
    return key === MODEL && byte !== N_OF_NULL ? MODEL_NOT_STRING : undefined;
  }

  #onKey(body: Buffer, open: number, close: number): InvalidBody | undefined {
    this.#expectsKey = false;
    const key = keyAt(body, open, close);
    if (key === undefined) return undefined;
    if (key.toLowerCase() !== MODEL) {
      if (isTopKey(key)) this.#key = key;
      return undefined;
    }
    if (this.#modelSeen) {
      const message =
        `The request body has the key "model" twice (again as "${key}"); backends disagree on which counts`;
      return { kind: "invalid", fault: "model", message };
    }
    this.#modelSeen = true;
    this.#key = MODEL;
    return undefined;
  }
}

function isTopKey(key: string): key is TopKey | typeof STREAM {
  return (TOP_KEYS[key.charCodeAt(0)] as readonly string[] | undefined)?.includes(key) === true;
}

/**
 * Scans one JSON body. It must be one object with balanced structure and terminated strings, without NUL and without
 * bytes after its end; finer faults are left for the backend to report. Two top-level keys that equal `model` ignoring
 * case and escapes are refused, since backends disagree on which one counts.
 *
 * @param bytes The whole body.
 */
export function inspectJson(bytes: Uint8Array): Inspection | InvalidBody {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipSpace(body, 0);
  if (start === body.length) return syntax("The request body is empty; send a JSON object with a model");
  if (body[start] !== OPEN_BRACE) return syntax("The request body must be a JSON object");
  if (body.indexOf(0, start) !== -1) return syntax("The request body contains a NUL byte");
  return scanObject(body, start + 1);
}

/** @param from The byte behind the object's opening brace. */
function scanObject(body: Buffer, from: number): Inspection | InvalidBody {
  const top = new TopLevel(body);
  const { content } = top;
  // One entry per open level: `}` must close `{`, and only the outermost holds the model.
  const levels: Level[] = [Level.OBJECT];
  let level: Level = Level.OBJECT;
  for (let i = from; i < body.length; i++) {
    const byte = body[i] as number;
    const atTop = levels.length === 1;
    let fault: InvalidBody | undefined;
    switch (byte) {
      case QUOTE: {
        const close = endOfString(body, i + 1);
        if (close === -1) return syntax("The request body has an unterminated string");
        if (atTop) fault = top.onString(body, i, close);
        else if (level === Level.PART || level === Level.MESSAGE) content.onString(i, close);
        i = close;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET: {
        if (levels.length >= MAX_DEPTH) return syntax(`The request body is nested deeper than ${MAX_DEPTH} levels`);
        const array = byte === OPEN_BRACKET;
        if (atTop) {
          const opened = top.onOpen(i, array);
          if (typeof opened === "object") return opened;
          level = opened;
        } else if (level < Level.MESSAGES) level = array ? Level.ARRAY : Level.OBJECT;
        else level = array ? content.onArray(i, level) : content.onObject(level);
        levels.push(level);
        break;
      }
      case CLOSE_BRACE:
      case CLOSE_BRACKET: {
        if (isObject(level) !== (byte === CLOSE_BRACE)) return syntax("The request body has unbalanced brackets");
        levels.pop();
        const outer = levels.at(-1);
        if (outer === undefined) return endOfObject(body, i + 1, top);
        level = outer;
        break;
      }
      case COMMA:
        if (atTop) top.onComma();
        else if (level >= Level.MESSAGES) content.onComma();
        break;
      case COLON:
        break;
      default:
        if (atTop && !isSpace(byte)) fault = top.onLiteral(byte);
    }
    if (fault !== undefined) return fault;
  }
  return syntax("The request body ends before its JSON object does");
}

function endOfObject(body: Buffer, from: number, top: TopLevel): Inspection | InvalidBody {
  if (skipSpace(body, from) !== body.length) {
    return syntax("The request body has bytes after the end of its JSON object");
  }
  return { kind: "ok", model: top.model, modelSpan: top.modelSpan, stream: top.stream, needs: top.content.needs };
}

function skipSpace(body: Buffer, from: number): number {
  let i = from;
  while (i < body.length && isSpace(body[i] as number)) i++;
  return i;
}

/** The bytes with `replacement` in place of `span`. */
export function splice(bytes: Uint8Array, span: Span, replacement: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length - (span.end - span.start) + replacement.length);
  out.set(bytes.subarray(0, span.start), 0);
  out.set(replacement, span.start);
  out.set(bytes.subarray(span.end), span.start + replacement.length);
  return out;
}

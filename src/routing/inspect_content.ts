import { type Needs, NO_NEEDS, THINKING, TOOLS, VISION } from "./needs.ts";

/**
 * What an open bracket of the body holds, as far as that matters: the way to a picture is
 * `messages[]` → a message → its `content[]` → a part whose `type` says so (and a tool's result has parts again).
 */
export const Level = {
  ARRAY: 0,
  OBJECT: 1,
  /** The array under `messages` or `input`. */
  MESSAGES: 2,
  MESSAGE: 3,
  /** The array under `content`. */
  CONTENT: 4,
  PART: 5,
} as const;

export type Level = (typeof Level)[keyof typeof Level];

/** Whether the level was opened by a brace. */
export function isObject(level: Level): boolean {
  return level === Level.OBJECT || level === Level.MESSAGE || level === Level.PART;
}

/** Keys of the body itself whose arrays matter. */
export type TopKey = "messages" | "input" | "tools" | "functions" | "images" | "thinking";

const CLOSE_BRACKET = 0x5d;

/** Whether a word stands between two quotes. Byte by byte, since it is asked of every key of every message. */
export function isWord(body: Buffer, open: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (body[open + 1 + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** Learns from a scan of the body what the request needs of its model. It is told of the tokens inside of messages. */
export class ContentScan {
  needs: Needs = NO_NEEDS;
  readonly #body: Buffer;
  #expectsKey = false;
  #key: "content" | "images" | "type" | undefined;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** A string whose quotes are at `open` and `close`, in an object that {@link ContentScan} watches. */
  onString(open: number, close: number): void {
    if (this.#expectsKey) {
      this.#expectsKey = false;
      this.#key = this.#keyAt(open, close - open - 1);
    } else if (this.#key === "type") {
      this.#key = undefined;
      if (this.#isPicture(open, close - open - 1)) this.needs |= VISION;
    }
  }

  onComma(): void {
    this.#expectsKey = true;
    this.#key = undefined;
  }

  /** An object opens as the value of a key of the body itself; what it is. */
  onTopObject(key: TopKey | undefined): Level {
    if (key === "thinking") this.needs |= THINKING;
    return Level.OBJECT;
  }

  /** An array opens at position `at` as the value of a key of the body itself; what it holds. */
  onTopArray(at: number, key: TopKey | undefined): Level {
    if (key === "messages" || key === "input") return Level.MESSAGES;
    if (key !== undefined && key !== "thinking" && !this.#isEmptyArray(at)) {
      this.needs |= key === "images" ? VISION : TOOLS;
    }
    return Level.ARRAY;
  }

  /** A brace opens inside of messages; what the object is. */
  onObject(inside: Level): Level {
    this.#key = undefined;
    this.#expectsKey = true;
    return inside === Level.MESSAGES ? Level.MESSAGE : inside === Level.CONTENT ? Level.PART : Level.OBJECT;
  }

  /** A bracket opens at position `at` inside of messages; what the array holds. */
  onArray(at: number, inside: Level): Level {
    const key = this.#key;
    this.#key = undefined;
    if (key === "content") return Level.CONTENT;
    // Ollama's messages have their pictures beside their text.
    if (key === "images" && inside === Level.MESSAGE && !this.#isEmptyArray(at)) this.needs |= VISION;
    return Level.ARRAY;
  }

  /** Escapes are not resolved: nobody writes these words with any. */
  #keyAt(open: number, length: number): "content" | "images" | "type" | undefined {
    if (length === 7 && isWord(this.#body, open, "content")) return "content";
    if (length === 4 && isWord(this.#body, open, "type")) return "type";
    return length === 6 && isWord(this.#body, open, "images") ? "images" : undefined;
  }

  /** A part's type, as OpenAI's chat, Anthropic's messages and OpenAI's responses call a picture. */
  #isPicture(open: number, length: number): boolean {
    if (length === 9) return isWord(this.#body, open, "image_url");
    if (length === 5) return isWord(this.#body, open, "image");
    return length === 11 && isWord(this.#body, open, "input_image");
  }

  #isEmptyArray(at: number): boolean {
    let i = at + 1;
    while (i < this.#body.length && (this.#body[i] as number) <= 0x20) i++;
    return this.#body[i] === CLOSE_BRACKET;
  }
}

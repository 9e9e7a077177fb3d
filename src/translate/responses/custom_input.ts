import { objectOf } from "../chat/json_object.ts";

/** What comes before the free text. */
const HEAD = /^\s*\{\s*"input"\s*:\s*"/;
/** With that much read and no head found, there will be none. */
const LONGEST_HEAD = 200;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** An escape at the start of `rest`; undefined when its end has not come yet. */
function readEscape(rest: string): { readonly text: string; readonly length: number } | undefined {
  if (rest.length < 2) return undefined;
  const letter = rest.charAt(1);
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  // Small models write patches with stray backslashes: what is no escape stands for itself.
  if (letter !== "u") return { text: rest.slice(0, 2), length: 2 };
  const code = /^\\u([0-9a-fA-F]{0,4})/.exec(rest)?.[1] ?? "";
  if (code.length < 4) return rest.length === 2 + code.length ? undefined : { text: "\\u", length: 2 };
  const unit = Number.parseInt(code, 16);
  if (unit < 0xd800 || unit > 0xdfff) return { text: String.fromCharCode(unit), length: 6 };
  // Half a pair in an event of its own is no valid JSON for clients that are not written in JavaScript.
  if (/^\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?$/.test(rest)) return undefined;
  const low = /^\\u[dD][89abAB][0-9a-fA-F]{2}\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(rest)?.[1];
  if (low === undefined) return { text: "\ufffd", length: 6 };
  return { text: String.fromCharCode(unit, Number.parseInt(low, 16)), length: 12 };
}

/** The free text of arguments that are not written as asked. */
function looseInput(raw: string): string {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return raw;
  }
  if (typeof value === "string") return value;
  const fields = objectOf(value);
  if (fields === undefined) return raw;
  if (typeof fields["input"] === "string") return fields["input"];
  const values = Object.values(fields);
  if (values.length === 0) return "";
  const [only] = values;
  return values.length === 1 && typeof only === "string" ? only : raw;
}

/**
 * Reads the free text of a custom tool's call out of its arguments, `{"input": "…"}`, while the model writes them. Whoever
 * joins what `push` and `end` return has the whole text, however the arguments are cut.
 *
 * Arguments of another form give their text only at the end: of a sole string field, or as they stand.
 */
export class CustomInput {
  #state: "head" | "text" | "tail" | "loose" = "head";
  /** Arguments not yet read: all of them before the text is found, then an escape whose end has not come. */
  #held = "";

  /** The text that this piece of the arguments adds. */
  push(piece: string): string {
    if (this.#state === "tail") return "";
    const held = this.#held + piece;
    if (this.#state === "text") return this.#read(held);
    this.#held = held;
    if (this.#state === "loose") return "";
    const head = HEAD.exec(held);
    if (head !== null) {
      this.#state = "text";
      return this.#read(held.slice(head[0].length));
    }
    if (held.length > LONGEST_HEAD) this.#state = "loose";
    return "";
  }

  /** The text that was still held back. */
  end(): string {
    const found = this.#state === "head" || this.#state === "loose" ? looseInput(this.#held) : "";
    this.#state = "tail";
    this.#held = "";
    return found;
  }

  #read(source: string): string {
    const special = /["\\]/g;
    let text = "";
    let at = 0;
    this.#held = "";
    for (;;) {
      special.lastIndex = at;
      const next = special.exec(source)?.index;
      if (next === undefined) return text + source.slice(at);
      text += source.slice(at, next);
      if (source.charAt(next) === '"') {
        this.#state = "tail";
        return text;
      }
      const escape = readEscape(source.slice(next, next + 12));
      if (escape === undefined) {
        this.#held = source.slice(next);
        return text;
      }
      text += escape.text;
      at = next + escape.length;
    }
  }
}

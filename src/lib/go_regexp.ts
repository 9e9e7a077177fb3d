/** Go's names for groups of characters (`[[:alpha:]]`), as they stand inside of brackets here. */
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Flags before the pattern, as in `(?i)` or `(?is)`. */
const LEADING_FLAGS = /^\(\?([a-zA-Z-]+)\)/;

/**
 * Compiles a regular expression that is written for Go, ignoring case. What only Go has is rewritten, or refused where
 * this runtime would silently read something else.
 *
 * @throws {SyntaxError} When it cannot be read; the message says why, in lower case.
 */
export function compileGoRegExp(source: string): RegExp {
  const given = LEADING_FLAGS.exec(source)?.[1] ?? "";
  const odd = given.match(/[^ims]/)?.[0];
  if (odd !== undefined) throw new SyntaxError(`the flag "${odd}" is not known here`);
  const rest = given === "" ? source : source.slice(given.length + 3);
  const flags = `i${given.includes("m") ? "m" : ""}${given.includes("s") ? "s" : ""}`;
  try {
    return new RegExp(translate(rest), flags);
  } catch (error) {
    throw new SyntaxError(reasonOf(error));
  }
}

/** The runtimes put the same in front of it, and some the whole pattern too. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/s, "");
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

/** One step through the pattern at a time: an escape, a class of characters, an opened group, or a plain character. */
const STEP =
  /\\Q.*?(?:\\E|$)|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?P?<|\(\?[a-zA-Z-]+[:)]|[^]/gs;

function translate(source: string): string {
  return source.replace(STEP, (step) => {
    if (step.startsWith("\\")) return escape(step);
    if (step.startsWith("[") && step.length > 1) return characterClass(step);
    if (step === "(?P<") return "(?<";
    return /^\(\?[a-zA-Z-]+[:)]$/.test(step) ? flaggedGroup(step) : step;
  });
}

function escape(step: string): string {
  if (step === "\\A") return "^(?<![^])"; // `^` alone would also be the start of a line under (?m)
  if (step === "\\z") return "(?![^])";
  if (step === "\\C" || /^\\p/i.test(step)) throw new SyntaxError(`"${step}" is not known here`);
  if (step.startsWith("\\Q")) return step.slice(2).replace(/\\E$/, "").replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  const code = /^\\x\{([0-9a-f]{1,4})\}$/i.exec(step)?.[1];
  if (code !== undefined) return `\\u${code.padStart(4, "0")}`;
  if (step.startsWith("\\x{")) throw new SyntaxError(`"${step}" is not known here`);
  return step;
}

function characterClass(step: string): string {
  // In Go a bracket that comes first is meant as such; here it would end the class at once.
  const opened = step.replace(/^(\[\^?)\]/, "$1\\]");
  return opened.replace(
    /\[:(\^?)(\w+):\]|\\x\{[^}]*\}|\\./g,
    (part, not: string | undefined, name: string | undefined) => {
      if (name === undefined) return escape(part);
      const characters = Object.hasOwn(POSIX_CLASSES, name) ? POSIX_CLASSES[name] : undefined;
      if (characters === undefined || not === "^") throw new SyntaxError(`"${part}" is not known here`);
      return characters;
    },
  );
}

/** Case is ignored anyhow; other flags would have to hold for a part of the pattern only. */
function flaggedGroup(step: string): string {
  if (step === "(?i:") return "(?:";
  if (step === "(?i)") return "";
  throw new SyntaxError(`"${step}" may stand only at the start`);
}

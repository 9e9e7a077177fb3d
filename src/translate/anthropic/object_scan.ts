/** How far a JSON object that comes in pieces has been read. */
export interface ObjectScan {
  /** Objects and lists that are open. */
  readonly depth: number;
  readonly inString: boolean;
  /** Whether the next character is escaped. */
  readonly isEscaped: boolean;
}

/** Before the opening brace. */
export const SCAN_START: ObjectScan = { depth: 0, inString: false, isEscaped: false };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Opens one level, closes one, or neither. Braces and brackets are not told apart: a parser does that. */
function step(code: number): number {
  if (code === 0x7b || code === 0x5b) return 1;
  return code === 0x7d || code === 0x5d ? -1 : 0;
}

/**
 * Reads one more piece.
 *
 * @param text Of the first piece, from the opening brace on.
 * @returns Where in `text` the object is complete, as the offset behind its closing brace; or the state to go on with.
 */
export function scanObject(scan: ObjectScan, text: string): { readonly end: number } | ObjectScan {
  let { depth, inString, isEscaped } = scan;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isEscaped) isEscaped = false;
    else if (inString) {
      if (code === BACKSLASH) isEscaped = true;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else {
      depth += step(code);
      if (depth === 0) return { end: i + 1 };
    }
  }
  return { depth, inString, isEscaped };
}

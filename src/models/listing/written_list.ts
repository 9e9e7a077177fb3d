import type { ListFormat } from "../formats/list_format.ts";
import type { ListedLine } from "./listed_model.ts";
import { sameRun } from "./same_run.ts";

/** A list as JSON text, and where each line is in it. */
export interface WrittenList {
  readonly lines: readonly ListedLine[];
  readonly text: string;
  /** For each field of the format's: where each line's item begins, and last where a further one would. */
  readonly starts: readonly Uint32Array[];
}

/** Lines that are written between two steps: at most a millisecond. */
const STEP = 16;

/**
 * Writes a list in steps, as it costs tens of milliseconds for ten thousand models. What was written before is copied for
 * all lines that are the same objects: then it costs one.
 *
 * @param lines Sorted by id.
 * @param before The same format's.
 */
export function* writeList(
  { head, lists }: ListFormat,
  lines: readonly ListedLine[],
  before: WrittenList | undefined,
): Generator<undefined, WrittenList> {
  const fields = Object.entries(head).map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)},`);
  const pieces = [`{${fields.join("")}`];
  let length = pieces.join("").length;
  const add = (piece: string) => {
    pieces.push(piece);
    length += piece.length;
  };
  const starts: Uint32Array[] = [];
  for (const [field, item] of Object.entries(lists)) {
    const places = new Uint32Array(lines.length + 1);
    add(`${starts.length === 0 ? "" : ","}${JSON.stringify(field)}:[`);
    const known = before?.starts[starts.length];
    let position = 0;
    let written = 0;
    for (let at = 0; at < lines.length;) {
      const line = lines[at];
      if (line === undefined) break; // never: `at` is below the length
      while (isBelow(before?.lines[position], line)) position++;
      const same = before === undefined ? 0 : sameRun([before.lines, position], [lines, at]);
      if (before !== undefined && known !== undefined && same > 0) {
        const from = known[position] ?? 0;
        for (let n = 0; n < same; n++) places[at + n] = length + (known[position + n] ?? 0) - from;
        // Without the comma or bracket after the last of them.
        add(before.text.slice(from, (known[position + same] ?? 0) - 1));
        at += same;
        position += same;
      } else {
        places[at] = length;
        add(JSON.stringify(item(line)));
        at++;
        if (++written % STEP === 0) yield;
      }
      if (at < lines.length) add(",");
    }
    places[lines.length] = length + 1;
    add("]");
    starts.push(places);
  }
  add("}");
  return { lines, text: pieces.join(""), starts };
}

function isBelow(known: ListedLine | undefined, line: ListedLine): boolean {
  return known !== undefined && known !== line && known.id < line.id;
}

/** What some clients take for the end of a line although JSON does not: Python's `splitlines` does, which httpx uses. */
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** A value as one line of NDJSON, its end included. */
export function jsonLine(value: unknown): string {
  const json = JSON.stringify(value).replace(
    OTHER_LINE_ENDS,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${json}\n`;
}

/**
 * A text that may stand in an HTTP header: as it is when it is printable ASCII, else percent-encoded. Model names come
 * from clients and servers, and `Headers.set` throws on a line break or a character beyond Latin-1.
 */
export function headerValue(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(/[^\x20-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

import type { Dialect } from "../errors.ts";

/** How a stream is framed, which decides where an error event may be put. */
export type StreamFraming = "sse" | "ndjson" | "opaque";

/** The framing that a content type announces. */
export function framingOf(contentType: string | null): StreamFraming {
  if (contentType === null) return "opaque";
  const type = contentType.toLowerCase();
  if (type.startsWith("text/event-stream")) return "sse";
  if (type.startsWith("application/x-ndjson") || type.startsWith("application/jsonl")) return "ndjson";
  return "opaque";
}

/** What shows, at the start of a line, that a stream reached its end; undefined where the path has no such convention. */
export function terminatorOf(path: string): RegExp | undefined {
  if (path.endsWith("/completions")) return /^data: ?\[DONE\]/m;
  if (path.endsWith("/messages")) return /^event: ?message_stop/m;
  if (path.endsWith("/api/chat") || path.endsWith("/api/generate")) return /^\{.*"done"\s*:\s*true/m;
  return undefined;
}

const LF = 0x0a;
const CR = 0x0d;

/** True when these last bytes ended an event (SSE) or a line (NDJSON), so that another may follow. */
export function endsCleanly(framing: StreamFraming, tail: Uint8Array): boolean {
  if (framing === "opaque") return false;
  let i = tail.length - 1;
  if (i < 0) return true;
  if (tail[i] !== LF) return false;
  if (framing === "ndjson") return true;
  i--;
  if (tail[i] === CR) i--;
  return tail[i] === LF;
}

/** True when a stream's first bytes are an error event: the backend failed before it produced anything. */
export function beginsWithError(start: string, dialect: Dialect): boolean {
  const text = start.trimStart();
  if (text.startsWith("event: error") || text.startsWith("event:error")) return true;
  if (dialect === "ollama" && text.startsWith('{"error"')) return true;
  return /^data: ?\{\s*"error"\s*:\s*[{"]/.test(text);
}

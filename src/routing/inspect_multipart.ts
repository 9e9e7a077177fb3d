import type { Inspection, InvalidBody, Span } from "./inspect.ts";
import { NO_NEEDS } from "./needs.ts";

const CRLF = "\r\n";
const HEADER_END = Buffer.from("\r\n\r\n");
/** A model name longer than this is no model name. */
const MAX_MODEL_BYTES = 1024;

/** The boundary of a multipart content type (RFC 2046 section 5.1.1), or undefined when it has none. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** The `name` parameter of a part's Content-Disposition (RFC 7578 section 4.2). */
function partName(headers: string): string | undefined {
  const match = /^content-disposition:\s*form-data\b[^\r\n]*?;\s*name=(?:"([^"\r\n]*)"|([^;\s\r\n]+))/im.exec(headers);
  return match?.[1] ?? match?.[2];
}

/**
 * Finds the `model` and `stream` fields of a multipart form without copying its files.
 *
 * @param bytes The whole body.
 * @param contentType The request's Content-Type, which holds the boundary.
 */
export function inspectMultipart(bytes: Uint8Array, contentType: string): Inspection | InvalidBody {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return invalid("The multipart Content-Type has no boundary");
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${boundary}`);
  const nextDelimiter = Buffer.from(`${CRLF}--${boundary}`);
  let model: string | undefined;
  let modelSpan: Span | undefined;
  let stream: boolean | undefined;

  let at = body.indexOf(delimiter);
  if (at === -1) return invalid("The multipart body does not contain its boundary");
  at += delimiter.length;
  while (body.toString("latin1", at, at + 2) !== "--") {
    const headersEnd = body.indexOf(HEADER_END, at);
    if (headersEnd === -1) return invalid("The multipart body has a part without a header end");
    const start = headersEnd + HEADER_END.length;
    // An empty part has its delimiter's CRLF directly after the header end.
    const end = body.indexOf(nextDelimiter, start);
    if (end === -1) return invalid("The multipart body ends before its closing boundary");
    const name = partName(body.toString("latin1", at, headersEnd));
    if (name === "model") {
      if (modelSpan !== undefined) {
        return { kind: "invalid", fault: "model", message: 'The form has two "model" fields' };
      }
      if (end - start > MAX_MODEL_BYTES) {
        return { kind: "invalid", fault: "model", message: 'The "model" field is too long' };
      }
      modelSpan = { start, end };
      model = body.toString("utf8", start, end);
    } else if (name === "stream") {
      stream = body.toString("latin1", start, Math.min(end, start + 8)).trim().toLowerCase() === "true";
    }
    at = end + nextDelimiter.length;
    if (at + 2 > body.length) return invalid("The multipart body ends before its closing boundary");
  }
  return { kind: "ok", model: model === "" ? undefined : model, modelSpan, stream, needs: NO_NEEDS };
}

function invalid(message: string): InvalidBody {
  return { kind: "invalid", fault: "syntax", message };
}

import { gzipSync } from "node:zlib";
import { acceptsGzip } from "./accepts_gzip.ts";
import { stableTag } from "./stable_tag.ts";

/** A longer If-None-Match is ignored: nobody holds that many versions of one page. */
const LONGEST_CONDITION = 1024;

/** Below this gzip gains nothing. */
const SMALLEST_GZIP_BYTES = 256;

/** What stands before and around the opaque part of an entity tag, and what may be in it (RFC 9110 section 8.8.3). */
const ENTITY_TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/**
 * Whether an If-None-Match names the tag: as `*`, or in its list by weak comparison (`W/"a"` and `"a"` are the same).
 *
 * @param header Null for none.
 * @param tag With its quotes.
 */
export function matchesTag(header: string | null, tag: string): boolean {
  if (header === null || header.length > LONGEST_CONDITION) return false;
  if (header.trim() === "*") return true;
  const opaque = tag.replace(/^W\/|"/g, "");
  for (const match of header.matchAll(ENTITY_TAG)) if (match[1] === opaque) return true;
  return false;
}

/**
 * Answers a GET or HEAD with a report as JSON. A client that has it already gets 304 without a body; others get it
 * compressed where they take gzip and it is worth it.
 *
 * @param report Plain data, as it goes into JSON.
 */
export function conditionalJson(request: Request, report: unknown): Response {
  const tag = stableTag(report);
  const headers = new Headers({ "etag": tag, "cache-control": "private, no-cache", "vary": "Accept-Encoding" });
  if (matchesTag(request.headers.get("if-none-match"), tag)) return new Response(null, { status: 304, headers });
  let body = Buffer.from(`${JSON.stringify(report)}\n`);
  headers.set("content-type", "application/json");
  if (body.byteLength >= SMALLEST_GZIP_BYTES && acceptsGzip(request.headers.get("accept-encoding"))) {
    body = gzipSync(body);
    headers.set("content-encoding", "gzip");
  }
  // Stated, so that the access log can tell it without reading the body.
  headers.set("content-length", String(body.byteLength));
  return new Response(body, { headers });
}

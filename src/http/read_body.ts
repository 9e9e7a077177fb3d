import { OllaError } from "../errors.ts";
import type { ClientHeaders } from "../proxy/request_headers.ts";
import type { BodyBudget, BodyReservation } from "./body_budget.ts";

/** A request's body, and the share of the memory budget that it holds until it has been sent on. */
export interface ReadBody {
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly reservation: BodyReservation | undefined;
}

const NO_BODY: ReadBody = { bytes: undefined, reservation: undefined };

/**
 * Reads a request's body whole, within the limits.
 *
 * @param maxBytes `max_body_size`; 0 for no limit.
 * @throws {OllaError} `body_too_large`, `overloaded` when the budget for buffered bodies is spent, `invalid_request`
 *   when the client breaks off or stalls.
 */
export async function readBody(
  request: Request,
  headers: ClientHeaders,
  { maxBytes, budget }: { maxBytes: number; budget: BodyBudget },
): Promise<ReadBody> {
  if (request.method === "GET" || request.method === "HEAD") return NO_BODY;
  // By its headers (RFC 9112 section 6.3): asking `request.body` makes a stream of it, which is slow to read whole.
  const { contentLength, transferEncoding } = headers;
  const declared = transferEncoding === undefined ? Number(contentLength ?? 0) : undefined;
  if (declared === 0) return NO_BODY;
  if (declared !== undefined && maxBytes > 0 && declared > maxBytes) throw tooLarge(maxBytes);
  if (declared !== undefined && declared > budget.max) throw tooLarge(budget.max);
  const reservation = budget.reserve(0);
  try {
    if (declared !== undefined && budget.announce(declared)) {
      try {
        const bytes = new Uint8Array(await request.arrayBuffer());
        reservation.grow(bytes.byteLength);
        return { bytes, reservation };
      } finally {
        budget.announce(-declared);
      }
    }
    if (request.body === null) return NO_BODY;
    return { bytes: await readChunked(request.body, maxBytes, reservation), reservation };
  } catch (error) {
    reservation.release();
    if (error instanceof OllaError) throw error;
    throw new OllaError("invalid_request", "The request body broke off or stalled before its end", { cause: error });
  }
}

async function readChunked(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  reservation: BodyReservation,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (maxBytes > 0 && length > maxBytes) throw tooLarge(maxBytes);
    reservation.grow(chunk.byteLength);
    chunks.push(chunk);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function tooLarge(maxBytes: number): OllaError {
  return new OllaError(
    "body_too_large",
    `The request body is larger than ${maxBytes} bytes; send less, or raise server.request_limits.max_body_size`,
  );
}

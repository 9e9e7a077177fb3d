import { mayRetryStatus } from "./answer_class.ts";
import { framingOf } from "./stream_end.ts";

/** A stream's reader; Bun's has `readMany`, which takes all waiting chunks at once. */
export interface ChunkReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  readMany?(): ManyChunks | Promise<ManyChunks>;
  cancel(reason?: unknown): Promise<void>;
}

/** What `readMany` gives. */
export interface ManyChunks {
  readonly done: boolean;
  readonly value: readonly Uint8Array[] | undefined;
}

/** A backend's body, once its first byte or its clean end is there. */
export type AnswerBody =
  /** HEAD, 204, 304: no body by definition. `length` is the Content-Length it speaks of. */
  | { readonly kind: "none"; readonly length: string | null }
  | { readonly kind: "whole"; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
    readonly kind: "stream";
    readonly first: readonly Uint8Array[];
    readonly reader: ChunkReader;
    /** Neither length nor chunks delimit it: a cut looks like its end. */
    readonly closeDelimited: boolean;
  };

/** Answers up to this size are read whole and then sent: the length stays, and it is faster than a pump. */
const WHOLE_BYTES = 256 * 1024;
/** So much of a failing answer of unknown length is read before it is judged. */
const ERROR_BYTES = 64 * 1024;

/**
 * Waits for the first body byte, or for all of a short answer.
 *
 * @param decompressed Whether the bytes are unpacked on their way here.
 * @throws What the stream throws when the backend breaks off.
 */
export async function readAnswerBody(
  response: Response,
  { method, decompressed = false }: { readonly method: string; readonly decompressed?: boolean },
): Promise<AnswerBody> {
  // The length of compressed bytes says nothing of what they unpack to.
  const isUnpacked = decompressed && response.headers.has("content-encoding");
  const length = isUnpacked ? null : response.headers.get("content-length");
  if (method === "HEAD" || response.status === 204 || response.status === 304) return { kind: "none", length };
  if (length !== null && Number(length) <= WHOLE_BYTES) {
    // Before `response.body` is touched: that makes a stream of it, which costs more than the rest of the request.
    return { kind: "whole", bytes: new Uint8Array(await response.arrayBuffer()) };
  }
  if (response.body === null) return { kind: "none", length };
  const reader = response.body.getReader() as ChunkReader;
  const closeDelimited = length === null && !isUnpacked && response.headers.get("transfer-encoding") === null;
  const isStream = framingOf(response.headers.get("content-type")) !== "opaque";
  const wanted = mayRetryStatus(response.status) ? ERROR_BYTES : 1;
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < wanted) {
    const { done, value } = await reader.read();
    if (done) {
      // A stream's connection closed at once is a backend that died, not an empty answer.
      if (bytes === 0 && closeDelimited && isStream) throw new TypeError("The stream ended before its first byte");
      return { kind: "whole", bytes: joined(first, bytes) };
    }
    if (value === undefined) continue;
    first.push(value);
    bytes += value.byteLength;
  }
  return { kind: "stream", first, reader, closeDelimited };
}

/** Longest body that is read to its end only to be kept, and how long that may take. */
const KEEP_BYTES = 1024 * 1024;
const KEEP_MS = 1000;

/**
 * Reads the rest of a failing backend's streamed answer, so that it can wait for the outcome of other attempts.
 *
 * @returns Undefined when it is too long or takes too long; then its connection is to be given up.
 */
export async function drainBody(
  body: Extract<AnswerBody, { kind: "stream" }>,
): Promise<Extract<AnswerBody, { kind: "whole" }> | undefined> {
  const chunks = [...body.first];
  let bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const end = AbortSignal.timeout(KEEP_MS);
  const timeUp = new Promise<undefined>((resolve) => end.addEventListener("abort", () => resolve(undefined)));
  try {
    while (bytes <= KEEP_BYTES) {
      const read = await Promise.race([body.reader.read(), timeUp]);
      if (read === undefined) return undefined;
      if (read.done) return { kind: "whole", bytes: joined(chunks, bytes) };
      if (read.value === undefined) continue;
      chunks.push(read.value);
      bytes += read.value.byteLength;
    }
    return undefined;
  } catch {
    // It broke off: what there is of its error is still the best that is known.
    return { kind: "whole", bytes: joined(chunks, bytes) };
  }
}

/** One array of all chunks. */
function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

/** The start of a body as text, for judging an error or a stream's first event. */
export function startOf(body: AnswerBody): string {
  const chunks = body.kind === "whole" ? [body.bytes] : body.kind === "stream" ? body.first : [];
  const decoder = new TextDecoder();
  let text = "";
  for (const chunk of chunks) {
    text += decoder.decode(chunk.subarray(0, ERROR_BYTES), { stream: true });
    if (text.length >= ERROR_BYTES) break;
  }
  return text;
}

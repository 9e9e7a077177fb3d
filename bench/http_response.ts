/** What the parser tells while bytes come in. */
export interface ResponseSink {
  /** Some bytes of the body, framing removed. A view into the read buffer: use it before returning. */
  onBody(bytes: Uint8Array): void;
}

type Phase =
  | { kind: "head" }
  | { kind: "length"; left: number }
  | { kind: "chunk_size" }
  | { kind: "chunk_data"; left: number }
  | { kind: "chunk_end" }
  | { kind: "trailer" };

const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");
const NOTHING = Buffer.alloc(0);
const LONGEST_LINE = 64 * 1024;

/**
 * Reads one HTTP/1.1 response after another from a connection, for a client that sends its next request only when the
 * last one is answered. It is strict where a proxy could go wrong: bytes after the end, a broken chunk, a head without
 * end or a body that only the close ends throw instead of being skipped, so that a damaged answer is never counted.
 */
export class ResponseParser {
  /** Status of the answer being read or read last. */
  status = 0;
  /** Body bytes of it so far. */
  bodyBytes = 0;
  #phase: Phase = { kind: "head" };
  #rest: Buffer = NOTHING;
  readonly #sink: ResponseSink | undefined;

  constructor(sink?: ResponseSink) {
    this.#sink = sink;
  }

  /**
   * Takes what a read returned. True when it completes the answer.
   *
   * @throws {Error} when the bytes are no HTTP/1.1 answer, go on after its end, or do not keep the connection
   */
  push(bytes: Buffer): boolean {
    let data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = NOTHING;
    while (true) {
      const used = this.#step(data);
      if (used === "complete") return true;
      if (used === "more") {
        this.#keep(data);
        return false;
      }
      data = data.subarray(used);
      if (data.length === 0 && !this.#isAtEnd()) return false;
    }
  }

  #keep(data: Buffer): void {
    if (data.length > LONGEST_LINE) throw new Error("Cannot read the answer: no end of line within 64 KiB");
    this.#rest = data;
  }

  #isAtEnd(): boolean {
    return this.#phase.kind === "length" && this.#phase.left === 0;
  }

  /** Reads one piece: the bytes used, or that more are needed, or that the answer ended with `data`. */
  #step(data: Buffer): number | "more" | "complete" {
    const phase = this.#phase;
    switch (phase.kind) {
      case "head":
        return this.#head(data);
      case "length":
        return this.#length(data, phase);
      case "chunk_size":
        return this.#chunkSize(data);
      case "chunk_data":
        return this.#chunkData(data, phase);
      case "chunk_end":
        if (data.length < 2) return "more";
        if (data[0] !== 0x0d || data[1] !== 0x0a) {
          throw new Error("Cannot read the answer: chunk longer than announced");
        }
        this.#phase = { kind: "chunk_size" };
        return 2;
      case "trailer":
        return this.#trailer(data);
    }
  }

  #head(data: Buffer): number | "more" {
    if (data.length === 0) return "more";
    const end = data.indexOf(HEAD_END);
    if (end < 0) return "more";
    const head = data.toString("latin1", 0, end + 2);
    if (!head.startsWith("HTTP/1.1 ")) throw new Error(`Cannot read the answer: it starts with "${head.slice(0, 20)}"`);
    this.status = Number(head.slice(9, 12));
    this.bodyBytes = 0;
    this.#phase = framing(head, this.status);
    return end + 4;
  }

  #length(data: Buffer, phase: { kind: "length"; left: number }): number | "complete" {
    const size = Math.min(phase.left, data.length);
    if (size > 0) this.#body(size === data.length ? data : data.subarray(0, size));
    phase.left -= size;
    if (phase.left > 0) return size;
    return this.#complete(data, size);
  }

  #chunkSize(data: Buffer): number | "more" {
    const end = data.indexOf(LINE_END);
    if (end < 0) return "more";
    const line = data.toString("latin1", 0, end).split(";")[0]?.trim() ?? "";
    if (!/^[0-9a-fA-F]{1,12}$/.test(line)) throw new Error(`Cannot read the answer: chunk size "${line.slice(0, 20)}"`);
    const left = Number.parseInt(line, 16);
    this.#phase = left === 0 ? { kind: "trailer" } : { kind: "chunk_data", left };
    return end + 2;
  }

  #chunkData(data: Buffer, phase: { kind: "chunk_data"; left: number }): number | "more" {
    if (data.length === 0) return "more";
    const size = Math.min(phase.left, data.length);
    this.#body(data.subarray(0, size));
    phase.left -= size;
    if (phase.left === 0) this.#phase = { kind: "chunk_end" };
    return size;
  }

  #trailer(data: Buffer): number | "more" | "complete" {
    const end = data.indexOf(LINE_END);
    if (end < 0) return "more";
    if (end > 0) return end + 2;
    return this.#complete(data, 2);
  }

  #complete(data: Buffer, used: number): "complete" {
    if (data.length > used) throw new Error(`Cannot read the answer: ${data.length - used} bytes after its end`);
    this.#phase = { kind: "head" };
    return "complete";
  }

  #body(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    this.#sink?.onBody(bytes);
  }
}

/** How the body is delimited, from a head whose lines all end in CRLF. */
function framing(head: string, status: number): Phase {
  if (/\r\ntransfer-encoding:[^\r]*chunked[ \t]*\r\n/i.test(head)) return { kind: "chunk_size" };
  const length = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n/i.exec(head);
  if (length !== null) return { kind: "length", left: Number(length[1]) };
  if (status === 204 || status === 304) return { kind: "length", left: 0 };
  throw new Error(`Cannot keep the connection: HTTP ${status} without Content-Length or chunks`);
}

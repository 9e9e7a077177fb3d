/** How the mock is asked to answer, by the `X-Bench` request header: `stream;id=7;every=100;count=50`. */
export interface StreamOrder {
  /** Names the request when the mock reports that its connection was closed. */
  readonly id: number;
  /** Milliseconds between events. */
  readonly every: number;
  /** Events before `[DONE]`. */
  readonly count: number;
}

/** What the mock must know of a request. */
export interface MockRequest {
  readonly method: string;
  readonly path: string;
  /** Set when the answer is to be streamed. */
  readonly stream: StreamOrder | undefined;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const NOTHING = Buffer.alloc(0);
const LONGEST_HEAD = 64 * 1024;

/** The header value that {@link parseStreamOrder} reads. */
export function formatStreamOrder(order: StreamOrder): string {
  return `stream;id=${order.id};every=${order.every};count=${order.count}`;
}

/** Reads an `X-Bench` value, `undefined` when it orders no stream. */
export function parseStreamOrder(value: string): StreamOrder | undefined {
  const found = /^stream;id=(\d+);every=(\d+);count=(\d+)$/.exec(value.trim());
  if (found === null) return undefined;
  return { id: Number(found[1]), every: Number(found[2]), count: Number(found[3]) };
}

/**
 * Reads requests from one connection: the head is parsed, the body only counted, since a mock that looked at 3 MB bodies
 * would be what is measured. Chunked uploads are refused, for every proxy under test keeps Content-Length.
 */
export class RequestReader {
  #head: Buffer = NOTHING;
  #bodyLeft = 0;
  #request: MockRequest | undefined;

  /**
   * Takes what a read returned; the request when it is complete.
   *
   * @throws {Error} for a chunked or unreadable request, or one sent before the last was answered
   */
  push(bytes: Buffer): MockRequest | undefined {
    if (this.#request !== undefined) return this.#body(bytes.length);
    const data = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = data.indexOf(HEAD_END);
    if (end < 0) {
      if (data.length > LONGEST_HEAD) throw new Error("Cannot read the request: head over 64 KiB");
      this.#head = data;
      return undefined;
    }
    this.#head = NOTHING;
    const head = data.toString("latin1", 0, end + 2);
    this.#request = parseHead(head);
    this.#bodyLeft = Number(/\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1] ?? 0);
    return this.#body(data.length - end - 4);
  }

  #body(size: number): MockRequest | undefined {
    this.#bodyLeft -= size;
    if (this.#bodyLeft > 0) return undefined;
    if (this.#bodyLeft < 0) throw new Error(`Cannot read the request: ${-this.#bodyLeft} bytes after its end`);
    const request = this.#request;
    this.#request = undefined;
    return request;
  }
}

function parseHead(head: string): MockRequest {
  if (/\r\ntransfer-encoding:/i.test(head)) throw new Error("Cannot read the request: it has a Transfer-Encoding");
  const methodEnd = head.indexOf(" ");
  const pathEnd = head.indexOf(" ", methodEnd + 1);
  if (methodEnd < 0 || pathEnd < 0) throw new Error(`Cannot read the request: it starts with "${head.slice(0, 20)}"`);
  const order = /\r\nx-bench:([^\r]*)/i.exec(head)?.[1];
  return {
    method: head.slice(0, methodEnd),
    path: head.slice(methodEnd + 1, pathEnd).split("?")[0] ?? "",
    stream: order === undefined ? undefined : parseStreamOrder(order),
  };
}

/** The start line and headers of a request or a response, headers in order and as written. */
export interface MessageHead {
  readonly startLine: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** The value of the first header with this name, ignoring case. */
export function headerOf(head: Pick<MessageHead, "headers">, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return head.headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

type BodyState =
  | { kind: "fixed"; left: number }
  | { kind: "until_close" }
  | { kind: "chunk_size" }
  | { kind: "chunk_data"; left: number }
  | { kind: "trailers" }
  | { kind: "done" };

const NOTHING = Buffer.alloc(0);

/**
 * Reads one HTTP/1.1 message from bytes as they come. Written for tests, so it is strict: what it does not expect
 * throws, and nothing is repaired.
 */
export class MessageReader {
  readonly #kind: "request" | "response";
  readonly #bodyless: boolean;
  #pending: Buffer = NOTHING;
  #state: BodyState | undefined;
  #chunks: Buffer[] = [];
  head: MessageHead | undefined;
  /** Body bytes so far, framing removed. */
  bodyLength = 0;

  /** @param options.bodyless True for the response to a HEAD request. */
  constructor(kind: "request" | "response", options: { bodyless?: boolean } = {}) {
    this.#kind = kind;
    this.#bodyless = options.bodyless ?? false;
  }

  /** True when the message's own framing says that it is whole. */
  get complete(): boolean {
    return this.#state?.kind === "done";
  }

  /** The body so far. */
  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Bytes that came after the end of the message. */
  get rest(): Buffer {
    return this.complete ? this.#pending : NOTHING;
  }

  /** Takes more bytes. */
  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step());
  }

  /** The connection ended: completes a message that is delimited by that, and no other. */
  end(): void {
    if (this.#state?.kind === "until_close") this.#state = { kind: "done" };
  }

  /** True when it moved on and may be able to do so again. */
  #step(): boolean {
    const state = this.#state;
    if (state === undefined) return this.#readHead();
    switch (state.kind) {
      case "fixed":
      case "chunk_data": {
        const taken = this.#take(state.left);
        state.left -= taken;
        if (state.left === 0) {
          if (state.kind === "fixed") this.#state = { kind: "done" };
          else {return this.#line((
              line,
            ) => (line === "" ? { kind: "chunk_size" } : fail(`No CRLF after a chunk: ${line}`))
            );}
        }
        return taken > 0;
      }
      case "until_close":
        return this.#take(Infinity) > 0;
      case "chunk_size":
        return this.#line((line) => {
          const size = /^[0-9a-fA-F]+(;.*)?$/.test(line) ? parseInt(line, 16) : fail(`Bad chunk size: ${line}`);
          return size === 0 ? { kind: "trailers" } : { kind: "chunk_data", left: size };
        });
      case "trailers":
        return this.#line((line) => (line === "" ? { kind: "done" } : { kind: "trailers" }));
      case "done":
        return false;
    }
  }

  #take(most: number): number {
    const part = this.#pending.subarray(0, most);
    if (part.length === 0) return 0;
    this.#pending = this.#pending.subarray(part.length);
    this.#chunks.push(part);
    this.bodyLength += part.length;
    return part.length;
  }

  #line(next: (line: string) => BodyState): boolean {
    const end = this.#pending.indexOf("\r\n");
    if (end < 0) return false;
    const line = this.#pending.subarray(0, end).toString("latin1");
    this.#pending = this.#pending.subarray(end + 2);
    this.#state = next(line);
    return true;
  }

  #readHead(): boolean {
    const end = this.#pending.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const [startLine = "", ...lines] = this.#pending.subarray(0, end).toString("latin1").split("\r\n");
    this.#pending = this.#pending.subarray(end + 4);
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return colon < 1 ? fail(`Bad header line: ${line}`) : [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    this.head = { startLine, headers };
    this.#state = this.#bodyState(this.head);
    return true;
  }

  #bodyState(head: MessageHead): BodyState {
    const status = this.#kind === "response" ? Number(head.startLine.split(" ")[1]) : undefined;
    if (this.#bodyless || status === 204 || status === 304) return { kind: "done" };
    if (headerOf(head, "transfer-encoding")?.toLowerCase() === "chunked") return { kind: "chunk_size" };
    const length = headerOf(head, "content-length");
    if (length !== undefined) return Number(length) === 0 ? { kind: "done" } : { kind: "fixed", left: Number(length) };
    return this.#kind === "request" ? { kind: "done" } : { kind: "until_close" };
  }
}

function fail(message: string): never {
  throw new Error(message);
}

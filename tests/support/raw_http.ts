import net from "node:net";
import { eventually } from "./eventually.ts";
import { headerOf, MessageReader } from "./http_message.ts";

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** False when the connection went before the response's own framing said that it was whole. */
  readonly complete: boolean;
  /** The first header with this name, ignoring case. */
  header(name: string): string | undefined;
}

/** A TCP connection to olla under the test's full control: half-sent requests, resets, slow reading. */
export class RawConnection implements AsyncDisposable {
  readonly #socket: net.Socket;
  #reader: MessageReader;
  #ended = false;
  #failed: Error | undefined;
  /** Every byte received since the last {@link RawConnection.expect}. */
  receivedLength = 0;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#reader = new MessageReader("response");
    socket.on("data", (bytes: Buffer) => {
      this.receivedLength += bytes.length;
      this.#reader.push(bytes);
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#reader.end();
    });
    socket.on("error", (error) => this.#failed ??= error);
    socket.on("close", () => this.#ended = true);
  }

  /** Connects to a port of 127.0.0.1, as a client with the address `from`. */
  static async open(port: number, from = "127.0.0.1"): Promise<RawConnection> {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress: from, noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawConnection(socket);
  }

  /** True while neither side has ended the connection. */
  get open(): boolean {
    return !this.#ended;
  }

  /** True when the connection ended by a reset and not by a clean close. */
  get wasReset(): boolean {
    return this.#failed !== undefined;
  }

  /** Body bytes of the current response so far. */
  get bodyLength(): number {
    return this.#reader.bodyLength;
  }

  /** The current response as far as it has come, or undefined before its headers. */
  get soFar(): RawResponse | undefined {
    const { head, body, complete } = this.#reader;
    if (head === undefined) return undefined;
    const status = Number(head.startLine.split(" ")[1]);
    return { status, headers: head.headers, body, complete, header: (name) => headerOf(head, name) };
  }

  /** Writes bytes as they are; resolves when they went to the kernel. */
  send(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(data, () => resolve()));
  }

  /** Forgets the response read so far; the next one begins. */
  expect(options: { bodyless?: boolean } = {}): void {
    this.#reader = new MessageReader("response", options);
    this.receivedLength = 0;
  }

  /**
   * Waits until the response is whole or the connection is over.
   *
   * @throws When the connection ended before any response, or time is up.
   */
  async response(within = 10_000): Promise<RawResponse> {
    const settled = () => this.#reader.complete || !this.open;
    await eventually("a response is whole or cut", settled, { within, every: 5 });
    const response = this.soFar;
    if (response !== undefined) return response;
    throw new Error(`The connection ended without a response${this.wasReset ? " (reset)" : ""}`);
  }

  /** Stops or goes on reading: a slow client. */
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }

  /** Closes the sending side only. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** Sends bytes on a new connection and reads one response. */
export async function rawRequest(
  port: number,
  data: string | Uint8Array,
  options: { bodyless?: boolean; within?: number; from?: string } = {},
): Promise<RawResponse> {
  await using connection = await RawConnection.open(port, options.from);
  connection.expect(options);
  await connection.send(data);
  return await connection.response(options.within);
}

/** The bytes of a POST with a JSON body. */
export function rawPost(path: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: "127.0.0.1",
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

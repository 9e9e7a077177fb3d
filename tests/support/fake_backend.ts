import net from "node:net";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { headerOf, MessageReader } from "./http_message.ts";

/** One request that a fake backend received. */
export interface Received {
  readonly method: string;
  /** As on the wire, query included. */
  readonly target: string;
  /** In the order and the spelling of the wire. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Counts the backend's connections from 1. */
  readonly connection: number;
  /** `performance.now()` when the request was whole. */
  readonly arrivedAt: number;
  /** The first header with this name, ignoring case. */
  header(name: string): string | undefined;
  /** `performance.now()` when the other side went away before the answer was over; undefined while it has not. */
  goneAt: number | undefined;
}

/** Answers one request by any means, fair or foul. The request is over when it returns. */
export type Answer = (exchange: Exchange) => Promise<void> | void;

/** One request and the connection it came on. */
export class Exchange {
  readonly request: Received;
  readonly socket: net.Socket;
  /** Aborts when the other side goes away. */
  readonly gone: AbortSignal;

  constructor(request: Received, socket: net.Socket, gone: AbortSignal) {
    this.request = request;
    this.socket = socket;
    this.gone = gone;
  }

  /** Writes bytes as they are. Resolves when the kernel took them, or when the other side is gone. */
  write(data: string | Uint8Array): Promise<void> {
    if (this.gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.gone.addEventListener("abort", () => resolve(), { once: true });
      this.socket.write(data, () => resolve());
    });
  }

  /** Writes a status line and headers. */
  head(status: number, headers: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.write(`HTTP/1.1 ${status} Fake\r\n${lines.join("")}\r\n`);
  }

  /** Waits; ends early when the other side is gone. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.gone }).catch(() => {});
  }

  /** Resolves when the other side goes away. */
  untilGone(): Promise<void> {
    if (this.gone.aborted) return Promise.resolve();
    return new Promise((resolve) => this.gone.addEventListener("abort", () => resolve(), { once: true }));
  }

  /** Closes the connection cleanly after what was written. */
  close(): void {
    this.socket.end();
    this.socket.destroySoon();
  }

  /** Resets the connection. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** How a {@link FakeBackend} behaves below HTTP. */
export interface FakeBackendOptions {
  /** @default {0} any free port */
  readonly port?: number;
  /** Resets a connection as soon as bytes of a second request arrive on it: the pooled socket that went stale. */
  readonly resetOnReuse?: boolean;
}

/** A server made of a raw socket: it can do to a client all that real ones do, and remembers what it was asked. */
export class FakeBackend implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #options: FakeBackendOptions;
  readonly #sockets = new Set<net.Socket>();
  #port = 0;
  /** Connections accepted so far. */
  connections = 0;
  /** Connections that were reset because of `resetOnReuse`. */
  staleResets = 0;
  /** Every request that came whole, in order. */
  readonly requests: Received[] = [];
  /** What the next request meets. May be changed at any time. */
  answer: Answer;
  resetOnReuse: boolean;

  private constructor(answer: Answer, options: FakeBackendOptions) {
    this.answer = answer;
    this.#options = options;
    this.resetOnReuse = options.resetOnReuse ?? false;
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Starts a backend on 127.0.0.1. */
  static async start(answer: Answer, options: FakeBackendOptions = {}): Promise<FakeBackend> {
    const backend = new FakeBackend(answer, options);
    await backend.listen();
    return backend;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Listens, again on the same port after {@link FakeBackend.refuse}. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port || (this.#options.port ?? 0), "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The fake backend has no port");
    this.#port = address.port;
  }

  /** Stops listening and cuts every connection: from now on its port refuses. */
  async refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** Stops listening, but keeps the connections it has. */
  async refuseNew(): Promise<void> {
    // A server's close callback waits for its connections; the port refuses as soon as close() returns.
    this.#server.close();
    await sleep(0);
  }

  /** Cuts the connections that are open, and goes on listening. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) return this.refuse();
    this.dropConnections();
    return Promise.resolve();
  }

  #accept(socket: net.Socket): void {
    const connection = ++this.connections;
    const gone = new AbortController();
    let reader = new MessageReader("request");
    let answering: Received | undefined;
    let served = 0;
    this.#sockets.add(socket);
    const leave = () => {
      if (answering !== undefined) answering.goneAt ??= performance.now();
      gone.abort();
    };
    const take = (bytes: Buffer) => {
      reader.push(bytes);
      if (!reader.complete || answering !== undefined) return;
      const request = received(reader, connection);
      const rest = reader.rest;
      reader = new MessageReader("request");
      answering = request;
      this.requests.push(request);
      void this.#answer(new Exchange(request, socket, gone.signal)).then(() => {
        answering = undefined;
        served++;
        if (rest.length > 0 || reader.complete) take(rest);
      });
    };
    socket.on("data", (bytes: Buffer) => {
      if (this.resetOnReuse && served > 0) {
        this.staleResets++;
        socket.resetAndDestroy();
      } else take(bytes);
    });
    socket.on("end", () => {
      leave();
      socket.end();
    });
    socket.on("error", leave);
    socket.on("close", () => {
      leave();
      this.#sockets.delete(socket);
    });
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      await this.answer(exchange);
    } catch (error) {
      // A fault of the test's own script: end the connection, so that the test fails there and not by a time limit.
      process.stderr.write(`A fake backend's answer threw: ${error}\n`);
      exchange.reset();
    }
  }
}

function received(reader: MessageReader, connection: number): Received {
  const { head, body } = reader;
  if (head === undefined) throw new Error("A complete message has a head");
  const [method = "", target = ""] = head.startLine.split(" ");
  return {
    method,
    target,
    headers: head.headers,
    body,
    connection,
    arrivedAt: performance.now(),
    header: (name) => headerOf(head, name),
    goneAt: undefined,
  };
}

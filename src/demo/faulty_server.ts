import type { Fault, FaultKind } from "./fault.ts";
import type { Sleep } from "./paced_stream.ts";

/** An open HTTP server. */
export interface DemoListener {
  readonly port: number;
  /** Ends every connection at once, and refuses new ones. */
  close(): Promise<void>;
}

/** Answers one request. */
export type DemoHandler = (request: Request) => Promise<Response>;

/** Opens an HTTP server for a handler on a port of 127.0.0.1; port 0 takes a free one. Rejects when it cannot. */
export type DemoListen = (handler: DemoHandler, port: number) => Promise<DemoListener>;

/** What {@link FaultyServer.open} needs. */
export interface FaultyServerOptions {
  /** The endpoint's name. */
  readonly name: string;
  readonly listen: DemoListen;
  /** The wished port; when it is taken, or 0, any free one is used. */
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Makes the answers. */
  readonly handlerOf: (server: FaultyServer) => DemoHandler;
}

/** Leaves time for the answer to the request that asked for the refusal. */
const BEFORE_CLOSING_MS = 100;
/** Between two tries to get the port back, should another program have taken it meanwhile. */
const REOPEN_EVERY_MS = 1000;

/**
 * A simulated server that fails when told to. To refuse connections it really closes its port, and opens the same one
 * again: what the caller meets is what a stopped real server gives.
 */
export class FaultyServer {
  readonly name: string;
  readonly #options: FaultyServerOptions;
  readonly #handler: DemoHandler;
  #port = 0;
  #listener: DemoListener | undefined;
  #fault: { readonly how: FaultKind; readonly until: number; readonly over: AbortController } | undefined;
  /** Settled when no refusal is under way. */
  #refusal: Promise<void> = Promise.resolve();
  readonly #closed = new AbortController();

  private constructor(options: FaultyServerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#handler = options.handlerOf(this);
  }

  /** @throws What `listen` throws when not even a free port can be opened. */
  static async open(options: FaultyServerOptions): Promise<FaultyServer> {
    const server = new FaultyServer(options);
    const { listen, port } = options;
    const listener = port === 0
      ? await listen(server.#handler, 0)
      : await listen(server.#handler, port).catch(() => listen(server.#handler, 0));
    server.#listener = listener;
    server.#port = listener.port;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How it fails now; undefined when all is well. */
  get fault(): FaultKind | undefined {
    return this.#fault !== undefined && this.#options.now() < this.#fault.until ? this.#fault.how : undefined;
  }

  /** Fails in this way from now on, until the fault's time is over or {@link recover} is called. */
  async fail({ how, forMs }: Fault): Promise<void> {
    await this.recover();
    const over = new AbortController();
    this.#fault = { how, until: this.#options.now() + forMs, over };
    if (how === "refuse") this.#refusal = this.#refuse(forMs, over.signal);
  }

  /** Ends the fault, if there is one; resolves when the server answers again. */
  async recover(): Promise<void> {
    this.#fault?.over.abort();
    this.#fault = undefined;
    await this.#refusal;
  }

  /** Resolves when the port is open and stays so; at once, unless connections are being refused. */
  async untilOpen(): Promise<void> {
    await this.#refusal;
  }

  /** Ends the server for good. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.recover();
    await this.#listener?.close();
    this.#listener = undefined;
  }

  async #refuse(forMs: number, over: AbortSignal): Promise<void> {
    const { sleep } = this.#options;
    await sleep(BEFORE_CLOSING_MS, over);
    if (over.aborted) return;
    await this.#listener?.close();
    this.#listener = undefined;
    await sleep(forMs, over);
    while (!this.#closed.signal.aborted && this.#listener === undefined) {
      try {
        this.#listener = await this.#options.listen(this.#handler, this.#port);
      } catch {
        await sleep(REOPEN_EVERY_MS, this.#closed.signal);
      }
    }
  }
}

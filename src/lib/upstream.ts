/** How to reach a backend beyond its URL: part of every request to it. */
export interface Transport {
  /** Path of a Unix socket, for `unix:/path` URLs. */
  readonly unix?: string;
  /** Outgoing proxy of this endpoint alone; environment proxies never apply. */
  readonly proxyUrl?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
    readonly rejectUnauthorized: boolean;
  };
}

/** One request to a backend. */
export interface UpstreamInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly transport: Transport;
  /** Opens a new connection instead of taking one from the pool. */
  readonly freshConnection?: boolean;
  /** The body is to be read here, and so wanted without the compression that some servers apply unasked. */
  readonly decompressed?: boolean;
}

/** Sends a request to a backend: no decompression unless wanted, no redirects, no hidden time limit, no proxy from the environment. */
export type UpstreamFetch = (url: string, init: UpstreamInit) => Promise<Response>;

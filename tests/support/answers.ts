import type { Answer, Exchange } from "./fake_backend.ts";

type Headers = Readonly<Record<string, string>>;

/** A JSON answer with a Content-Length. */
export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Headers } = {},
): Answer {
  return bytes(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });
}

/** An answer with exactly these body bytes and a right Content-Length. HEAD gets the headers alone. */
export function bytes(
  body: string | Uint8Array,
  { status = 200, headers = {} }: { status?: number; headers?: Headers } = {},
): Answer {
  return async (exchange) => {
    const length = String(typeof body === "string" ? Buffer.byteLength(body) : body.length);
    await exchange.head(status, { ...headers, "Content-Length": length });
    if (exchange.request.method !== "HEAD" && body.length > 0) await exchange.write(body);
  };
}

/** An error in OpenAI's shape, as from a model server. */
export function failure(status: number, message: string, headers: Headers = {}): Answer {
  return json({ error: { message, type: "server_error", param: null, code: null } }, { status, headers });
}

/** How a {@link stream} goes over the wire. */
export interface StreamOptions {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Headers;
  /** How the body says where it ends. @default {"chunked"} */
  readonly framing?: "chunked" | "close" | { readonly length: number };
  /** Milliseconds before each part but the first. @default {0} */
  readonly gapMs?: number;
  /** What happens after the last part. @default {"end"} a proper end in the framing's own way */
  readonly ending?: "end" | "cut" | "reset" | "hang";
  /**
   * Milliseconds between the last part and a cut or a reset. By default what was written has surely been read by then:
   * bytes that arrive together with a bad end may be dropped with it. @default {40}
   */
  readonly endsAfterMs?: number;
}

/** A body in parts: a stream that goes well, or that is cut or hangs after its parts. */
export function stream(parts: readonly (string | Uint8Array)[], options: StreamOptions = {}): Answer {
  const { status = 200, type = "text/event-stream", headers = {}, framing = "chunked", gapMs = 0 } = options;
  const { ending = "end", endsAfterMs = 40 } = options;
  return async (exchange) => {
    await exchange.head(status, { "Content-Type": type, ...headers, ...framingHeaders(framing) });
    for (const [index, part] of parts.entries()) {
      if (index > 0 && gapMs > 0) await exchange.pause(gapMs);
      if (exchange.gone.aborted) return;
      await writePart(exchange, part, framing === "chunked");
    }
    if (ending === "cut" || ending === "reset") await exchange.pause(endsAfterMs);
    await finish(exchange, ending, framing);
  };
}

function framingHeaders(framing: NonNullable<StreamOptions["framing"]>): Headers {
  if (framing === "chunked") return { "Transfer-Encoding": "chunked" };
  return framing === "close" ? { Connection: "close" } : { "Content-Length": String(framing.length) };
}

async function writePart(exchange: Exchange, part: string | Uint8Array, chunked: boolean): Promise<void> {
  if (!chunked) return await exchange.write(part);
  const data = Buffer.from(part);
  await exchange.write(Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]));
}

async function finish(
  exchange: Exchange,
  ending: NonNullable<StreamOptions["ending"]>,
  framing: NonNullable<StreamOptions["framing"]>,
): Promise<void> {
  if (ending === "hang") return await exchange.untilGone();
  if (ending === "reset") return exchange.reset();
  if (ending === "end" && framing === "chunked") return await exchange.write("0\r\n\r\n");
  if (ending === "cut" || framing === "close") exchange.close();
}

/** Server-sent events, one part each, with `[DONE]` at the end unless `done` is false. */
export function sse(data: readonly unknown[], options: StreamOptions & { readonly done?: boolean } = {}): Answer {
  const events = data.map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`);
  return stream(options.done === false ? events : [...events, "data: [DONE]\n\n"], options);
}

/** Lines of JSON, one part each. */
export function ndjson(lines: readonly unknown[], options: StreamOptions = {}): Answer {
  return stream(lines.map((line) => `${JSON.stringify(line)}\n`), { type: "application/x-ndjson", ...options });
}

/** Reads the request and says nothing until the other side leaves. */
export function hang(): Answer {
  return (exchange) => exchange.untilGone();
}

/** Resets the connection instead of answering; `afterMs` counts from the whole request. */
export function reset({ afterMs = 0 }: { afterMs?: number } = {}): Answer {
  return async (exchange) => {
    if (afterMs > 0) await exchange.pause(afterMs);
    exchange.reset();
  };
}

/** Closes the connection cleanly instead of answering; `afterMs` counts from the whole request. */
export function closeSilently({ afterMs = 0 }: { afterMs?: number } = {}): Answer {
  return async (exchange) => {
    if (afterMs > 0) await exchange.pause(afterMs);
    exchange.close();
  };
}

/** Sends bytes that need not be HTTP, and closes. */
export function garbage(data: string | Uint8Array): Answer {
  return async (exchange) => {
    await exchange.write(data);
    exchange.close();
  };
}

/** Declares one length and sends another, then closes. */
export function wrongLength(body: string, declared: number, type = "application/json"): Answer {
  return async (exchange) => {
    await exchange.head(200, { "Content-Type": type, "Content-Length": String(declared) });
    await exchange.write(body);
    exchange.close();
  };
}

/** A body of `total` bytes that repeats `block`, written only as fast as it is read. */
export function huge(total: number, block: Uint8Array, type = "application/octet-stream"): Answer {
  return async (exchange) => {
    await exchange.head(200, { "Content-Type": type, "Content-Length": String(total) });
    for (let sent = 0; sent < total && !exchange.gone.aborted; sent += block.length) {
      await exchange.write(block.subarray(0, Math.min(block.length, total - sent)));
    }
  };
}

/** Waits, then answers. */
export function after(ms: number, answer: Answer): Answer {
  return async (exchange) => {
    await exchange.pause(ms);
    if (!exchange.gone.aborted) await answer(exchange);
  };
}

/** One answer for each request in turn; the last one is repeated. */
export function inTurn(...answers: readonly [Answer, ...Answer[]]): Answer {
  let next = 0;
  return (exchange) => (answers[Math.min(next++, answers.length - 1)] ?? answers[0])(exchange);
}

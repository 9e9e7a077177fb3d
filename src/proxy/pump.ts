import type { AnswerBody, ChunkReader } from "./answer_body.ts";
import { endsCleanly, type StreamFraming } from "./stream_end.ts";

/** How a stream to a client ended. */
export type StreamOutcome = "ok" | "cut" | "client_gone";

/** Turns a stream into another dialect on its way. A step never throws. */
export interface StreamTranslation {
  /** What goes to the client for a chunk of the backend's; often nothing. */
  push(chunk: Uint8Array): string;
  /** The rest, when the backend's stream is at its end. */
  end(): string;
  /**
   * Set once the stream is known to be broken: the backend said so in it, sent what cannot be read, or ended too early.
   * The client's stream then ends with an error.
   */
  readonly fault: string | undefined;
  /** True once the answer is complete, whether the backend closes its stream or not. */
  readonly isComplete: boolean;
}

/** What a pump needs to know of the stream it passes on. */
export interface PumpOptions {
  readonly body: Extract<AnswerBody, { kind: "stream" }>;
  readonly framing: StreamFraming;
  /** What a close-delimited stream must contain to be complete; undefined where nothing can be expected. */
  readonly terminator: RegExp | undefined;
  /** True when the bytes are compressed: then no readable error event can be put behind them. */
  readonly encoded: boolean;
  /** Called when the backend is waited for, and with false when it has sent something. */
  readonly onWaiting: (waiting: boolean) => void;
  /** Set when the client speaks another dialect than the backend. */
  readonly translation: StreamTranslation | undefined;
  /** The error event to end a cut stream with, in the client's dialect. @param fault What the backend said of it. */
  readonly errorEvent: (fault: string | undefined) => string;
  /** Hears what goes to the client. */
  readonly onPiece: ((bytes: Uint8Array) => void) | undefined;
  /** Called exactly once. `bytes` went to the client. */
  readonly onEnd: (outcome: StreamOutcome, bytes: number) => void;
}

/** So long a backend may take to close a stream whose end has been read. */
const LATE_MS = 500;
/** What must be remembered of a stream's end to know whether an event was complete: `\r\n\r\n`. */
const TAIL_BYTES = 4;

/**
 * Passes a backend's body on, untouched and unbuffered: each pull takes what has arrived. It ends in one place, whoever
 * ends it: the backend, a cut, or the client.
 */
class Pump implements UnderlyingDefaultSource<Uint8Array> {
  readonly #options: PumpOptions;
  readonly #reader: ChunkReader;
  readonly #search: TerminatorSearch | undefined;
  #first: readonly Uint8Array[] | undefined;
  #tail: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #ended = false;
  #isComplete = false;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#reader = options.body.reader;
    this.#first = options.body.first;
    const { closeDelimited } = options.body;
    this.#search = closeDelimited && options.terminator !== undefined && !options.encoded
      ? new TerminatorSearch(options.terminator)
      : undefined;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      if (this.#first !== undefined) {
        const first = this.#first;
        this.#first = undefined;
        if (this.#forward(first, controller)) return;
      }
      // A stream is pulled again only once something has come of the last time, and a translation may need many chunks.
      while (!this.#ended) {
        this.#options.onWaiting(true);
        const chunks = await this.#next();
        this.#options.onWaiting(false);
        if (chunks === undefined) return this.#finish(controller);
        if (this.#forward(chunks, controller)) return;
      }
    } catch (error) {
      this.#cut(controller, error);
    }
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  /** The client takes nothing any more, although there is something: its connection is given up. */
  giveUpClient(): void {
    if (this.#ended) return;
    this.cancel();
    this.#controller?.error(new Error("The client has not read its answer for too long"));
  }

  /** The client has left. */
  cancel(): void {
    if (this.#isComplete) return;
    this.#end("client_gone");
    // The upstream request is aborted by onEnd; its reader then rejects, which nobody waits for any more.
    this.#reader.cancel().catch(() => {});
  }

  /** What has arrived, at least one chunk; undefined at the end. */
  async #next(): Promise<readonly Uint8Array[] | undefined> {
    if (this.#reader.readMany === undefined) {
      const { done, value } = await this.#reader.read();
      return done || value === undefined ? undefined : [value];
    }
    while (true) {
      const { done, value } = await this.#reader.readMany();
      // The last chunks may come together with the end; the next call then says `done` again, without any.
      if (value !== undefined && value.length > 0) return value;
      if (done) return undefined;
    }
  }

  /** @returns Whether the client's stream has got something, or is over. */
  #forward(chunks: readonly Uint8Array[], controller: ReadableStreamDefaultController<Uint8Array>): boolean {
    const { translation } = this.#options;
    if (translation !== undefined) return this.#translate(translation, chunks, controller);
    for (const chunk of chunks) {
      this.#bytes += chunk.byteLength;
      this.#search?.add(chunk);
      if (this.#options.framing !== "opaque") this.#tail = lastBytes(this.#tail, chunk);
      this.#options.onPiece?.(chunk);
      controller.enqueue(chunk);
    }
    return true;
  }

  #translate(
    translation: StreamTranslation,
    chunks: readonly Uint8Array[],
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): boolean {
    let text = "";
    for (const chunk of chunks) {
      text += translation.push(chunk);
      if (translation.fault !== undefined) break;
    }
    if (translation.isComplete) return this.#complete(text + translation.end(), controller);
    this.#write(text, controller);
    if (translation.fault !== undefined) this.#cut(controller, undefined);
    return text !== "" || this.#ended;
  }

  /** The client has its answer; what the backend may still say is read for a moment, so that its connection can be kept. */
  #complete(text: string, controller: ReadableStreamDefaultController<Uint8Array>): true {
    this.#write(text, controller);
    controller.close();
    this.#isComplete = true;
    const late = setTimeout(() => this.#reader.cancel().catch(() => {}), LATE_MS);
    void this.#drain().finally(() => {
      clearTimeout(late);
      this.#end("ok");
    });
    return true;
  }

  async #drain(): Promise<void> {
    try {
      while (!(await this.#reader.read()).done);
    } catch {
      // Reset behind the end of its answer: nothing is missing.
    }
  }

  #write(text: string, controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (text === "") return;
    const bytes = this.#encoder.encode(text);
    this.#bytes += bytes.byteLength;
    this.#options.onPiece?.(bytes);
    controller.enqueue(bytes);
  }

  #finish(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { translation } = this.#options;
    if (translation !== undefined) {
      this.#write(translation.end(), controller);
      if (translation.fault !== undefined) return this.#cut(controller, undefined);
    }
    if (this.#search !== undefined && !this.#search.found) return this.#cut(controller, undefined);
    this.#end("ok");
    controller.close();
  }

  /** In the stream's own dialect where an event can be put, else by an abort, so that no one takes it for complete. */
  #cut(controller: ReadableStreamDefaultController<Uint8Array>, error: unknown): void {
    if (this.#ended) return;
    const { framing, encoded, errorEvent, translation } = this.#options;
    this.#end("cut");
    // What we write ourselves always ends with an event.
    if (translation !== undefined || (!encoded && endsCleanly(framing, this.#tail))) {
      controller.enqueue(this.#encoder.encode(errorEvent(translation?.fault)));
      controller.close();
    } else {
      controller.error(error ?? new Error("The backend ended the stream before its end"));
    }
  }

  #end(outcome: StreamOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(outcome, this.#bytes);
  }
}

/** The last few bytes of what has been forwarded. */
function lastBytes(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (chunk.byteLength >= TAIL_BYTES) return chunk.subarray(chunk.byteLength - TAIL_BYTES);
  const joined = new Uint8Array(before.byteLength + chunk.byteLength);
  joined.set(before);
  joined.set(chunk, before.byteLength);
  return joined.subarray(Math.max(0, joined.byteLength - TAIL_BYTES));
}

/** Looks for a stream's last event line by line, across chunk borders. */
class TerminatorSearch {
  readonly #pattern: RegExp;
  readonly #decoder = new TextDecoder();
  /** The line that is not complete yet. */
  #line = "";
  found = false;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  add(chunk: Uint8Array): void {
    if (this.found) return;
    const text = this.#line + this.#decoder.decode(chunk, { stream: true });
    this.found = this.#pattern.test(text);
    this.#line = text.slice(text.lastIndexOf("\n") + 1).slice(-MAX_LINE);
  }
}

/** Of a line without an end, only so much is remembered. */
const MAX_LINE = 64 * 1024;

/** A stream for the client, and how to end it when the client is known to have left before the stream is told. */
export interface PumpedStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly clientGone: () => void;
  /** Ends it because the client does not read. */
  readonly giveUpClient: () => void;
}

/** The body of a streamed response to the client. */
export function pumpStream(options: PumpOptions): PumpedStream {
  const pump = new Pump(options);
  const stream = new ReadableStream(pump, { highWaterMark: 0 });
  return { stream, clientGone: () => pump.cancel(), giveUpClient: () => pump.giveUpClient() };
}

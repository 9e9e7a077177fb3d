import { createParser, type EventSourceMessage, type EventSourceParser } from "eventsource-parser";
import { eventsOf, resultOf } from "./chat_answer.ts";
import { AnswerError, type ChatEnding, malformed } from "./chat_ending.ts";
import type { ChatEvent } from "./chat_event.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { type NewId, objectOf } from "./json_object.ts";
import { errorOfText } from "./upstream_error.ts";

/** The longest event, and the longest JSON answer to a request for a stream, in characters. Beyond it: malformed. */
export const LONGEST_EVENT = 16 * 1024 * 1024;

const TOO_LONG = "The backend sent more than 16 million characters in one event";
const NOTHING: readonly ChatEvent[] = Object.freeze([]);

/**
 * Reads the bytes of one answer to a chat or completions request: an event stream, or the JSON that some servers answer
 * although a stream was asked for. Give it the chunks as they come, then call {@link end}; neither throws, whatever the
 * bytes are. One decoder reads one answer.
 */
export class ChatDecoder {
  readonly #newId: NewId;
  readonly #text = new TextDecoder();
  readonly #parser: EventSourceParser;
  readonly #reader: ChunkReader;
  /** Set by the first character that is not blank. */
  #body: "unknown" | "events" | "json" = "unknown";
  readonly #json: string[] = [];
  #jsonLength = 0;
  #closing = false;
  #ending: ChatEnding | undefined;
  #out: ChatEvent[] = [];

  constructor({ newId }: { readonly newId: NewId }) {
    this.#newId = newId;
    this.#reader = new ChunkReader(newId);
    this.#parser = createParser({
      onEvent: (message) => this.#onMessage(message),
      onError: (error) => {
        if (error.type === "max-buffer-size-exceeded") throw malformed(TOO_LONG);
      },
      maxBufferSize: LONGEST_EVENT,
    });
  }

  /**
   * How the answer ended; undefined while more may come. It may be known before {@link end}: once it is, further bytes
   * are ignored, and for all but `clean` nothing is gained by reading them.
   */
  get ending(): ChatEnding | undefined {
    return this.#ending;
  }

  /** What a chunk says: events that are complete with it. */
  push(chunk: Uint8Array): readonly ChatEvent[] {
    if (this.#ending !== undefined) return NOTHING;
    try {
      this.#feed(this.#text.decode(chunk, { stream: true }));
    } catch (error) {
      this.#breakOff(error);
    }
    return this.#taken();
  }

  /** The backend has closed its answer: what is left. After it, {@link ending} is known. */
  end(): readonly ChatEvent[] {
    if (this.#ending !== undefined) return NOTHING;
    this.#closing = true;
    try {
      this.#feed(this.#text.decode());
      if (this.#body === "json") this.#readJson();
      // Complete events may lack their blank line at the very end.
      else if (this.#body === "events") this.#parser.feed("\n\n");
      if (this.#ending === undefined) this.#close();
    } catch (error) {
      this.#breakOff(error);
    }
    return this.#taken();
  }

  #taken(): readonly ChatEvent[] {
    if (this.#out.length === 0) return NOTHING;
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #feed(text: string): void {
    const known = this.#body === "unknown" ? this.#detect(text) : text;
    if (known === "") return;
    if (this.#body === "events") return this.#parser.feed(known);
    this.#json.push(known);
    this.#jsonLength += known.length;
    if (this.#jsonLength > LONGEST_EVENT) throw malformed(TOO_LONG);
  }

  /** Learns what the body is; gives back what of the text is to be read. */
  #detect(text: string): string {
    const start = text.search(/\S/);
    if (start === -1) return "";
    if (text[start] === "<") throw malformed("The backend answered with a page instead of a stream of events");
    this.#body = text[start] === "{" || text[start] === "[" ? "json" : "events";
    return text.slice(start);
  }

  #onMessage({ event, data }: EventSourceMessage): void {
    if (this.#ending !== undefined) return;
    if (event === "error") throw new AnswerError({ kind: "error", error: errorOfText(data) });
    if (data.startsWith("[DONE]")) return this.#done();
    const chunk = this.#parsed(data);
    if (chunk !== undefined) this.#reader.read(chunk, this.#out);
  }

  /** The JSON object of an event; undefined for one without content. */
  #parsed(data: string): ReturnType<typeof objectOf> {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      // An empty event keeps the connection alive; half an event at the end of the bytes is a cut, which `end` tells.
      if (this.#closing || data.trim() === "") return undefined;
      throw malformed("The backend sent an event that is not JSON");
    }
    const chunk = objectOf(value);
    if (chunk === undefined) throw malformed("The backend sent an event that is not a JSON object");
    return chunk;
  }

  #done(): void {
    if (!this.#reader.started) throw malformed("The backend ended its stream without an answer");
    this.#reader.close(this.#out);
    this.#ending = { kind: "clean" };
  }

  /** The bytes ended without `[DONE]`. */
  #close(): void {
    if (this.#reader.finished) return this.#done();
    this.#reader.counts(this.#out);
    this.#ending = { kind: "cut" };
  }

  #readJson(): void {
    const text = this.#json.join("");
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      if (/[}\]]\s*$/.test(text.slice(-1024))) throw malformed("The backend's answer is not JSON");
      this.#ending = { kind: "cut" };
      return;
    }
    // A list with an error in it, as Gemini answers, is no object either.
    const answer: unknown = Array.isArray(value) ? value[0] : value;
    this.#out.push(...eventsOf(resultOf(answer, { newId: this.#newId })));
    this.#ending = { kind: "clean" };
  }

  #breakOff(error: unknown): void {
    if (!(error instanceof AnswerError)) throw error;
    this.#ending = error.broken;
    this.#reader.counts(this.#out);
  }
}

import { AnswerError } from "./chat_ending.ts";
import type { ChatEvent, ChatUsage } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { finishReasonOf, stopSequenceOf } from "./finish.ts";
import { type NewId, objectOf, objectsOf, textOf } from "./json_object.ts";
import { addTexts } from "./said_texts.ts";
import { usageOf, usageOfTimings } from "./token_counts.ts";
import { LogprobReader } from "./token_logprobs.ts";
import { ToolCallReader } from "./tool_call_reader.ts";
import { backendErrorIn } from "./upstream_error.ts";

/** The choice that counts: clients of other dialects know one answer only. */
function firstChoice(choices: unknown): JsonObject | undefined {
  if (!Array.isArray(choices)) return undefined;
  for (const entry of choices) {
    const choice = objectOf(entry);
    if (choice !== undefined && (choice["index"] === 0 || typeof choice["index"] !== "number")) return choice;
  }
  return undefined;
}

/**
 * Turns the JSON of one answer into events, chunk by chunk; a whole answer is one chunk with a `message`. Both chat
 * completions and legacy completions (`choices[0].text`). One reader reads one answer.
 */
export class ChunkReader {
  readonly #newId: NewId;
  readonly #calls: ToolCallReader;
  readonly #logprobs = new LogprobReader();
  #started = false;
  #spoke = false;
  #finished = false;
  #usage: ChatUsage | undefined;
  /** llama.cpp counts in its own words as well; they are used when it sends no `usage`. */
  #timings: unknown;

  constructor(newId: NewId) {
    this.#newId = newId;
    this.#calls = new ToolCallReader(newId);
  }

  /** Whether a choice has come, so that there is an answer at all. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether the model said why it stopped. */
  get finished(): boolean {
    return this.#finished;
  }

  /**
   * Adds what a chunk says to `out`; nothing for a chunk that says nothing.
   *
   * @throws {AnswerError} The chunk reports an error, or cannot be part of an answer.
   */
  read(chunk: JsonObject, out: ChatEvent[]): void {
    const failure = backendErrorIn(chunk);
    if (failure !== undefined) throw new AnswerError({ kind: "error", error: failure });
    const choice = firstChoice(chunk["choices"]);
    this.#count(chunk, choice);
    if (choice === undefined) return;
    const broken = backendErrorIn(choice);
    if (broken !== undefined) throw new AnswerError({ kind: "error", error: broken });
    if (!this.#started) {
      this.#started = true;
      out.push({
        kind: "start",
        id: textOf(chunk["id"]) ?? this.#newId("chatcmpl-"),
        model: textOf(chunk["model"]) ?? "",
      });
    }
    if (this.#finished) return;
    const before = out.length;
    this.#readParts(choice, out);
    const logprobs = objectOf(choice["logprobs"]);
    if (logprobs !== undefined) this.#logprobs.attach(logprobs, before, out);
    if (out.length > before) this.#spoke = true;
    this.#readFinish(choice, out);
  }

  /** The answer is complete: adds the finish, if the backend never said why it stopped, and the token counts. */
  close(out: ChatEvent[]): void {
    if (this.#started && !this.#finished) this.#finish("stop", undefined, out);
    this.counts(out);
  }

  /** Adds the token counts, if there are any. At most once, when no more chunks come. */
  counts(out: ChatEvent[]): void {
    const usage = this.#usage ?? usageOfTimings(this.#timings);
    if (this.#started && usage !== undefined) out.push({ kind: "usage", usage });
  }

  #count(chunk: JsonObject, choice: JsonObject | undefined): void {
    const counts = chunk["usage"] ?? choice?.["usage"];
    // Counts in each chunk are sums so far: the last ones hold.
    if (counts !== undefined && counts !== null) this.#usage = usageOf(counts) ?? this.#usage;
    if (chunk["timings"] !== undefined) this.#timings = chunk["timings"];
  }

  #readParts(choice: JsonObject, out: ChatEvent[]): void {
    const delta = objectOf(choice["delta"]);
    if (delta !== undefined) {
      addTexts(delta, out);
      if (delta["tool_calls"] !== undefined) this.#calls.delta(objectsOf(delta["tool_calls"]), out);
      const legacy = objectOf(delta["function_call"]);
      if (legacy !== undefined) this.#calls.legacy(legacy, out);
      return;
    }
    const message = objectOf(choice["message"]);
    if (message !== undefined) {
      // Some servers repeat the whole message in the last chunk of a stream.
      if (!this.#spoke) this.#readMessage(message, out);
      return;
    }
    const text = textOf(choice["text"]);
    if (text !== undefined) out.push({ kind: "text", text });
  }

  #readMessage(message: JsonObject, out: ChatEvent[]): void {
    addTexts(message, out);
    const calls = objectsOf(message["tool_calls"]);
    const legacy = objectOf(message["function_call"]);
    this.#calls.whole(calls.length === 0 && legacy !== undefined ? [{ function: legacy }] : calls, out);
  }

  #readFinish(choice: JsonObject, out: ChatEvent[]): void {
    const reason = finishReasonOf(choice);
    if (reason === undefined) return;
    if (reason === "broken") {
      const message = "The backend gave up before the model had finished its answer";
      throw new AnswerError({ kind: "error", error: { message } });
    }
    this.#finish(reason, reason === "stop" ? stopSequenceOf(choice) : undefined, out);
  }

  /**
   * Tool calls and "tool_calls" go together, whatever the backend says: Ollama and OpenAI (with a forced tool) say "stop"
   * after a call, and a client that waits for a call that never came would hang.
   */
  #finish(
    said: "stop" | "length" | "tool_calls" | "content_filter",
    stopSequence: string | undefined,
    out: ChatEvent[],
  ): void {
    this.#finished = true;
    this.#calls.finish(out);
    const any = this.#calls.any;
    const reason = said === "stop" && any ? "tool_calls" : said === "tool_calls" && !any ? "stop" : said;
    out.push(
      reason === "stop" && stopSequence !== undefined
        ? { kind: "finish", reason, stopSequence }
        : { kind: "finish", reason },
    );
  }
}
